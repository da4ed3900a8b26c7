from __future__ import annotations

from datetime import UTC, datetime

from app.domain.stated_reason import StatedReason, Stop


def test_what_somebody_wrote_is_in_no_text_about_it() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert "late" not in repr(StatedReason(Stop.PARTNER_END, "a", "a", None, now, "They were late."))
