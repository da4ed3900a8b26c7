"""Reading one value of the environment, and refusing it.

Owns the refusal, which is one line that names the variable and never its value, and the readers that several modules here share.
Kept by ``tests/config/test_reading.py``.
"""

from __future__ import annotations

import re
from enum import StrEnum, unique
from pathlib import Path

PREFIX = "BREAKWATER_"


class SettingsError(Exception):
    """A setting, or a file it names, is not fit to start with. Its text is one line without values."""


@unique
class Mode(StrEnum):
    """Whether real partners' data may come in; development takes keys that production refuses."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


def one_of(name: str, value: str | None, words: tuple[str, ...], default: str) -> str:
    """Give a value that is one of the words, or the default where none is given."""
    if value is None:
        return default
    if value not in words:
        raise SettingsError(f"{PREFIX}{name} must be one of {', '.join(words)}.")
    return value


def count(name: str, value: str | None, default: int, most: int) -> int:
    """Give a whole number from 1 to ``most``, or the default where none is given."""
    if value is None:
        return default
    if not re.fullmatch(r"[0-9]{1,10}", value) or not 1 <= int(value) <= most:
        raise SettingsError(f"{PREFIX}{name} must be a whole number from 1 to {most}.")
    return int(value)


def counts(name: str, value: str | None, most: int) -> dict[str, int]:
    """Give whole numbers from 1 to ``most`` by word, of a text ``word=number,word=number``; none where none is given."""
    given = [] if value is None else [part.partition("=") for part in value.replace(" ", "").split(",")]
    found = {word: int(number) for word, _, number in given if re.fullmatch(r"[0-9]{1,10}", number) and 1 <= int(number) <= most}
    if "" in found or len(found) != len(given):
        sentence = f"must be words with whole numbers from 1 to {most}, each word once: word=30,other=60."
        raise SettingsError(f"{PREFIX}{name} {sentence}")
    return found


def path(value: str | None) -> Path | None:
    """Give a path, or None where none is given; whether a file is there is NOT looked at."""
    return None if value is None else Path(value)
