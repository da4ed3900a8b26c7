from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from marshmallow import ValidationError

from app.http.object_payloads import ObjectQuery, ReceiptQuery, SubmissionQuery, VersionPayload
from app.services.reading.pull import Filters, PageRequest, VisibleVersion

NOW = datetime(2026, 1, 31, 8, tzinfo=UTC)


def test_no_parameters_are_the_first_hundred_of_everything() -> None:
    assert ObjectQuery().load({}) == PageRequest(Filters(), None, 100)


def test_every_parameter_reaches_its_filter() -> None:
    stix_id, owner = "url--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11", "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
    query: dict[str, Any] = {
        "type": ["url"],
        "id": [stix_id],
        "owner": [owner],
        "harm": ["csam"],
        "surface": ["voice", "search"],
        "phase": ["solicitation"],
        "confidence_min": "7",
        "added_after": "2026-01-31T08:00:00Z",
        "added_before": "2026-01-31T08:00:00.0000001Z",
        "modified_after": "2026-01-31T08:00:00.10Z",
        "modified_before": "2026-01-31T08:00:00.20Z",
        "valid_at": "2026-01-31T08:00:00.30Z",
        "limit": "9",
        "next": "abc",
    }
    expected = Filters(
        stix_ids=frozenset({stix_id}),
        types=frozenset({"url"}),
        owner_ids=frozenset({owner}),
        facets=(
            ("harm", frozenset({"csam"})),
            ("phase", frozenset({"solicitation"})),
            ("surface", frozenset({"voice", "search"})),
        ),
        minimum_confidence=7,
        added_after=NOW,
        added_before=NOW.replace(microsecond=1),
        modified_after="2026-01-31T08:00:00.1",
        modified_before="2026-01-31T08:00:00.2",
        valid_at="2026-01-31T08:00:00.3",
    )
    assert ObjectQuery().load(query) == PageRequest(expected, "abc", 9)
    facets = ObjectQuery().load(query).filters.facets
    assert all(type(word) is str for _, words in facets for word in words)


@pytest.mark.parametrize("value", ["True", "1", "on", "", None])
def test_atomic_has_two_spellings(value: object) -> None:
    assert [SubmissionQuery().load({"atomic": word})["atomic"] for word in ("true", "false")] == [True, False]
    assert SubmissionQuery().load({}) == {"atomic": False, "group": None}
    assert SubmissionQuery().load({"group": "any text"})["group"] == "any text"
    with pytest.raises(ValidationError):
        SubmissionQuery().load({"atomic": value})


def test_a_receipt_is_for_the_newest_version_unless_one_is_named() -> None:
    assert ReceiptQuery().load({}) == {"version": None}
    assert ReceiptQuery().load({"version": "2026-01-31T08:00:00Z"}) == {"version": "2026-01-31T08:00:00Z"}


def test_a_version_is_written_without_the_exchanges_own_numbers() -> None:
    version = VisibleVersion(version_id=7, owner_id="p", version="v", version_key="k", added_at=None, class_id=1)
    assert VersionPayload().dump(version) == {"owner": "p", "version": "v", "added_at": None}
