from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import MalformedInputError
from app.domain.observation import RULES, ObservableKind
from app.stix.observable_keys import LONGEST_VALUE, MOST_KEYS, asked_observable, keys_of
from tests.factories.stix_objects import indicator, report, user_account

SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
MAIL = "Some.One@Example.org"


def _finds(kind: ObservableKind, value: str, service: str | None, stated: dict[str, Any]) -> bool:
    return not asked_observable(kind, value, service).keys.isdisjoint(keys_of(stated))


def _pattern(pattern: str) -> dict[str, Any]:
    return indicator(pattern=pattern)


K = ObservableKind


@pytest.mark.parametrize(
    ("kind", "value", "service", "stated"),
    [
        (K.EMAIL, MAIL, None, {"type": "email-addr", "id": "email-addr--1", "value": "some.one@example.org"}),
        (K.EMAIL, MAIL.lower(), None, _pattern(f"[email-addr:value = '{MAIL}']")),
        (K.URL, "https://Example.org/a", None, {"type": "url", "value": "https://example.org/a/"}),
        (K.URL, "https://example.org/a", None, _pattern("[url:value IN ('https://x.example.org', 'https://example.org/a')]")),
        (K.INVITE_LINK, "https://example.org/i", None, {"type": "url", "value": "https://example.org/i"}),
        (K.DOMAIN, "Example.ORG", None, {"type": "domain-name", "value": "example.org"}),
        (K.IP, "192.0.2.7", None, {"type": "ipv4-addr", "value": "192.0.2.7/32"}),
        (K.IP, "2001:DB8::0:1", None, {"type": "ipv6-addr", "value": "2001:db8::1"}),
        (K.PHONE, "+1 (202) 555-0143", None, {"type": "user-account", "account_login": "12025550143"}),
        (K.PHONE, "12025550143", None, _pattern("[user-account:account_login = '+1-202-555-0143']")),
        (K.SHA256, SHA256.upper(), None, {"type": "file", "hashes": {"SHA-256": SHA256}}),
        (K.SHA256, SHA256, None, _pattern(f"[file:hashes.'SHA-256' = '{SHA256.upper()}']")),
        (K.PDQ, SHA256, None, {"type": "perceptual-hash", "algorithm": "PDQ", "value": SHA256.upper()}),
        (K.ROOM_OR_STREAM_ID, "Room-7", None, {"type": "live-room", "room_id": "room-7"}),
        (K.PAYMENT_HANDLE_HMAC, "abc=", None, {"type": "blinded-identifier", "token": "abc="}),
        (K.WALLET, "bc1qexample", None, {"type": "payment-handle", "value": "bc1qexample"}),
        (K.HANDLE, "@Someone", "Forum", {"type": "user-account", "account_type": "forum", "account_login": "someone"}),
        (K.HANDLE, "someone", "forum", {"type": "user-account", "account_login": "someone"}),
        (K.ACCOUNT_ID, "4711", "forum", {"type": "user-account", "account_type": "forum", "user_id": "4711"}),
        (K.HANDLE, "o'b", "x", _pattern("[user-account:account_login = 'o\\'b' AND user-account:account_type = 'x']")),
        (K.HANDLE, "someone", "forum", report([user_account("someone")["id"]])),
    ],
)
def test_an_observable_is_found_in_whatever_form_and_spelling(
    kind: ObservableKind, value: str, service: str | None, stated: dict[str, Any]
) -> None:
    assert _finds(kind, value, service, stated)


@pytest.mark.parametrize(
    ("kind", "value", "service", "stated"),
    [
        (K.EMAIL, MAIL, None, {"type": "email-addr", "value": "someone@example.org"}),
        (K.HANDLE, "someone", "forum", {"type": "user-account", "account_type": "chat", "account_login": "someone"}),
        (K.HANDLE, "someone", "x", _pattern("[user-account:account_login = 'someone' AND user-account:account_type = 'y']")),
        (K.IP, "192.0.2.0", None, {"type": "ipv4-addr", "value": "192.0.2.0/24"}),
        (K.URL, "https://example.org", None, {"type": "url", "value": "https://example.org/a"}),
        (K.SHA256, SHA256, None, _pattern("[file:name = 'x']")),
        (K.DOMAIN, "example.org", None, indicator(description="example.org")),
        (K.DOMAIN, "SHA-256", None, _pattern(f"[file:hashes.'SHA-256' = '{SHA256}']")),
    ],
)
def test_nothing_else_is_found(kind: ObservableKind, value: str, service: str | None, stated: dict[str, Any]) -> None:
    assert not _finds(kind, value, service, stated)


@pytest.mark.parametrize(
    ("kind", "value", "service"),
    [
        (K.SHA256, SHA256[1:], None),
        (K.MD5, "z" * 32, None),
        (K.EMAIL, "no address", None),
        (K.IP, "192.0.2.300", None),
        (K.HANDLE, "someone", None),
        (K.EMAIL, MAIL, "forum"),
        (K.DOMAIN, "example.org", "forum"),
        (K.DOMAIN, " ", None),
        (K.DOMAIN, "x" * (LONGEST_VALUE + 1), None),
        *((kind, "x", None) for kind in sorted(RULES)),
    ],
)
def test_what_is_none_of_its_kind_is_refused_and_not_repeated(kind: ObservableKind, value: str, service: str | None) -> None:
    with pytest.raises(MalformedInputError) as caught:
        asked_observable(kind, value, service)
    assert value.strip() == "" or value == "x" or value not in caught.value.sentence


def test_an_observable_without_ids_is_a_question_all_the_same() -> None:
    assert asked_observable(K.WALLET, "BC1", None).subjects == {"wallet:bc1"}
    assert asked_observable(K.PHONE, "12025550143", None).subjects == {"phone:12025550143"}
    assert asked_observable(K.HANDLE, "someone", "forum").subjects >= {user_account("someone")["id"]}


def test_keys_are_bounded_and_no_values() -> None:
    many = " OR ".join(f"url:value = 'https://example.org/{number}'" for number in range(60))
    assert len(keys_of(indicator(pattern=f"[{many}]"))) == 60
    assert len(keys_of(report([user_account(str(number))["id"] for number in range(MOST_KEYS + 1)]))) == MOST_KEYS
    assert all("example" not in key for key in keys_of(indicator(pattern=f"[{many}]")))
    assert keys_of({"type": "file", "hashes": 5, "value": ["x"], "account_login": 3}) == []
    assert keys_of({"type": "url", "value": "x" * (LONGEST_VALUE + 1)}) == []
