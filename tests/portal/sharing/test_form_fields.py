from __future__ import annotations

from typing import Any

import pytest

from app.portal.forms import Sent
from app.portal.sharing.form_fields import FIELD_OF, REPEATED, ROWS, SINGLE, field_of, read_form, revision_of, shown_form
from tests.factories.observation_forms import TOKEN

FULL: dict[str, Any] = {
    "subject_status": "unknown",
    "what": {"title": "Rooms", "description": "Two\nlines", "behaviours": ["OP-001", "OP-017"], "harm_types": ["csam"]},
    "where": {"surfaces": ["cloud"], "service": "Example"},
    "observables": [
        {"kind": "handle", "value": "@a.b", "role": "context", "subject_status": "may-be-child"},
        {"value": "40117"},
        {"kind": "phone", "token": TOKEN},
    ],
    "how_sure": {"band": "low", "reliability": "b", "credibility": 2},
    "urgency": "historic",
    "already_reported_to": [{"body": "Police", "reported_at": "2026-01-05T09:00:00Z", "reference": "7"}],
    "provenance": "investigation",
    "seen": {"first": "2026-01-05T09:00:00Z", "last": "not a time"},
    "who_may_know": {
        "tlp": "green",
        "audience_id": "a",
        "purposes": ["audit"],
        "permitted_uses": ["detect"],
        "onward_share": "none",
    },
}


def sent_from(shown: dict[str, Any]) -> Sent:
    """Give what a browser would send of what is shown."""
    rows = {name: [] for name in ROWS}
    for one in shown["rows"]:
        values = (one["row"].kind, one["row"].entered, one.get("role", "indicator"), one.get("subject_status", ""))
        for name, value in zip(ROWS, values, strict=True):
            rows[name].append(value)
    single = {name: shown[name] if isinstance(shown.get(name), str) else "" for name in SINGLE}
    return Sent(single, {name: rows.get(name, shown.get(name, [])) for name in REPEATED})


@pytest.mark.parametrize("document", [{}, FULL, {"observables": [{"kind": "url", "value": "x"}]}])
def test_reading_what_is_shown_gives_the_same_form(document: dict[str, Any]) -> None:
    assert read_form(sent_from(shown_form(document))) == document


def test_an_emptied_line_is_taken_out() -> None:
    sent = sent_from(shown_form(FULL))
    sent.repeated["row_value"][0] = "  "  # type: ignore[index]  # a list
    assert [one.get("value") for one in read_form(sent)["observables"]] == ["40117", None]


@pytest.mark.parametrize(
    ("pointer", "field"),
    [
        ("/what/title", "title"),
        ("/what/behaviours/0", "behaviours"),
        ("/observables/3/value", "row-3"),
        ("/observables", "paste"),
        ("/already_reported_to/0/reported_at", "reported_body"),
        ("/who_may_know/audience_id", "audience_id"),
        ("/who_may_know", "tlp"),
        ("/where", "surfaces"),
        ("/review", ""),
        ("", ""),
    ],
)
def test_each_place_of_the_form_is_a_field(pointer: str, field: str) -> None:
    assert field_of(pointer) == field


def test_every_field_that_a_place_leads_to_is_on_the_page() -> None:
    assert set(FIELD_OF.values()) <= {*SINGLE, *REPEATED}


@pytest.mark.parametrize(("text", "revision"), [("3", 3), ("", 0), ("x", 0), ("-1", 0), ("9" * 20, 0), ("²", 0)])
def test_a_revision_is_a_number(text: str, revision: int) -> None:
    assert revision_of(Sent({"revision": text}, {})) == revision
