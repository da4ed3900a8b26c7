from __future__ import annotations

from app.services.waiting.waits import MOST_COUNTED, Wait, WaitKind, counted


def test_what_is_beyond_the_bound_is_said_to_be_more() -> None:
    assert counted(WaitKind.RECALLS, range(MOST_COUNTED)) == Wait(WaitKind.RECALLS, MOST_COUNTED)
    assert counted(WaitKind.RECALLS, range(MOST_COUNTED + 1)) == Wait(WaitKind.RECALLS, MOST_COUNTED, at_least=True)
