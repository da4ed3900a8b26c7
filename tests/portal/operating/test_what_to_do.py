from __future__ import annotations

from app.domain.paging import AlarmCode
from app.domain.read_only import ReadOnlyReason
from app.portal.operating.what_to_do import OF_ALARMS, OF_READ_ONLY


def test_there_is_a_sentence_for_everything() -> None:
    assert set(OF_ALARMS) == set(AlarmCode)
    assert set(OF_READ_ONLY) == set(ReadOnlyReason)
