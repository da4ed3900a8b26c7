"""The exchanges in which the stories happen: on SQLite and on PostgreSQL."""

from __future__ import annotations

from tests.factories.furnished import running_on_both

__all__ = ["running_on_both"]
