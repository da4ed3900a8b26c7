"""The words of the pages: every text goes through gettext, ready for translation; and how instants are written.

Owns the lookup. English is what stands in templates and code; a translation is a catalogue of messages in ``translations/``.
Kept by
``tests/portal/test_words.py``.
"""

from __future__ import annotations

import gettext as _catalogues
from datetime import datetime
from pathlib import Path

NONE = "\N{EN DASH}"
"""Stands where there is nothing."""
_TRANSLATIONS = _catalogues.translation("portal", Path(__file__).parent / "translations", languages=["en"], fallback=True)


def gettext(message: str) -> str:
    """Give a text in the language of the page."""
    return _TRANSLATIONS.gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Give the form of a text that goes with a number."""
    return _TRANSLATIONS.ngettext(singular, plural, count)


def shown_instant(value: datetime | None) -> str:
    """Give an instant as people read it, in UTC, which is said; a dash for none."""
    return NONE if value is None else value.strftime("%-d %b %Y, %H:%M UTC")


def shown_date(value: datetime | None) -> str:
    """Give the day of an instant in UTC; a dash for none."""
    return NONE if value is None else value.strftime("%-d %b %Y")
