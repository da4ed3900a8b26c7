"""Keys: reading, refusing, naming, signing, and hiding."""

from __future__ import annotations

import hashlib
import pickle

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.errors import Code, UnfitKeyError, UntrustedSignatureError
from app.domain.vocabulary import KeyAlgorithm
from breakwater_client.trust.keys import PrivateKey, PublicKey, load_public_key, public_key_from_spki
from breakwater_client.trust.strict_base64 import encode_base64

PREFIX = bytes.fromhex("302a300506032b6570032100")
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
# The eight points of small order, then further spellings of some of them.
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]
KEY = PrivateKey.generate()
P256_KEY = PrivateKey.generate(KeyAlgorithm.P256)
P256_SPKI = P256_KEY.public.spki
P256_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
BOTH = pytest.mark.parametrize("key", [KEY, P256_KEY], ids=["ed25519", "p256"])
SPKI = KEY.public.spki
PEM = KEY.public.to_pem()
X448_OF_32_BYTES = bytes.fromhex("302e020100300506032b656f04220420") + bytes(32)


def pem_of(spki: bytes) -> bytes:
    return b"-----BEGIN PUBLIC KEY-----\n" + encode_base64(spki).encode() + b"\n-----END PUBLIC KEY-----\n"


def spki_of(private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed448.Ed448PrivateKey | x25519.X25519PrivateKey) -> bytes:
    return private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def pkcs8_pem(
    private: Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, passphrase: bytes | None = None
) -> bytes:
    cipher = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, cipher)


def test_the_first_vector_of_rfc_8032_holds() -> None:
    secret = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    )
    key = PrivateKey.from_pem(pkcs8_pem(Ed25519PrivateKey.from_private_bytes(secret)))
    assert key.public.spki == PREFIX + public
    assert key.sign(b"") == signature
    assert key.public.verify(signature, b"") == b""


@BOTH
def test_a_key_is_named_by_the_digest_of_its_spki(key: PrivateKey) -> None:
    assert key.public.keyid == hashlib.sha256(key.public.spki).hexdigest()


def test_a_keys_own_bytes_say_its_algorithm() -> None:
    assert [public_key_from_spki(spki).algorithm for spki in (SPKI, P256_SPKI)] == [KeyAlgorithm.ED25519, KeyAlgorithm.P256]


@BOTH
def test_the_spki_is_what_the_library_writes(key: PrivateKey) -> None:
    written = serialization.load_pem_private_key(key.to_pem(), password=None).public_key()
    der, pem = serialization.Encoding.DER, serialization.Encoding.PEM
    assert written.public_bytes(der, serialization.PublicFormat.SubjectPublicKeyInfo) == key.public.spki
    assert load_public_key(written.public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)) == key.public


@pytest.mark.parametrize(
    "data",
    [
        SPKI,
        PEM,
        PEM.replace(b"\n", b"\r\n"),
        b"\n  " + PEM.rstrip(b"\n"),
        b"-----BEGIN PUBLIC KEY-----\n%b\n%b\n-----END PUBLIC KEY-----" % (PEM[27:57], PEM[57:87]),
    ],
    ids=["der", "pem", "crlf", "space around", "short lines"],
)
def test_der_and_pem_give_the_same_key(data: bytes) -> None:
    assert load_public_key(data) == KEY.public
    assert load_public_key(data).keyid == KEY.public.keyid


def test_der_and_pem_of_p256_give_the_same_key() -> None:
    for data in (P256_SPKI, P256_KEY.public.to_pem(), pem_of(P256_SPKI)):
        assert load_public_key(data) == P256_KEY.public


def test_a_registered_spki_gives_the_key_again() -> None:
    assert public_key_from_spki(SPKI) == KEY.public
    assert hash(public_key_from_spki(SPKI)) == hash(KEY.public)
    assert PrivateKey.generate().public != KEY.public


@pytest.mark.parametrize("form", [bytes, pem_of], ids=["der", "pem"])
@pytest.mark.parametrize("point", SMALL_ORDER)
def test_a_key_of_small_order_is_refused(point: str, form: type[bytes]) -> None:
    with pytest.raises(UnfitKeyError) as refusal:
        load_public_key(form(PREFIX + bytes.fromhex(point)))
    assert refusal.value.code is Code.KEY_NOT_ACCEPTED


@pytest.mark.parametrize(
    "spki",
    [
        pytest.param(b"", id="empty"),
        pytest.param(SPKI[:-1], id="cut"),
        pytest.param(SPKI + b"\x00", id="trailing byte"),
        pytest.param(SPKI[12:], id="bare point"),
        pytest.param(b"\x00" + SPKI[1:], id="no sequence"),
        pytest.param(SPKI[:11] + b"\x01" + SPKI[12:], id="unused bits"),
        pytest.param(bytes.fromhex("30812a300506032b6570032100") + SPKI[12:], id="length in long form"),
        pytest.param(bytes.fromhex("302c300706032b65700500032100") + SPKI[12:], id="null parameters"),
        pytest.param(bytes.fromhex("3080300506032b6570032100") + SPKI[12:] + bytes(2), id="indefinite length"),
        pytest.param(bytes.fromhex("302a300506032b656e032100") + SPKI[12:], id="other algorithm, same bytes"),
        pytest.param(spki_of(ec.generate_private_key(ec.SECP384R1())), id="P-384"),
        pytest.param(spki_of(ec.generate_private_key(ec.SECP521R1())), id="P-521"),
        pytest.param(spki_of(ec.generate_private_key(ec.BrainpoolP256R1())), id="brainpoolP256r1"),
        pytest.param(spki_of(ec.generate_private_key(ec.SECP256K1())), id="secp256k1"),
        pytest.param(spki_of(rsa.generate_private_key(65537, 2048)), id="RSA"),
        pytest.param(spki_of(ed448.Ed448PrivateKey.generate()), id="Ed448"),
        pytest.param(spki_of(x25519.X25519PrivateKey.generate()), id="X25519"),
        pytest.param(PREFIX + (2).to_bytes(32, "little"), id="no point"),
    ],
)
def test_any_other_key_or_encoding_is_refused(spki: bytes) -> None:
    with pytest.raises(UnfitKeyError):
        load_public_key(spki)
    with pytest.raises(UnfitKeyError):
        load_public_key(pem_of(spki))


def explicit_parameters(point: bytes) -> bytes:
    """A P-256 key that spells its curve out (RFC 3279 §2.3.5): a curve so given may be an attacker's own (CVE-2020-0601)."""
    prime, order = (
        (2**256 - 2**224 + 2**192 + 2**96 - 1).to_bytes(33),
        bytes.fromhex("00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
    )
    a = (2**256 - 2**224 + 2**192 + 2**96 - 4).to_bytes(32)
    b = bytes.fromhex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b")
    generator = bytes.fromhex(
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    )
    field = der(0x30, bytes.fromhex("06072a8648ce3d0101") + der(0x02, prime))
    curve = der(0x30, der(0x04, a) + der(0x04, b))
    parameters = der(0x30, b"\x02\x01\x01" + field + curve + der(0x04, generator) + der(0x02, order) + b"\x02\x01\x01")
    return der(0x30, der(0x30, bytes.fromhex("06072a8648ce3d0201") + parameters) + der(0x03, b"\0\x04" + point))


def der(tag: int, content: bytes) -> bytes:
    length = bytes([len(content)]) if len(content) < 128 else b"\x82" + len(content).to_bytes(2)
    return bytes([tag]) + length + content


def p256_spki(parameters: str, bits: bytes, algorithm: str = "06072a8648ce3d0201") -> bytes:
    return der(0x30, der(0x30, bytes.fromhex(algorithm + parameters)) + der(0x03, bits))


POINT = P256_SPKI[len(P256_PREFIX) :]
NAMED = "06082a8648ce3d030107"
OTHER_P256_SPKIS = {
    "compressed": p256_spki(NAMED, b"\0" + bytes([2 + (POINT[-1] & 1)]) + POINT[:32]),
    "hybrid": p256_spki(NAMED, b"\0" + bytes([6 + (POINT[-1] & 1)]) + POINT),
    "infinity": p256_spki(NAMED, b"\0\0"),
    "infinity in full length": p256_spki(NAMED, b"\0\0" + bytes(64)),
    "unused bits": p256_spki(NAMED, b"\1\x04" + POINT),
    "not on the curve": P256_PREFIX + POINT[:-1] + bytes([POINT[-1] ^ 1]),
    "zero": P256_PREFIX + bytes(64),
    "trailing byte": P256_SPKI + b"\0",
    "cut": P256_SPKI[:-1],
    "bare point": b"\x04" + POINT,
    "explicit parameters": explicit_parameters(POINT),
    "no parameters": p256_spki("", b"\0\x04" + POINT),
    "null parameters": p256_spki("0500", b"\0\x04" + POINT),
    "secp256k1, same bytes": p256_spki("06052b8104000a", b"\0\x04" + POINT),
    "for key agreement": p256_spki(NAMED, b"\0\x04" + POINT, "06052b8104010c"),
    "length in long form": b"\x30\x81" + P256_SPKI[1:],
    "indefinite length": b"\x30\x80" + P256_SPKI[2:] + bytes(2),
    "point of Ed25519": P256_PREFIX + SPKI[12:],
    "Ed25519 with this point": PREFIX + POINT,
}


@pytest.mark.parametrize("spki", OTHER_P256_SPKIS.values(), ids=OTHER_P256_SPKIS)
def test_p256_has_one_encoding_of_a_key_too(spki: bytes) -> None:
    for data in (spki, pem_of(spki)):
        with pytest.raises(UnfitKeyError) as refusal:
            load_public_key(data)
        assert refusal.value.code is Code.KEY_NOT_ACCEPTED
    with pytest.raises(UnfitKeyError):
        public_key_from_spki(spki)


def test_these_builders_of_other_encodings_build_the_one_encoding_too() -> None:
    assert p256_spki(NAMED, b"\0\x04" + POINT) == P256_SPKI
    serialization.load_der_public_key(OTHER_P256_SPKIS["compressed"])


@pytest.mark.parametrize("spki", [b"", SPKI[:-1], SPKI + b"\x00", b"\x00" + SPKI[1:]], ids=["empty", "cut", "trailing", "tag"])
def test_a_registered_spki_is_still_read_strictly(spki: bytes) -> None:
    with pytest.raises(UnfitKeyError):
        public_key_from_spki(spki)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(PEM * 2, id="two blocks"),
        pytest.param(b"# a note\n" + PEM, id="text before"),
        pytest.param(PEM + b"a note", id="text after"),
        pytest.param(PEM.replace(b"PUBLIC KEY", b"CERTIFICATE"), id="certificate"),
        pytest.param(PEM.replace(b"PUBLIC KEY", b"RSA PUBLIC KEY"), id="other label"),
        pytest.param(PEM.replace(b"-----END PUBLIC KEY-----", b""), id="no end"),
        pytest.param(PEM.replace(b"KEY-----\n", b"KEY-----\nProc-Type: 4\n\n", 1), id="header"),
        pytest.param(PEM[:60] + b"!" + PEM[61:], id="foreign character"),
        pytest.param(PEM.replace(b"\n-----END", b"=\n-----END"), id="padding too much"),
        pytest.param(PEM + b"\n" * 5000, id="too long"),
        pytest.param(b"-----BEGIN PUBLIC KEY-----", id="only the beginning"),
    ],
)
def test_pem_with_anything_around_or_inside_is_refused(data: bytes) -> None:
    with pytest.raises(UnfitKeyError):
        load_public_key(data)


@pytest.mark.parametrize(
    "data",
    [KEY.to_pem(), pkcs8_pem(Ed25519PrivateKey.generate(), b"passphrase"), KEY.to_pem() + PEM],
    ids=["plain", "encrypted", "both"],
)
def test_a_private_key_sent_by_mistake_is_refused_and_called_lost_if_it_was_sent(data: bytes) -> None:
    with pytest.raises(UnfitKeyError, match="Replace it if anybody else could read it or was sent it"):
        load_public_key(data)


def test_a_refusal_shows_nothing_of_the_key() -> None:
    with pytest.raises(UnfitKeyError) as refusal:
        load_public_key(pem_of(SPKI[:-1]))
    assert encode_base64(SPKI)[:12] not in str(refusal.value)


@BOTH
def test_a_signature_verifies_and_gives_the_message_back(key: PrivateKey) -> None:
    assert key.public.verify(key.sign(b"message"), b"message") == b"message"
    assert len(key.sign(b"message")) == 64
    assert key.sign(b"message") == key.sign(b"message")


def test_a_signature_of_one_algorithm_is_none_under_a_key_of_the_other() -> None:
    for signer, other in ((KEY, P256_KEY), (P256_KEY, KEY)):
        with pytest.raises(UntrustedSignatureError):
            other.public.verify(signer.sign(b"message"), b"message")


def test_every_flipped_bit_of_a_signature_is_refused() -> None:
    signature = KEY.sign(b"message")
    for bit in range(512):
        flipped = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")
        with pytest.raises(UntrustedSignatureError):
            KEY.public.verify(flipped, b"message")


@BOTH
@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(64), bytes(65), bytes([1]) + bytes(63)])
def test_what_is_no_signature_is_refused(key: PrivateKey, signature: bytes) -> None:
    with pytest.raises(UntrustedSignatureError) as refusal:
        key.public.verify(signature, b"message", pointer="/sig")
    assert (refusal.value.code, refusal.value.pointer) == (Code.SIGNATURE_INVALID, "/sig")


def test_a_signature_has_no_second_spelling_by_the_group_order() -> None:
    signature = KEY.sign(b"message")
    scalar = int.from_bytes(signature[32:], "little") + GROUP_ORDER
    with pytest.raises(UntrustedSignatureError):
        KEY.public.verify(signature[:32] + scalar.to_bytes(32, "little"), b"message")


def test_another_message_or_key_is_refused() -> None:
    with pytest.raises(UntrustedSignatureError):
        KEY.public.verify(KEY.sign(b"message"), b"another")
    with pytest.raises(UntrustedSignatureError):
        PrivateKey.generate().public.verify(KEY.sign(b"message"), b"message")


@BOTH
def test_a_private_key_survives_its_file(key: PrivateKey) -> None:
    again = PrivateKey.from_pem(key.to_pem())
    assert again.public == key.public
    assert again.sign(b"message") == key.sign(b"message")


def test_a_private_key_of_another_curve_has_no_public_half_here() -> None:
    with pytest.raises(UnfitKeyError):
        PrivateKey(ec.generate_private_key(ec.SECP384R1()))


@pytest.mark.parametrize(
    "pem",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"no key", id="no PEM"),
        pytest.param(PEM, id="public"),
        pytest.param(KEY.to_pem()[:-40], id="cut"),
        pytest.param(pkcs8_pem(Ed25519PrivateKey.generate(), b"passphrase"), id="encrypted"),
        pytest.param(pkcs8_pem(ec.generate_private_key(ec.SECP384R1())), id="P-384"),
        pytest.param(pkcs8_pem(ec.generate_private_key(ec.SECP256K1())), id="secp256k1"),
        pytest.param(pkcs8_pem(rsa.generate_private_key(65537, 2048)), id="RSA"),
        pytest.param(pem_of(X448_OF_32_BYTES).replace(b"PUBLIC", b"PRIVATE"), id="X448 with the bytes of X25519"),
    ],
)
def test_any_other_private_key_file_is_refused(pem: bytes) -> None:
    with pytest.raises(UnfitKeyError):
        PrivateKey.from_pem(pem)


@BOTH
def test_a_private_key_shows_nothing_of_itself(key: PrivateKey) -> None:
    assert repr(key) == str(key) == f"{key}" == "<PrivateKey>"
    assert not hasattr(key, "__dict__")


@BOTH
def test_a_private_key_cannot_be_pickled(key: PrivateKey) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(key)


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_generated_keys_differ(algorithm: KeyAlgorithm) -> None:
    made = [PrivateKey.generate(algorithm).public for _ in range(20)]
    assert len({public.keyid for public in made}) == 20
    assert {public.algorithm for public in made} == {algorithm}


def test_a_public_key_cannot_be_changed_or_renamed() -> None:
    with pytest.raises(AttributeError):
        KEY.public.keyid = "0" * 64  # type: ignore[misc]  # that it is refused is the test
    with pytest.raises(TypeError):
        PublicKey(SPKI, keyid="0" * 64)  # type: ignore[call-arg]  # that it is refused is the test
