"""Clocks are what the published data says."""

from __future__ import annotations

from datetime import timedelta

from app.domain.partner_request import RequestKind
from app.services.requesting.clocks import clocks


def test_each_clock_has_a_source_and_a_time() -> None:
    assert len(clocks()) >= 6
    for one in clocks().values():
        assert one.source
        assert one.title
        assert (one.answer_within or one.lasts) is not None
        assert (one.lasts is not None) is (one.kind is RequestKind.PRESERVATION)


def test_an_emergency_has_eight_hours() -> None:
    assert clocks()["eu-2023-1543-production-emergency"].answer_within == timedelta(hours=8)
