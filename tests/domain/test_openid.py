from __future__ import annotations

import pytest

from app.domain.openid import EVERYBODY, EXCHANGE, OpenIdFault, OpenIdProvider, OpenIdRefusedError, is_subject
from app.domain.partner import Person
from app.domain.sign_in import NOT_SHOWN

MEMBER = Person("person-1", "Somebody", "partner-1", frozenset(), frozenset())
STAFF = Person("person-2", "Somebody", None, frozenset(), frozenset())


@pytest.mark.parametrize(
    ("serves", "member", "staff"),
    [(EVERYBODY, True, True), (EXCHANGE, False, True), ("partner-1", True, False), ("partner-2", False, False)],
)
def test_a_provider_speaks_for_whom_it_serves(serves: str, *, member: bool, staff: bool) -> None:
    provider = OpenIdProvider("example", "Example", "https://login.example.org", "breakwater", "secret", serves)
    assert (provider.speaks_for(MEMBER), provider.speaks_for(STAFF)) == (member, staff)


def test_the_secret_is_not_shown() -> None:
    assert "hidden" not in repr(
        OpenIdProvider("example", "Example", "https://login.example.org", "breakwater", "hidden", EVERYBODY)
    )


def test_every_fault_is_told_in_the_same_words() -> None:
    assert {OpenIdRefusedError(one).sentence for one in OpenIdFault} == {NOT_SHOWN}


@pytest.mark.parametrize("value", ["", "two words", "x" * 256, "\N{SNOWMAN}", "line\n", 5, None])
def test_what_is_no_subject(value: object) -> None:
    assert not is_subject(value)


def test_what_is_a_subject() -> None:
    assert is_subject("auth0|5f7c8ec7c33c6c004bbafe82")
    assert is_subject("x" * 255)
