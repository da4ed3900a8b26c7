"""What an answer's lines are about."""

from __future__ import annotations

import pytest

from app.domain.errors import MalformedInputError
from app.domain.object_vocabulary import RecallOutcome
from app.domain.recall import Outcome, RecalledVersion
from app.services.recalling.acknowledgement import Answered, outcomes_for

AN_ID = "indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"


def test_a_version_is_found_in_whatever_spelling() -> None:
    versions = [RecalledVersion(7, AN_ID, "2026-01-05T10:00:00.000Z", b"")]
    [one] = outcomes_for(versions, [Answered(AN_ID, "2026-01-05T10:00:00Z", RecallOutcome.DELETED)])
    assert one == Outcome(7, RecallOutcome.DELETED)
    with pytest.raises(MalformedInputError) as caught:
        outcomes_for(versions, [Answered(AN_ID, "2026-01-06T10:00:00Z", RecallOutcome.DELETED)])
    assert caught.value.pointer == "/outcomes/0"
