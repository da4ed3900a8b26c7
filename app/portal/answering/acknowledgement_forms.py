"""The form in which a notice is answered: the same for all of its versions, or one by one.

Owns the names of its fields and what they say; whether that is an answer to the notice is the services' to say. Kept by
``tests/portal/answering/test_acknowledgement_forms.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from app.domain.errors import MalformedInputError
from app.domain.object_vocabulary import HeldBasis, RecallOutcome
from app.domain.recall import RecalledVersion, outcome_words
from app.portal.answering.request_answers import word_in
from app.portal.words import gettext
from app.services.recalling.acknowledgement import Answered
from app.services.recalling.look_up_notices import NoticeRecord

MOST_ONE_BY_ONE = 50
OF_ALL = ""
"""The suffix of fields that are about all versions; those about one have its place."""
_PARTS = ("outcome", "basis", "until")
_FIELD = re.compile(f"({'|'.join(_PARTS)})[0-9]*")


def field_names(places: Sequence[str]) -> list[str]:
    """Give the names of the fields about versions at these places (``OF_ALL``: about all)."""
    return [f"{part}{place}" for place in places for part in _PARTS]


def places_of(record: NoticeRecord, *, one_by_one: bool) -> list[str]:
    """Give the suffixes of the fields that a notice's form has."""
    return [str(number + 1) for number in range(len(record.versions[:MOST_ONE_BY_ONE]))] if one_by_one else [OF_ALL]


def read_acknowledgement_form(given: Mapping[str, str], record: NoticeRecord, *, one_by_one: bool) -> list[Answered]:
    """Give the lines of the answer that a form says; where it is about versions one by one, of those that it says something of.

    Raises:
        MalformedInputError: a field says what it cannot; the pointer names it.
    """
    if not one_by_one:
        return [_line(given, OF_ALL, one, record) for one in record.versions]
    known = zip(places_of(record, one_by_one=True), record.versions, strict=False)
    lines = [_line(given, place, one, record) for place, one in known if given[f"outcome{place}"]]
    if not lines:
        raise MalformedInputError(gettext("Say what was done with one of them at least."), pointer="/outcome1")
    return lines


def _line(given: Mapping[str, str], place: str, version: RecalledVersion, record: NoticeRecord) -> Answered:
    outcome = word_in(outcome_words(record.recall.kind), given[f"outcome{place}"], f"outcome{place}")
    if outcome is None:
        raise MalformedInputError(gettext("Say what was done."), pointer=f"/outcome{place}")
    if outcome is not RecallOutcome.HELD:
        return Answered(version.stix_id, version.version, outcome)
    basis = word_in(HeldBasis, given[f"basis{place}"], f"basis{place}")
    if basis is None:
        raise MalformedInputError(gettext("Say on which basis a copy is kept."), pointer=f"/basis{place}")
    return Answered(version.stix_id, version.version, outcome, basis, _day(given[f"until{place}"], f"until{place}"))


def _day(given: str, name: str) -> datetime:
    """Give the first instant of a day (UTC) as a browser's date field writes it."""
    try:
        return datetime.strptime(given.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        sentence = gettext("Say until which day a copy is kept, as 2027-01-31.")
        raise MalformedInputError(sentence, pointer=f"/{name}") from None


def field_at(pointer: str | None, *, one_by_one: bool) -> str:
    """Give the field that a refusal is about; the services point into the lines of the answer."""
    parts = (pointer or "").strip("/").split("/")
    if len(parts) == 3 and parts[0] == "outcomes" and parts[2] in _PARTS:  # noqa: PLR2004  # list, place, member
        return f"{parts[2]}{int(parts[1]) + 1 if one_by_one else OF_ALL}"
    return parts[0] if _FIELD.fullmatch(parts[0]) and len(parts) == 1 else ""
