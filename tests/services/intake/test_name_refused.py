from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import Code
from app.services.intake.name_refused import names_of_refused, with_names
from breakwater_client.submission import ObjectResult, Refusal, ResultStatus

AN_ID = "indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
STORED = ObjectResult("/objects/0", ResultStatus.STORED, AN_ID, "2026-01-05T10:00:00.000Z")
REFUSED = ObjectResult("/objects/1", ResultStatus.REFUSED, refusal=Refusal(Code.SIGNATURE_MISSING, "No.", "/objects/1"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"id": AN_ID, "modified": "2026-01-05T10:00:00.25Z", "created": "2026-01-01T00:00:00Z"},
            (AN_ID, "2026-01-05T10:00:00.25Z"),
        ),
        ({"id": AN_ID, "created": "2026-01-01T00:00:00Z"}, (AN_ID, "2026-01-01T00:00:00Z")),
        ({"id": AN_ID}, (AN_ID, None)),
        ({"id": AN_ID, "modified": "yesterday"}, (AN_ID, None)),
        ({"id": AN_ID, "modified": 7, "created": "2026-01-01T00:00:00Z"}, (AN_ID, None)),
        ({"id": AN_ID.upper(), "modified": "2026-01-05T10:00:00Z"}, (None, None)),
        ({"id": "a secret", "modified": "2026-01-05T10:00:00Z"}, (None, None)),
        ({"id": {"a": "secret"}}, (None, None)),
        (5, (None, None)),
        ([{"id": AN_ID}], (None, None)),
        ({"modified": "2026-01-05T10:00:00Z"}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_only_what_has_the_form_of_stix_is_a_name(value: dict[str, Any], expected: tuple[str | None, str | None]) -> None:
    assert names_of_refused([REFUSED], [value]) == (expected,)


def test_refused_objects_are_named_in_their_order_and_stored_ones_are_left_alone() -> None:
    results = (REFUSED, STORED, REFUSED)
    names = names_of_refused(results, [{"id": AN_ID}, {"id": "x"}, {}])
    assert names == ((AN_ID, None), (None, None))
    named = with_names(results, names)
    assert [(one.stix_id, one.version, one.status) for one in named] == [
        (AN_ID, None, "refused"),
        (STORED.stix_id, STORED.version, "stored"),
        (None, None, "refused"),
    ]
    assert with_names(results, ()) == results
