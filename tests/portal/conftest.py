"""The exchange at whose portal these tests look."""

from __future__ import annotations

from tests.factories.furnished import empty, furnished, hotline, platform, running, running_on_both

__all__ = ["empty", "furnished", "hotline", "platform", "running", "running_on_both"]
