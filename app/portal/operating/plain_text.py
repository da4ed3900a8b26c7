"""What people type into forms of the room: names, ids, days and numbers, with the sentence for what has not their form.

Kept by ``tests/portal/operating/test_plain_text.py``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from app.domain.errors import MalformedInputError
from app.domain.plain_text import is_plain
from app.portal.words import gettext

_NAME = re.compile(r"[^\x00-\x20\x7f-\xa0]([^\x00-\x1f\x7f-\x9f]{0,98}[^\x00-\x20\x7f-\xa0])?")
_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile("[0-9]{1,9}", re.ASCII)
_MOMENT = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?", re.ASCII)
_FIRST_YEAR = 2000


def checked_name(text: str, field: str = "name") -> str:
    """Give a name without blanks around it: 1 to 100 characters, as over REST; raises ``MalformedInputError`` at its field."""
    name = text.strip()
    if not _NAME.fullmatch(name):
        raise MalformedInputError(gettext("A name has 1 to 100 characters."), pointer=f"/{field}")
    if not is_plain(name):
        raise MalformedInputError(gettext("A name holds only characters that can be seen, and blanks."), pointer=f"/{field}")
    return name


def checked_id(text: str, field: str) -> str | None:
    """Give an id of ours, None for nothing typed; raises as ``checked_name``."""
    value = text.strip().lower()
    if value and not _ID.fullmatch(value):
        raise MalformedInputError(
            gettext("This is no id. They look like 0a1b2c3d-0000-4000-8000-0123456789ab."), pointer=f"/{field}"
        )
    return value or None


def checked_number(text: str, field: str) -> int | None:
    """Give a whole number of at least 1, None for nothing typed; raises as ``checked_name``."""
    value = text.replace(" ", "").replace(",", "")
    if not value:
        return None
    if not _NUMBER.fullmatch(value) or int(value) < 1:
        raise MalformedInputError(gettext("Write a whole number of at least 1, or nothing."), pointer=f"/{field}")
    return int(value)


def checked_span(since: str, until: str) -> tuple[datetime | None, datetime | None]:
    """Give the instants of the fields ``since`` and ``until``; one that ends before it begins is a slip."""
    begins, ends = checked_moment(since, "since"), checked_moment(until, "until")
    if begins is not None and ends is not None and ends <= begins:
        raise MalformedInputError(gettext("This is not after the beginning."), pointer="/until")
    return begins, ends


def checked_moment(text: str, field: str) -> datetime | None:
    """Give an instant as browsers send it (``2026-01-31T08:00`` or a day alone), in UTC; None for nothing typed.

    Nothing else that says a time: an offset would be lost, and a year before 2000 is a slip.
    """
    value = text.strip()
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value).replace(tzinfo=UTC) if _MOMENT.fullmatch(value) else None
    except ValueError:
        moment = None
    if moment is None or moment.year < _FIRST_YEAR:
        raise MalformedInputError(gettext("Write a day and a time in UTC, as 2026-01-31T08:00."), pointer=f"/{field}")
    return moment
