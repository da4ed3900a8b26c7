"""Keeps what a refusal keeps of an error."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.errors import Code, ProfileError
from breakwater_client.submission import ObjectResult, Refusal, ResultStatus, Submission


@pytest.mark.parametrize(
    ("pointer", "within", "expected"),
    [
        ("/pattern", "/objects/3", "/objects/3/pattern"),
        (None, "/objects/3", "/objects/3"),
        ("/pattern", "", "/pattern"),
        (None, "", ""),
    ],
)
def test_a_refusal_points_into_the_whole_body(pointer: str | None, within: str, expected: str) -> None:
    error = ProfileError("The pattern is too long.", code=Code.PATTERN_INVALID, pointer=pointer)
    assert Refusal.of(error, within=within) == Refusal(Code.PATTERN_INVALID, "The pattern is too long.", expected)


def test_a_refused_object_names_nothing_of_its_content() -> None:
    refused = ObjectResult("/objects/0", ResultStatus.REFUSED, refusal=Refusal(Code.SCHEMA_VIOLATION, "No.", "/objects/0"))
    assert (refused.stix_id, refused.version, refused.payload_digest, refused.log_index) == (None, None, None, None)


def test_the_outcomes_are_alphabetical() -> None:
    values = [status.value for status in ResultStatus]
    assert values == sorted(set(values))


def test_the_outcome_of_an_object_is_its_status_and_of_a_refused_one_the_code() -> None:
    refusal = Refusal(Code.SCHEMA_VIOLATION, "No.", "/objects/0")
    results = (ObjectResult("/objects/0", ResultStatus.REFUSED, refusal=refusal), ObjectResult("/objects/1", ResultStatus.STORED))
    submission = Submission("s", "p", datetime(2026, 11, 26, tzinfo=UTC), results, {})
    assert submission.outcomes == ["schema-violation", "stored"]
