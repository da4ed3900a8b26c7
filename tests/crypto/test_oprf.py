"""RFC 9497's vectors for ristretto255-SHA512, RFC 9380's for what it hashes with, and what a dishonest other side sends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.crypto import oprf
from app.crypto.oprf import Evaluation, EvaluationKey, Mode
from app.domain.errors import MalformedInputError, UntrustedSignatureError
from tests.crypto.test_ristretto import HOSTILE

SEED, INFO = b"\xa3" * 32, b"test key"
BLIND = "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706"
PROOF_SCALAR = "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e"
SHORT, LONG = b"\0", b"\x5a" * 17
# Appendix A.1.1: input, blinded, evaluated, output. A.1.2: the same, and the proof.
UNPROVED = [
    (
        SHORT,
        "609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c",
        "7ec6578ae5120958eb2db1745758ff379e77cb64fe77b0b2d8cc917ea0869c7e",
        (
            "527759c3d9366f277d8c6020418d96bb393ba2afb20ff90df23fb7708264e2f3"
            "ab9135e3bd69955851de4b1f9fe8a0973396719b7912ba9ee8aa7d0b5e24bcf6"
        ),
    ),
    (
        LONG,
        "da27ef466870f5f15296299850aa088629945a17d1f5b7f5ff043f76b3c06418",
        "b4cbf5a4f1eeda5a63ce7b77c7d23f461db3fcab0dd28e4e17cecb5c90d02c25",
        (
            "f4a74c9c592497375e796aa837e907b1a045d34306a749db9f34221f7e750cb4"
            "f2a6413a6bf6fa5e19ba6348eb673934a722a7ede2e7621306d18951e7cf2c73"
        ),
    ),
]
OUTPUTS = {
    SHORT: "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
    "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c",
    LONG: "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60"
    "356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6",
}
PROVED = [
    (
        [(SHORT, BLIND)],
        ["863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945"],
        ["aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e"],
        PROOF_SCALAR,
        (
            "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd06"
            "6d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d"
        ),
    ),
    (
        [(LONG, BLIND)],
        ["cc0b2a350101881d8a4cba4c80241d74fb7dcbfde4a61fde2f91443c2bf9ef0c"],
        ["60a59a57208d48aca71e9e850d22674b611f752bed48b36f7a91b372bd7ad468"],
        PROOF_SCALAR,
        (
            "401a0da6264f8cf45bb2f5264bc31e109155600babb3cd4e5af7d181a2c9dc0a"
            "67154fabf031fd936051dec80b0b6ae29c9503493dde7393b722eafdf5a50b02"
        ),
    ),
    (
        [(SHORT, BLIND), (LONG, PROOF_SCALAR)],
        [
            "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945",
            "90a0145ea9da29254c3a56be4fe185465ebb3bf2a1801f7124bbbadac751e654",
        ],
        [
            "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e",
            "cc5ac221950a49ceaa73c8db41b82c20372a4c8d63e5dded2db920b7eee36a2a",
        ],
        "419c4f4f5052c53c45f3da494d2b67b220d02118e0857cdbcf037f9ea84bbe0c",
        (
            "cc203910175d786927eeb44ea847328047892ddf8590e723c37205cb74600b0a"
            "5ab5337c8eb4ceae0494c2cf89529dcf94572ed267473d567aeed6ab873dee08"
        ),
    ),
]


@pytest.mark.parametrize(
    ("mode", "private"),
    [
        (Mode.OPRF, "5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e"),
        (Mode.VOPRF, "e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909"),
    ],
)
def test_a_key_is_derived_as_in_the_rfc(mode: Mode, private: str) -> None:
    assert oprf.derived_key(SEED, INFO, mode).private.hex() == private


@pytest.mark.parametrize(("value", "element", "evaluated", "output"), UNPROVED)
def test_mode_oprf_is_the_rfcs(value: bytes, element: str, evaluated: str, output: str) -> None:
    key = oprf.derived_key(SEED, INFO, Mode.OPRF)
    blinding = oprf.blind(value, Mode.OPRF, bytes.fromhex(BLIND))
    assert blinding.element.hex() == element
    came = oprf.evaluate_unproved(key, blinding.element)
    assert came.hex() == evaluated
    assert oprf.finish(value, blinding.blind, came).hex() == output


@pytest.mark.parametrize(("inputs", "elements", "evaluated", "scalar", "proof"), PROVED)
def test_mode_voprf_is_the_rfcs(
    inputs: list[tuple[bytes, str]], elements: list[str], evaluated: list[str], scalar: str, proof: str
) -> None:
    key = oprf.derived_key(SEED, INFO)
    assert key.public.hex() == "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e"
    blindings = [oprf.blind(value, blind_=bytes.fromhex(blind)) for value, blind in inputs]
    sent = [one.element for one in blindings]
    assert [one.hex() for one in sent] == elements
    evaluation = oprf.evaluate(key, sent, bytes.fromhex(scalar))
    assert [one.hex() for one in evaluation.elements] == evaluated
    assert evaluation.proof.hex() == proof
    oprf.verify(key.public, sent, evaluation)
    for (value, _), blinding, came in zip(inputs, blindings, evaluation.elements, strict=True):
        assert oprf.finish(value, blinding.blind, came).hex() == OUTPUTS[value]


# RFC 9380 K.3: expand_message_xmd with SHA-512.
@pytest.mark.parametrize(
    ("message", "length", "expanded"),
    [
        (b"", 32, "6b9a7312411d92f921c6f68ca0b6380730a1a4d982c507211a90964c394179ba"),
        (b"abc", 32, "0da749f12fbe5483eb066a5f595055679b976e93abe9be6f0f6318bce7aca8dc"),
        (b"abcdef0123456789", 32, "087e45a86e2939ee8b91100af1583c4938e0f5fc6c9db4b107b83346bc967f58"),
        (b"q128_" + b"q" * 128, 32, "7336234ee9983902440f6bc35b348352013becd88938d2afec44311caf8356b3"),
        (b"a512_" + b"a" * 512, 32, "57b5f7e766d5be68a6bfe1768e3c2b7f1228b3e4b3134956dd73a59b954c66f4"),
        (
            b"",
            128,
            (
                "41b037d1734a5f8df225dd8c7de38f851efdb45c372887be655212d07251b921b052b62eaed99b46f72f2ef4cc96bfaf254ebbbec091e1a3b9e4"
                "fb5e5b619d2e0c5414800a1d882b62bb5cd1778f098b8eb6cb399d5d9d18f5d5842cf5d13d7eb00a7cff859b605da678b318bd0e65ebff70bec8"
                "8c753b159a805d2c89c55961"
            ),
        ),
    ],
)
def test_messages_are_expanded_as_in_the_rfc(message: bytes, length: int, expanded: str) -> None:
    assert oprf.expand_message(message, b"QUUX-V01-CS02-with-expander-SHA512-256", length).hex() == expanded


def test_more_than_the_rfc_bounds_is_not_expanded() -> None:
    for domain, length in ((b"d" * 256, 64), (b"d", 255 * 64 + 1)):
        with pytest.raises(MalformedInputError):
            oprf.expand_message(b"", domain, length)


def test_two_blindings_of_one_input_look_unrelated_and_end_in_one_token() -> None:
    key = EvaluationKey.generate()
    one, other = oprf.blind(b"same"), oprf.blind(b"same")
    assert one.element != other.element
    assert one.blind.hex() not in repr(one)
    tokens = {oprf.finish(b"same", b.blind, oprf.evaluate(key, [b.element]).elements[0]) for b in (one, other)}
    assert len(tokens) == 1
    assert len(tokens.pop()) == oprf.TOKEN_BYTES


def test_another_key_gives_other_tokens_and_another_epoch() -> None:
    keys = [EvaluationKey.generate(), EvaluationKey.generate()]
    blinding = oprf.blind(b"same")
    tokens = {oprf.finish(b"same", blinding.blind, oprf.evaluate(key, [blinding.element]).elements[0]) for key in keys}
    assert len(tokens) == 2
    assert len({oprf.epoch_of(key.public) for key in keys}) == 2
    assert keys[0].private.hex() not in repr(keys[0])


def test_an_exchange_that_evaluates_with_another_key_than_it_says_is_found_out() -> None:
    said, used = EvaluationKey.generate(), EvaluationKey.generate()
    sent = [oprf.blind(bytes([number])).element for number in range(3)]
    with pytest.raises(UntrustedSignatureError):
        oprf.verify(said.public, sent, oprf.evaluate(used, sent))
    honest = oprf.evaluate(said, sent)
    one_of_another = (*honest.elements[:2], oprf.evaluate(used, sent[2:]).elements[0])
    with pytest.raises(UntrustedSignatureError):
        oprf.verify(said.public, sent, replace(honest, elements=one_of_another))


def test_evaluations_in_another_order_or_number_are_found_out() -> None:
    key = EvaluationKey.generate()
    sent = [oprf.blind(bytes([number])).element for number in range(2)]
    honest = oprf.evaluate(key, sent)
    for came in (
        replace(honest, elements=honest.elements[::-1]),
        replace(honest, elements=honest.elements[:1]),
        replace(honest, proof=honest.proof[:-1]),
        Evaluation((), honest.proof),
    ):
        with pytest.raises(UntrustedSignatureError):
            oprf.verify(key.public, sent, came)
    with pytest.raises(UntrustedSignatureError):
        oprf.verify(key.public, [], Evaluation((), honest.proof))


@pytest.mark.parametrize("encoding", HOSTILE)
def test_hostile_elements_are_neither_evaluated_nor_finished(encoding: str) -> None:
    value, key = bytes.fromhex(encoding), EvaluationKey.generate()
    good = oprf.blind(b"good")
    honest = oprf.evaluate(key, [good.element])
    for use in (
        lambda: oprf.evaluate(key, [good.element, value]),
        lambda: oprf.evaluate_unproved(key, value),
        lambda: oprf.finish(b"good", good.blind, value),
        lambda: oprf.verify(key.public, [good.element], replace(honest, elements=(value,))),
        lambda: oprf.verify(value, [good.element], honest),
        lambda: oprf.epoch_of(value),
    ):
        with pytest.raises(MalformedInputError):
            use()


def test_what_cannot_be_a_key_or_an_input_is_refused() -> None:
    for use in (
        lambda: EvaluationKey.of(bytes(32)),
        lambda: oprf.derived_key(b"short", b""),
        lambda: oprf.evaluate(EvaluationKey.generate(), []),
        lambda: oprf.blind(bytes(oprf.MOST_INPUT_BYTES + 1)),
    ):
        with pytest.raises(MalformedInputError):
            use()
