"""How much time is left until something is due, in words, and how pressing that is.

Owns the words; what is late follows from somebody's agreement or a law, and is the services' to say. Kept by
``tests/portal/test_time_left.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.portal.words import gettext, ngettext

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_NEAR = timedelta(days=2)
_DAYS_ALONE = 3


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Time until a moment, in words; ``badge`` is how its sign looks: nothing, ``warning`` or ``problem``."""

    due_at: datetime
    words: str
    badge: str


def time_left(due_at: datetime, now: datetime) -> TimeLeft:
    """Give how long it is from ``now`` until something is due, or for how long it is overdue."""
    if due_at <= now:
        return TimeLeft(due_at, gettext("overdue since %(long)s") % {"long": _long(now - due_at)}, "problem")
    badge = "warning" if due_at - now <= _NEAR else ""
    return TimeLeft(due_at, gettext("%(long)s left") % {"long": _long(due_at - now)}, badge)


def _long(span: timedelta) -> str:
    """Give a span as people say it: days, below three days with hours, below an hour in minutes."""
    days, hours = span // _DAY, (span % _DAY) // _HOUR
    if days >= _DAYS_ALONE:
        return _said("%(num)s day", "%(num)s days", days)
    if days:
        whole = _said("%(num)s day", "%(num)s days", days)
        return f"{whole} {_said('%(num)s hour', '%(num)s hours', hours)}" if hours else whole
    if hours:
        return _said("%(num)s hour", "%(num)s hours", hours)
    return _said("%(num)s minute", "%(num)s minutes", max(span // timedelta(minutes=1), 1))


def _said(singular: str, plural: str, count: int) -> str:
    return ngettext(singular, plural, count) % {"num": count}
