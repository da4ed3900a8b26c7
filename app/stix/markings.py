"""What markings say about handling, and the published objects that everybody may send along unsigned.

Owns the reading of marking-definitions (STIX 2.1 §7.2), of the handling extension and of the context extension. Does not decide
who may see anything. Kept by ``tests/stix/test_markings.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from app.domain.errors import Code, ProfileError
from app.domain.handling import MarkingTerms, ObjectContext
from app.domain.object_vocabulary import CorrectionReason
from app.domain.stix_object import JsonObject, timestamp_key
from app.domain.vocabulary import Harm, OnwardShare, PermittedUse, Purpose, Review, Sensitivity, SubjectStatus, Tlp, Urgency
from breakwater_client.extensions import HANDLING, OCSEA_CONTEXT, SIGNATURE
from breakwater_client.tlp_markings import TLP_MARKINGS

_Word = TypeVar("_Word", bound=StrEnum)

_UNDERSTOOD = frozenset({HANDLING, OCSEA_CONTEXT, SIGNATURE})


def marking_terms(value: JsonObject) -> MarkingTerms | None:
    """Give what a marking-definition (schema-checked, its extensions too) says; None if its meaning is not known here.

    TLP markings and those with the handling extension have terms; a statement is told as what it is, words whose meaning no rule
    can read. All others are unknown: other vocabularies, and those with an extension besides ours. What they mark cannot be
    admitted.
    """
    known_tlp = TLP_MARKINGS.get(value["id"])
    if known_tlp is not None:
        return MarkingTerms(tlp=known_tlp)
    extensions = value.get("extensions", {})
    if not _UNDERSTOOD.issuperset(extensions):
        return None
    if HANDLING in extensions:
        return _handling_terms(extensions[HANDLING])
    return MarkingTerms(is_statement=True) if value.get("definition_type") == "statement" else None


def object_context(value: JsonObject) -> ObjectContext:
    """Give what the context extension of an object (its extensions schema-checked) says; silent where there is none."""
    context = value.get("extensions", {}).get(OCSEA_CONTEXT, {})
    return ObjectContext(
        sensitivity=_word(Sensitivity, context, "sensitivity"),
        harm_types=_words(Harm, context, "harm_types") or frozenset(),
        subject_status=_word(SubjectStatus, context, "subject_status"),
        review=_word(Review, context, "review"),
        urgency=_word(Urgency, context, "urgency"),
        last_reported_at=_last_report(context),
        correction=_word(CorrectionReason, context, "correction"),
    )


def _last_report(context: Mapping[str, Any]) -> datetime | None:
    times = (datetime.fromisoformat(report["reported_at"]) for report in context.get("already_reported_to", ()))
    return max(times, default=None)


def _handling_terms(handling: Mapping[str, Any]) -> MarkingTerms:
    return MarkingTerms(
        tlp=_word(Tlp, handling, "tlp"),
        audience_id=handling.get("audience_id"),
        purposes=_words(Purpose, handling, "purposes"),
        permitted_uses=_words(PermittedUse, handling, "permitted_uses"),
        onward_share=_word(OnwardShare, handling, "onward_share"),
        release_at=_moment(handling, "release_at"),
        expires_at=_moment(handling, "expires_at"),
    )


def _word(vocabulary: type[_Word], holder: Mapping[str, Any], name: str) -> _Word | None:
    return vocabulary(holder[name]) if name in holder else None


def _words(vocabulary: type[_Word], holder: Mapping[str, Any], name: str) -> frozenset[_Word] | None:
    return frozenset(vocabulary(word) for word in holder[name]) if name in holder else None


def _moment(holder: Mapping[str, Any], name: str) -> datetime | None:
    """Give a time of the handling extension, whose schema allows microseconds and no finer."""
    if name not in holder:
        return None
    text = holder[name]
    if timestamp_key(text) is None:
        place = f"/extensions/{HANDLING}/{name}"
        raise ProfileError("This date and time do not exist.", code=Code.SCHEMA_VIOLATION, pointer=place)
    return datetime.fromisoformat(text).astimezone(UTC)
