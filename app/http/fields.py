"""Field types of the payloads: how times, counts and closed vocabularies are spelled on the wire, both ways.

Owns their strictness: one spelling each, ASCII digits only, and refusals that never repeat a value. Kept by
``tests/http/test_fields.py``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.domain.stix_object import timestamp_key
from breakwater_client.instant import instant_text

_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,20}))?Z")
_MICROSECOND_DIGITS = 6
_NOT_A_MOMENT = "A time is written as 2026-01-31T08:00:00Z: RFC 3339, in UTC."
_MOMENT_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,20})?Z$"


class Form(validate.Validator):
    """Takes text that has a form from its first to its last character; ``regex`` is what the API document shows."""

    def __init__(self, pattern: str, sentence: str) -> None:
        """Take the pattern between ``^`` and ``$``, and the sentence that refuses what does not have it."""
        self.regex = re.compile(f"^({pattern})$", re.ASCII)
        self.sentence = sentence

    def __call__(self, value: str) -> str:
        """Give the value back."""
        if not self.regex.fullmatch(value):  # not match(): its "$" would let a last line break pass
            raise ValidationError(self.sentence)
        return value


def uuid_field(**options: Any) -> fields.String:
    """Give a field of an id of ours: a UUID in lower case."""
    return fields.String(validate=Form("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "This is no UUID in lower case."), **options)


def name_field(**options: Any) -> fields.String:
    """Give a field of a name that people read: 1 to 100 characters, no control characters, no blanks around it."""
    form = Form(r"[^\x00-\x20\x7f-\xa0]([^\x00-\x1f\x7f-\x9f]{0,98}[^\x00-\x20\x7f-\xa0])?", "A name has 1 to 100 characters.")
    return fields.String(validate=form, **options)


class Moment(fields.AwareDateTime):
    """An instant: RFC 3339 in UTC with ``Z``; answers have six digits of fraction, requests up to twenty."""

    def __init__(self, *, round_up: bool = False, **options: Any) -> None:
        """Cut what is finer than a microsecond; with ``round_up`` count it as one more, as an exclusive upper bound needs."""
        super().__init__(metadata={"pattern": _MOMENT_PATTERN} | options.pop("metadata", {}), **options)
        self._round_up = round_up

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else instant_text(value)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise ValidationError(_NOT_A_MOMENT)
        fraction = match[2] or ""
        try:
            moment = datetime.fromisoformat(match[1]).replace(tzinfo=UTC)
            moment += timedelta(microseconds=int(fraction[:_MICROSECOND_DIGITS].ljust(_MICROSECOND_DIGITS, "0")))
            if self._round_up and fraction[_MICROSECOND_DIGITS:].strip("0"):
                moment += timedelta(microseconds=1)
        except (ValueError, OverflowError):
            raise ValidationError(_NOT_A_MOMENT) from None
        return moment


class TimestampKey(fields.String):
    """A STIX timestamp in a request, given as its sort key: compared to the last digit, however many there are."""

    def __init__(self, **options: Any) -> None:
        """Describe the form; it is ``domain.stix_object.timestamp_key`` that checks it."""
        super().__init__(metadata={"format": "date-time", "pattern": _MOMENT_PATTERN} | options.pop("metadata", {}), **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        key = timestamp_key(value) if isinstance(value, str) and _MOMENT.fullmatch(value) else None
        if key is None:
            raise ValidationError(_NOT_A_MOMENT)
        return key


class Count(fields.Integer):
    """A whole number of a query: ASCII digits and nothing else."""

    def __init__(self, lowest: int, highest: int, **options: Any) -> None:
        """Take the bounds, both included."""
        super().__init__(validate=validate.Range(lowest, highest), **options)
        self._digits = len(str(highest))

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if not re.fullmatch(f"[0-9]{{1,{self._digits}}}", str(value), re.ASCII):
            raise ValidationError("This is no whole number within the bounds.")
        return int(value)


class Flag(fields.Boolean):
    """True or false, as JSON has them: no number that equals one of them."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("This is neither true nor false.")
        return value


class Word(fields.String):
    """One word of a closed vocabulary, given as the member of its enumeration."""

    def __init__(self, vocabulary: type[StrEnum], **options: Any) -> None:
        """Take the enumeration; its values are the words."""
        words = [member.value for member in vocabulary]
        choices = [*words, None] if options.get("allow_none") else words
        super().__init__(metadata={"enum": choices} | options.pop("metadata", {}), **options)
        self._members: Mapping[str, StrEnum] = {member.value: member for member in vocabulary}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, str) or value not in self._members:
            raise ValidationError(f"Must be one of: {', '.join(self._members)}.")
        return self._members[value]


class Words(fields.List[Any]):
    """A set of words: a frozenset in Python, a sorted list on the wire."""

    def __init__(self, inner: fields.Field[Any], *, most: int = 100, **options: Any) -> None:
        """Take the field of one word, and how many there may be."""
        super().__init__(inner, validate=validate.Length(max=most), **options)

    def _serialize(self, value: Collection[str] | None, *_: Any, **__: Any) -> list[str]:  # type: ignore[override]  # words only
        return sorted(map(str, value or ()))

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        return frozenset(super()._deserialize(value, attr, data, **options))
