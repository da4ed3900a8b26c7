"""What a run of watching did not look at: an alarm, at once where it was more than a run looks at, else if it lasts.

Owns for how long an exchange may give nothing, and that this is told again while it goes on, also after somebody has looked. Kept
by ``tests/client/witnessing/test_tell_unseen.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from breakwater_client.instant import instant_text
from breakwater_client.witnessing.alarms import Alarm, AlarmKind
from breakwater_client.witnessing.kept_alarms import AlarmShelf
from breakwater_client.witnessing.watching import SHELF, OverError, Watched, first_seen

UNSEEN = "unseen.json"
"""Since when each thing is not looked at that was not in the last run."""
_AGAIN = timedelta(days=7)
_MOST_NAMED, _MOST_CHARACTERS = 5, 200


def tell_unseen(shelf: AlarmShelf, found: Watched, now: datetime, silence: timedelta) -> None:
    """Keep and note the alarm that something was not looked at for longer than ``silence``, or that a run ended before it."""
    unseen = dict(found.unseen)
    try:
        since = first_seen(shelf, UNSEEN, unseen, now)
    except OSError as exc:  # a disk that takes nothing: what is over is told all the same
        found.unseen[SHELF], since = exc, dict.fromkeys(unseen, now)
    due = {what: since[what] for what, why in unseen.items() if isinstance(why, OverError) or now - since[what] > silence}
    if not due:
        return
    first = min(due.values())
    about = f"unseen {' '.join(sorted(due))} {instant_text(first)} {(now - first) // _AGAIN}"
    alarm = Alarm(AlarmKind.SILENCE, _sentence(due, unseen, first), about)
    found.keep(shelf, alarm, now)


def _sentence(due: Mapping[str, datetime], unseen: Mapping[str, Exception | None], first: datetime) -> str:
    named = ", ".join([*due][:_MOST_NAMED]) + (f", and {len(due) - _MOST_NAMED} more" if len(due) > _MOST_NAMED else "")
    why = next((one for what in due if (one := unseen[what]) is not None), None)
    said = "" if why is None else str(getattr(why, "sentence", why))[:_MOST_CHARACTERS] or type(why).__name__
    return f"Not looked at, or not to the end, since {first:%Y-%m-%d %H:%M} UTC: {named}. {said}".rstrip()
