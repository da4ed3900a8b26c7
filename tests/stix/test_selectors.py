from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
import stix2

from app.domain.errors import MalformedInputError
from app.domain.subject_request import Selector, SelectorKind
from app.stix.selectors import ids_of, normal_selector, search_for

UUID = str(uuid.UUID(int=7, version=5))


def selector(kind: str, value: str, platform: str | None = None) -> Selector:
    return normal_selector(SelectorKind(kind), value, platform)


@pytest.mark.parametrize(
    ("kind", "given", "normal"),
    [
        ("email", " A.B@Mail.Example.ORG ", "a.b@mail.example.org"),
        ("phone", "+49 (030) 1234-567", "490301234567"),
        ("ip", "2001:DB8:0:0::1", "2001:db8::1"),
        ("ip", "198.51.100.7", "198.51.100.7"),
        ("hash", "AB" * 16, "ab" * 16),
        ("url", "HTTPS://Rooms.example.org/", "https://rooms.example.org"),
        ("stix-id", f"email-addr--{UUID}", f"email-addr--{UUID}"),
    ],
)
def test_each_kind_has_one_spelling(kind: str, given: str, normal: str) -> None:
    assert selector(kind, given).value == normal


def test_a_handle_names_its_platform() -> None:
    one = selector("handle", "@Some.Body", " Example Chat ")
    assert (one.value, one.platform) == ("some.body", "example chat")


@pytest.mark.parametrize(
    ("kind", "given", "platform"),
    [
        ("email", "nobody", None),
        ("email", "a@b c", None),
        ("phone", "12", None),
        ("phone", "call me", None),
        ("ip", "300.1.1.1", None),
        ("ip", "example", None),
        ("hash", "xyz", None),
        ("url", "rooms.example.org", None),
        ("stix-id", "email-addr--1", None),
        ("handle", "somebody", None),
        ("handle", "", "chat"),
        ("handle", "somebody", "!"),
        ("email", "a@example.org", "chat"),
    ],
)
def test_what_is_none_of_its_kind_is_refused_without_repeating_it(kind: str, given: str, platform: str | None) -> None:
    with pytest.raises(MalformedInputError) as caught:
        selector(kind, given, platform)
    assert not given or given not in str(caught.value)


@pytest.mark.parametrize(
    ("asked", "observable"),
    [
        (selector("email", "a@example.org"), stix2.v21.EmailAddress(value="a@example.org")),
        (selector("ip", "198.51.100.7"), stix2.v21.IPv4Address(value="198.51.100.7")),
        (selector("ip", "198.51.100.7"), stix2.v21.IPv4Address(value="198.51.100.7/32")),
        (selector("ip", "2001:db8::1"), stix2.v21.IPv6Address(value="2001:db8::1")),
        (selector("url", "https://rooms.example.org/"), stix2.v21.URL(value="https://rooms.example.org/")),
        (selector("hash", "ab" * 16), stix2.v21.File(hashes={"MD5": "ab" * 16})),
        (selector("handle", "x", "chat"), stix2.v21.UserAccount(account_login="x", account_type="chat")),
        (selector("handle", "x", "chat"), stix2.v21.UserAccount(user_id="x")),
    ],
)
def test_ids_are_those_that_another_library_makes(asked: Selector, observable: Any) -> None:
    assert observable.id in ids_of(asked)


def test_an_id_is_its_own_and_numbers_have_none() -> None:
    assert ids_of(selector("stix-id", f"url--{UUID}")) == {f"url--{UUID}"}
    assert ids_of(selector("phone", "030 123456")) == frozenset()
    assert ids_of(selector("hash", "ab" * 9)) == frozenset()


EMAIL, HANDLE, PHONE = (
    selector("email", "a.b@example.org"),
    selector("handle", "moth", "chat"),
    selector("phone", "+353 1 234 5678"),
)


@pytest.mark.parametrize(
    ("asked", "stated", "found"),
    [
        (EMAIL, {"value": "A.B@Example.org"}, True),
        (EMAIL, {"pattern": "[email-addr:value = 'a.b@example.org']"}, True),
        (EMAIL, {"note": 'from "a.b@example.org".\n'}, True),
        (EMAIL, {"a.b@example.org": 1}, True),
        (EMAIL, {"list": [["x a.b@example.org"]]}, True),
        (EMAIL, {"value": "ab@example.org"}, False),
        (EMAIL, {"value": "xa.b@example.org"}, False),
        (EMAIL, {"value": "a.b@example.org.example"}, False),
        (EMAIL, {"source_ref": next(iter(ids_of(EMAIL)))}, True),
        (HANDLE, {"account_login": "Moth", "account_type": "chat"}, True),
        (HANDLE, {"name": "@moth on Chat"}, True),
        (HANDLE, {"account_login": "moth", "account_type": "forum"}, False),
        (HANDLE, {"account_login": "mammoth", "account_type": "chat"}, False),
        (PHONE, {"value": "+353 (1) 234-5678"}, True),
        (PHONE, {"value": "0035312345678"}, True),
        (PHONE, {"user_id": 35312345678}, True),
        (PHONE, {"value": "9353123456789"}, False),
        (selector("ip", "2001:db8::1"), {"value": "2001:0DB8:0:0:0:0:0:1"}, True),
        (selector("ip", "2001:db8::1"), {"value": "2001:db8::11", "at": "10:00:00"}, False),
        (selector("ip", "198.51.100.7"), {"value": "198.51.100.7/32"}, True),
        (selector("ip", "198.51.100.7"), {"value": "198.51.100.70"}, False),
        (selector("url", "https://r.example/x/"), {"pattern": "[url:value = 'https://R.example/x']"}, True),
        (selector("url", "https://r.example/x"), {"value": "https://r.example/xy"}, False),
        (selector("hash", "ab" * 16), {"hashes": {"MD5": "AB" * 16}}, True),
        (selector("hash", "ab" * 16), {"hashes": {"SHA-256": "ab" * 32}}, False),
        (selector("handle", "\uff4d\uff4f\uff54\uff48", "chat"), {"account_login": "moth", "on": "chat"}, True),
    ],
)
def test_an_object_that_states_it_is_found_and_one_of_a_longer_value_is_not(
    asked: Selector,
    stated: dict[str, Any],
    found: bool,  # noqa: FBT001  # a table's column
) -> None:
    assert search_for([asked]).finds(json.dumps(stated, ensure_ascii=False).encode()) is found


def test_escapes_hide_nothing_and_one_of_several_is_enough() -> None:
    search = search_for([PHONE, EMAIL])
    assert search.finds(b'{"value":"a.b\\u0040example.org"}')
    assert not search.finds(b'{"value":"a.c\\u0040example.org","flag":true}')
