from __future__ import annotations

from app.domain.object_vocabulary import CorrectionReason
from app.portal.correcting.correction_form import LISTS, TEXTS
from app.portal.correcting.words import MEMBERS, REASONS, reason_words


def test_each_reason_and_each_field_has_words() -> None:
    assert set(REASONS) == set(CorrectionReason)
    assert {*TEXTS, *LISTS} <= set(MEMBERS)
    assert reason_words("outdated") == REASONS[CorrectionReason.OUTDATED]
