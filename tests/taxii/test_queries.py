from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.collection import Collection
from app.domain.errors import Code, MalformedInputError
from app.domain.vocabulary import Harm
from app.services.reading.pull import Filters, PageRequest
from app.taxii.queries import MOST_OBJECTS, asked_page

EXCHANGE = Collection("id", "Title", "What it is.", "exchange", can_read=True, can_write=True)
VIEW = Collection("id", "Title", "What it is.", "harm-csam", can_read=True, can_write=False, harm=Harm.CSAM)
AN_ID = "indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
ANOTHER = "url--0b8f7f8e-5a35-5b1c-9d68-0a7e8a2f4b11"


def page(collection: Collection = EXCHANGE, **query: str) -> PageRequest:
    with Flask("test").test_request_context(f"/?{urlencode(query)}"):
        return asked_page(collection)


def test_without_parameters_the_first_objects_are_asked_for() -> None:
    assert page() == PageRequest(Filters(), None, 1_000)


def test_a_view_filters_by_its_harm_type() -> None:
    assert page(VIEW).filters == Filters(facets=(("harm", frozenset({"csam"})),))


def test_filters_are_lists_with_commas() -> None:
    asked = page(**{"match[id]": f"{AN_ID},{ANOTHER}", "match[type]": "indicator,url"}).filters
    assert asked == Filters(stix_ids=frozenset({AN_ID, ANOTHER}), types=frozenset({"indicator", "url"}))


def test_added_after_is_any_time_of_rfc_3339() -> None:
    assert page(added_after="2026-01-05T11:00:00.1234567+01:00").filters.added_after == datetime(
        2026, 1, 5, 10, 0, 0, 123_456, UTC
    )


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
    ("match[id]", ",".join([AN_ID] * 1_001)),
    ("match[type]", ""),
    ("match[type]", "Indicator"),
    ("match[type]", "indicator;url"),
    ("match[type]", "%"),
    ("match[type]", "a\0b"),
    ("next", ""),
    ("next", "a b"),
    ("next", "é"),
    ("next", "A" * 513),
]


@pytest.mark.parametrize(("name", "value"), MALFORMED)
def test_what_is_malformed_is_refused_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(MalformedInputError) as refusal:
        page(**{name: value})
    assert refusal.value.code is (Code.CURSOR_INVALID if name == "next" else Code.REQUEST_INVALID)
    assert len(value) < 8 or value not in refusal.value.sentence


@given(st.sampled_from(["limit", "added_after", "match[id]", "match[type]", "next"]), st.text(max_size=60))
@example("limit", "1")
def test_any_text_is_a_page_or_a_refusal(name: str, value: str) -> None:
    try:
        asked = page(**{name: value.encode("utf-8", "replace").decode()})
    except MalformedInputError:
        return
    assert 1 <= asked.limit <= MOST_OBJECTS
    assert asked != PageRequest(Filters(), None, 1_000) or value in {"1000", "01000"}
