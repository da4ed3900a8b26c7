from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.collection import Collection
from app.domain.errors import Code, MalformedInputError
from app.domain.recall import Choice
from app.domain.stix_object import timestamp_key
from app.domain.vocabulary import Harm
from app.services.reading.pull import Filters, PageRequest, Place, Versions
from app.taxii.queries import MOST_OBJECTS, OBJECTS, asked_choice, asked_of_object, asked_page, place_of

EXCHANGE = Collection("id", "Title", "What it is.", "exchange", can_read=True, can_write=True)
VIEW = Collection("id", "Title", "What it is.", "harm-csam", can_read=True, can_write=False, harm=Harm.CSAM)
AN_ID = "indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
ANOTHER = "url--0b8f7f8e-5a35-5b1c-9d68-0a7e8a2f4b11"
LAST = Versions(last=True)
VERSION, SPEC = "match[version]", "match[spec_version]"


def page(collection: Collection = EXCHANGE, **query: str) -> PageRequest:
    with Flask("test").test_request_context(f"/?{urlencode(query)}"):
        return asked_page(collection, "objects")


def test_without_parameters_the_first_objects_are_asked_for_in_their_newest_versions() -> None:
    assert page() == PageRequest(Filters(versions=LAST), None, 1_000, Place(name="taxii-objects-id"))


def test_a_collection_is_a_place_of_its_own() -> None:
    assert place_of(VIEW, "manifest") == Place(name="taxii-manifest-id", facets=(("harm", frozenset({"csam"})),))
    group = replace(EXCHANGE, feed=7, from_generation=2, group_id="id")
    assert place_of(group, "objects") == Place(7, 2, "taxii-objects-id")


def test_filters_are_lists_with_commas() -> None:
    asked = page(**{"match[id]": f"{AN_ID},{ANOTHER}", "match[type]": "indicator,url"})
    assert asked.filters == Filters(frozenset({AN_ID, ANOTHER}), frozenset({"indicator", "url"}), versions=LAST)
    assert asked.stated == {"stix_ids", "types"}


KEY = timestamp_key("2026-01-05T10:00:00.250Z")
FIRST_OR_LAST = Versions(first=True, last=True)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({VERSION: "last"}, LAST),
        ({VERSION: "first"}, Versions(first=True)),
        ({VERSION: "all"}, None),
        ({VERSION: "all,first"}, None),
        ({VERSION: "first,last"}, FIRST_OR_LAST),
        ({VERSION: "last,first,last"}, FIRST_OR_LAST),
        ({VERSION: "2026-01-05T10:00:00.25Z"}, Versions(keys=frozenset({str(KEY)}))),
        ({VERSION: "2026-01-05T10:00:00.250Z,2026-01-05t11:00:00.25+01:00"}, Versions(keys=frozenset({str(KEY)}))),
        ({VERSION: "first,2026-01-05T10:00:00.25Z"}, Versions(first=True, keys=frozenset({str(KEY)}))),
        ({SPEC: "2.1"}, LAST),
        ({SPEC: "2.0,2.1", VERSION: "all"}, None),
        ({SPEC: "2.0"}, Versions()),
        ({SPEC: "2.0", VERSION: "all"}, Versions()),
    ],
)
def test_versions_are_alternatives(query: dict[str, str], expected: Versions | None) -> None:
    asked = page(**query)
    assert asked.filters.versions == expected
    assert asked.stated == (frozenset() if query == {SPEC: "2.1"} else {"versions"})


def test_one_object_is_asked_for_whatever_else_is_said() -> None:
    with Flask("test").test_request_context("/?limit=7&added_after=2026-01-05T10:00:00Z"):
        asked = asked_of_object(EXCHANGE, AN_ID, "object")
        every = asked_of_object(EXCHANGE, AN_ID, "versions", usual=None)
    assert asked.filters == Filters(frozenset({AN_ID}), added_after=datetime(2026, 1, 5, 10, tzinfo=UTC), versions=LAST)
    assert (asked.limit, asked.stated, asked.place.name) == (7, {"stix_ids", "added_after"}, "taxii-object-id")
    assert (every.filters.versions, every.place.name) == (None, "taxii-versions-id")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, Choice()),
        ({VERSION: "all"}, Choice()),
        ({SPEC: "2.1"}, Choice()),
        ({VERSION: "last"}, Choice(last=True)),
        ({VERSION: "first,2026-01-05T10:00:00.25Z"}, Choice(first=True, keys=frozenset({str(KEY)}))),
    ],
)
def test_what_is_taken_back_is_all_unless_versions_are_named(query: dict[str, str], expected: Choice) -> None:
    with Flask("test").test_request_context(f"/?{urlencode(query)}"):
        assert asked_choice() == expected


@pytest.mark.parametrize("query", [{SPEC: "2.0"}, {SPEC: "2.0", VERSION: "all"}])
def test_who_names_another_specification_takes_nothing_back(query: dict[str, str]) -> None:
    @dataclass
    class Stored:
        version_key: str

    with Flask("test").test_request_context(f"/?{urlencode(query)}"):
        assert asked_choice().of([Stored(str(KEY))]) == []


def test_added_after_is_any_time_of_rfc_3339() -> None:
    asked = page(added_after="2026-01-05T11:00:00.1234567+01:00").filters
    assert asked.added_after == datetime(2026, 1, 5, 10, 0, 0, 123_456, UTC)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [("1", 1), ("007", 7), ("5000", MOST_OBJECTS), ("5001", MOST_OBJECTS), ("9" * 6_000, MOST_OBJECTS)],
)
def test_a_limit_is_at_most_five_thousand(limit: str, expected: int) -> None:
    assert page(limit=limit).limit == expected


def test_a_cursor_is_passed_on_as_it_is() -> None:
    assert page(next="abc-DEF_1").cursor == "abc-DEF_1"


MALFORMED = [
    ("limit", "0"),
    ("limit", "000"),
    ("limit", "-1"),
    ("limit", "+1"),
    ("limit", "1.0"),
    ("limit", "1e3"),
    ("limit", "many"),
    ("limit", ""),
    ("limit", " 1"),
    ("limit", "٣"),
    ("added_after", ""),
    ("added_after", "yesterday"),
    ("added_after", "2026-01-05 10:00:00"),
    ("match[id]", ""),
    ("match[id]", "indicator"),
    ("match[id]", f"{AN_ID},"),
    ("match[id]", f"{AN_ID}, {ANOTHER}"),
    ("match[id]", AN_ID.upper()),
    ("match[id]", f"{AN_ID}'; DROP TABLE object_version; --"),
    ("match[id]", ",".join([AN_ID] * 81)),
    ("match[type]", ""),
    ("match[type]", "Indicator"),
    ("match[type]", "indicator;url"),
    ("match[type]", "%"),
    ("match[type]", "a\0b"),
    (VERSION, ""),
    (VERSION, "newest"),
    (VERSION, "LAST"),
    (VERSION, "last,"),
    (VERSION, "2026-01-05"),
    (VERSION, "2026-02-30T10:00:00Z"),
    (VERSION, "2026-01-05T10:00:00 01:00"),
    (SPEC, ""),
    (SPEC, "2"),
    (SPEC, "latest"),
    (SPEC, "2.1;2.0"),
    ("next", ""),
    ("next", "a b"),
    ("next", "é"),
    ("next", "A" * 8_193),
]


@pytest.mark.parametrize(("name", "value"), MALFORMED)
def test_what_is_malformed_is_refused_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(MalformedInputError) as refusal:
        page(**{name: value})
    assert refusal.value.code is (Code.CURSOR_INVALID if name == "next" else Code.REQUEST_INVALID)
    assert len(value) < 8 or value not in refusal.value.sentence


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("match[id]", "nope", "STIX ids"),
        ("match[type]", "Indicator", "lower case"),
        (VERSION, "newest", "first, last, all"),
        (VERSION, "2026-01-05", "RFC 3339"),
        (SPEC, "abc", "2.1"),
        ("match[id]", ",".join([AN_ID] * 81), "at most 80"),
        ("match[type]", ",".join(["url"] * 81), "at most 80"),
    ],
)
def test_a_refusal_says_what_form_is_expected(name: str, value: str, words: str) -> None:
    with pytest.raises(MalformedInputError, match=words) as refusal:
        page(**{name: value})
    assert name in refusal.value.sentence


NAMES = sorted(OBJECTS)
PIECES = st.sampled_from(
    ["first", "last", "all", ",", "2.1", "2.0", "2026-01-05T10:00:00", ".5", "Z", "+01:00", "1", "0", AN_ID, "url"]
)


@given(st.sampled_from(NAMES), st.text(max_size=60) | st.lists(PIECES, max_size=8).map("".join))
@example("limit", "1")
def test_any_text_is_a_page_or_a_refusal(name: str, value: str) -> None:
    try:
        asked = page(**{name: value.encode("utf-8", "replace").decode()})
    except MalformedInputError:
        return
    assert 1 <= asked.limit <= MOST_OBJECTS
    usual = page()
    assert asked != usual or (name, value.lstrip("0")) == ("limit", "1000") or (name == SPEC and "2.1" in value.split(","))
