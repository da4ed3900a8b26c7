from __future__ import annotations

from app.domain.errors import ConflictError, MalformedInputError
from app.portal.organisation.refused import faults_of


def test_a_refusal_stands_at_its_field_or_above_the_form() -> None:
    at = {"name": "the-name"}
    told = faults_of(MalformedInputError("No.", pointer="/name"), at)
    assert told == {"faults": [("the-name", "No.")], "fault": {"the-name": "No."}}
    assert faults_of(MalformedInputError("No.", pointer="/other/0"), at) == {"faults": [("", "No.")], "fault": {}}
    assert faults_of(ConflictError("No."), at) == {"faults": [("", "No.")], "fault": {}}
