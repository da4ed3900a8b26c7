"""When exports are due: cron in a partner's own time zone.

Owns what a schedule means. It has five fields of cron and a zone of the IANA database. What is set for an hour of its own fires
once in the night in which clocks are set back, the first time; in the night in which that hour is left out, at the end of the
gap. What is set for every hour, or for every so many minutes, goes by the minutes that really pass. Kept by
``tests/services/exporting/test_schedule.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from app.domain.errors import MalformedInputError
from app.domain.export import ExportDefinition, Schedule

_CRON = re.compile(r"[0-9A-Za-z*/,#-]{1,60}( [0-9A-Za-z*/,#-]{1,60}){4}")
_MOST_CHARACTERS = 100
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,31}(/[A-Za-z0-9_+-]{1,31}){0,2}")
_NO_CRON = "This is no schedule: five fields of cron (minute, hour, day, month, day of the week), one blank between them."
_NO_ZONE = "This is no time zone of the IANA database, such as Europe/Amsterdam."
_NEVER = "This schedule is never due."
# So far is looked for the longest gap: over a weekend, or over a year where little is due.
_LOOKED_AHEAD = timedelta(days=8)
_FEWEST_GAPS = 13
_LONG_ENOUGH = timedelta(days=62)
_GAPS_REMEMBERED = 10_000


def check_schedule(schedule: Schedule, pointer: str, zone_pointer: str = "/time_zone") -> None:
    """Let a schedule pass that is due some time; the pointers say where its cron and its zone were submitted.

    Raises:
        MalformedInputError: no cron of five fields, no zone, or never due.
    """
    try:
        _zone(schedule)
    except (ValueError, KeyError, OSError):
        raise MalformedInputError(_NO_ZONE, pointer=zone_pointer) from None
    try:
        next_due(schedule, datetime(2026, 1, 1, tzinfo=UTC))
    except LookupError:
        raise MalformedInputError(_NEVER, pointer=pointer) from None
    except ValueError:
        raise MalformedInputError(_NO_CRON, pointer=pointer) from None


def next_due(schedule: Schedule, after: datetime) -> datetime:
    """Give when a schedule is due next after a moment, in UTC.

    Raises:
        LookupError: never.
        ValueError: it is no schedule, which ``check_schedule`` would have said.
    """
    for due in _due_times(schedule, after):
        return due
    raise LookupError(_NEVER)


def _due_times(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    if len(schedule.cron) > _MOST_CHARACTERS or not _CRON.fullmatch(schedule.cron):
        raise ValueError(_NO_CRON)
    try:
        due_times = CronSim(schedule.cron, after.astimezone(_zone(schedule)))
    except CronSimError as exc:
        raise ValueError(_NO_CRON) from exc
    last = after
    # In the hour that comes twice the first one is named, which may have been before; in a gap several are due at its end.
    for due in due_times:
        if due.astimezone(UTC) > last:
            last = due.astimezone(UTC)
            yield last


@lru_cache(maxsize=_GAPS_REMEMBERED)
def longest_gap(schedule: Schedule, after: datetime) -> timedelta:
    """Give the longest time between two due times of the next days, at least thirteen of them.

    Looks at thousands of due times where they are minutes apart, so that nobody asks while others wait for a lock; who asks with
    the start of a day is answered from memory for the rest of it. One gap of ``_LONG_ENOUGH`` ends the look.
    """
    longest, number, last = timedelta(0), 0, None
    for due in _due_times(schedule, after):
        if last is not None:
            longest, number = max(longest, due - last), number + 1
        last = due
        if longest >= _LONG_ENOUGH or (number >= _FEWEST_GAPS and due >= after + _LOOKED_AHEAD):
            break
    return longest


def next_export(definition: ExportDefinition, after: datetime) -> datetime:
    """Give when the next export of a definition is due after a moment, whatever is to be in it."""
    return min(next_due(one, after) for one in (definition.snapshots, definition.deltas) if one is not None)


def snapshot_is_due(definition: ExportDefinition, last: datetime | None, now: datetime) -> bool:
    """Say whether an export at ``now`` is to hold everything; ``last`` is the frozen instant of the one before, if any."""
    if last is None or definition.snapshot_wanted:
        return True
    return definition.snapshots is not None and next_due(definition.snapshots, last) <= now


def _zone(schedule: Schedule) -> ZoneInfo:
    if not _ZONE.fullmatch(schedule.time_zone):
        raise ValueError(_NO_ZONE)
    return ZoneInfo(schedule.time_zone)
