"""A moment as an option of a command takes it: RFC 3339 in UTC, as the exchange spells time.

Kept by ``tests/cli/test_moments.py``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click


class Moment(click.ParamType[datetime]):
    """An option's type: ``2026-03-01T12:00:00Z``. A time without a zone would mean another one on another machine."""

    name = "moment"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Give the moment, in UTC."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            moment = None
        if moment is None or moment.utcoffset() != timedelta():
            self.fail(f"{value!r} is no moment in UTC such as 2026-03-01T12:00:00Z.", param, ctx)
        return moment.astimezone(UTC)


class MomentOrDay(Moment):
    """An option's type: a moment, or ``2026-03-01``, which is the start of that day in UTC."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Give the moment, in UTC."""
        is_day = isinstance(value, str) and len(value) == len("2026-03-01")
        return super().convert(f"{value}T00:00:00Z" if is_day else value, param, ctx)


MOMENT = Moment()
MOMENT_OR_DAY = MomentOrDay()
