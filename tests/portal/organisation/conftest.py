"""The exchange at whose portal these tests look."""

from __future__ import annotations

from tests.factories.furnished import furnished, hotline, platform, running

__all__ = ["furnished", "hotline", "platform", "running"]
