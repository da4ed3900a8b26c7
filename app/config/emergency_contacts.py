"""The file of whom to call at imminent risk, by jurisdiction.

Owns the file's shape. Whether a number answers is NOT known here. Kept by ``tests/config/test_emergency_contacts.py``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from app.config.reading import PREFIX, SettingsError

_EMERGENCY_FILE_BYTES = 256 * 1024
_MOST_EMERGENCY_CONTACTS = 500


def read_emergency_contacts(path: Path) -> dict[str, list[dict[str, str]]]:
    """Give the contacts of a file, each a mapping of ``name`` and ``call``, by jurisdiction or ``default``.

    Raises:
        SettingsError: no such file, or one that does not say this.
    """
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(_EMERGENCY_FILE_BYTES))
    except OSError as exc:
        raise SettingsError(f"{PREFIX}EMERGENCY_CONTACTS: the file cannot be read.") from exc
    except ValueError as exc:
        raise SettingsError(f"{PREFIX}EMERGENCY_CONTACTS: the file is no JSON, or too long.") from exc
    if not _is_emergency_document(document):
        sentence = 'the file is {"default" or jurisdiction: [{"name": …, "call": …}]} and no more.'
        raise SettingsError(f"{PREFIX}EMERGENCY_CONTACTS: {sentence}")
    found: dict[str, list[dict[str, str]]] = document
    return found


def _is_emergency_document(document: object) -> bool:
    if not isinstance(document, dict):
        return False
    lists = list(document.values())
    if not all(isinstance(one, list) for one in lists) or sum(map(len, lists)) > _MOST_EMERGENCY_CONTACTS:
        return False
    places = all(place == "default" or re.fullmatch("[A-Z]{2}", place) for place in document)
    return places and all(_is_emergency_contact(one) for several in lists for one in several)


def _is_emergency_contact(value: object) -> bool:
    return isinstance(value, dict) and value.keys() == {"name", "call"} and all(map(_is_short_text, value.values()))


def _is_short_text(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and 0 < len(value) <= 200  # noqa: PLR2004  # a line to be read aloud
