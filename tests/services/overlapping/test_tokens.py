"""What is taken as an element, a token and an epoch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import ConflictError, MalformedInputError, UnavailableError
from app.domain.overlap import DECONFLICTION, MOST_AT_ONCE
from app.services.overlapping.tokens import check_epoch, digests_of, elements_of, evaluator_of
from breakwater_client.trust.strict_base64 import encode_base64url
from tests.crypto.test_ristretto import HOSTILE
from tests.factories.blinded import element, epoch, token
from tests.factories.members import Hub

TOKEN = encode_base64url(bytes(64))


def test_a_token_has_one_digest_in_each_scope_and_is_not_in_it() -> None:
    [here] = digests_of([TOKEN], DECONFLICTION)
    [there] = digests_of([TOKEN], "a-group")
    assert here != there
    assert len(here) == 32
    assert digests_of([TOKEN], DECONFLICTION) == [here]


@pytest.mark.parametrize(
    ("texts", "pointer"),
    [
        ([], "/tokens"),
        ([TOKEN, TOKEN], "/tokens"),
        ([encode_base64url(number.to_bytes(64, "big")) for number in range(MOST_AT_ONCE + 1)], "/tokens"),
        ([TOKEN, TOKEN[:-1]], "/tokens/1"),
        ([TOKEN[:-1] + "="], "/tokens/0"),
        (["A" * 85 + "B"], "/tokens/0"),
        (["!" * 86], "/tokens/0"),
    ],
)
def test_what_is_no_list_of_tokens_is_refused(texts: list[str], pointer: str) -> None:
    with pytest.raises(MalformedInputError) as refusal:
        digests_of(texts, DECONFLICTION)
    assert refusal.value.pointer == pointer


@pytest.mark.parametrize("encoding", HOSTILE)
def test_hostile_elements_are_refused_with_their_place_alone(encoding: str) -> None:
    hostile = encode_base64url(bytes.fromhex(encoding))
    with pytest.raises(MalformedInputError) as refusal:
        elements_of([element(), hostile])
    assert refusal.value.pointer == "/elements/1"
    assert not hostile or hostile not in refusal.value.sentence


def test_an_epoch_is_the_one_of_the_key_in_force(quick_hub: Hub) -> None:
    evaluator = evaluator_of(quick_hub.exchange)
    check_epoch(quick_hub.exchange, epoch(evaluator))
    with pytest.raises(ConflictError):
        check_epoch(quick_hub.exchange, "0" * 64)
    keyless = replace(quick_hub.exchange, keys=replace(quick_hub.exchange.keys, overlap=None))
    with pytest.raises(UnavailableError, match="exchange-key make"):
        check_epoch(keyless, epoch(evaluator))


def test_equal_identifiers_of_one_scope_have_equal_tokens_and_of_others_other_ones(quick_hub: Hub) -> None:
    evaluator = quick_hub.exchange.keys.overlap
    assert token(evaluator, "1") == token(evaluator, "1")
    assert (
        len({token(evaluator, "1"), token(evaluator, "2"), token(evaluator, "1", "a-group"), token(evaluator, "1", kind="email")})
        == 4
    )
