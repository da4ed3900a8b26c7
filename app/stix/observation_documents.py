"""Observations as JSON documents: the form in ``schemas/observation.json``, read.

Owns the spelling, both ways. What the form says is not judged here but for times that do not exist. Kept by
``tests/stix/test_observation_documents.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

import jsonschema_rs

from app.domain.errors import Code, ProfileError
from app.domain.observation import (
    MOST_OBSERVABLES,
    USUAL_DAYS,
    Certainty,
    ConfidenceBand,
    Frame,
    Observable,
    ObservableKind,
    ObservableRole,
    Observation,
    Offer,
    Report,
    RuleLanguage,
    SourceReliability,
    Token,
    WhoMayKnow,
)
from app.domain.stix_object import timestamp_key
from app.domain.vocabulary import (
    Assertion,
    Harm,
    OnwardShare,
    PermittedUse,
    Provenance,
    Purpose,
    Review,
    SubjectStatus,
    Surface,
    Tlp,
    Urgency,
)
from app.stix.oasis_schemas import compile_schema
from app.stix.violations import violations
from breakwater_client.documents import published

_Word = TypeVar("_Word", bound=StrEnum)
_OBSERVABLE = re.compile("/observables/[0-9]+", re.ASCII)
_ONE_OF_THREE = "An observable has its kind and one of these: a value, a token, or (of vpdq) frames."
_NO_TIME = "This date and time do not exist."


def read_observation(document: Any) -> Observation:
    """Give the form that a document (strictly parsed JSON, unverified) says.

    NOT checked: whether values have the form of their kind, and whether behaviours are in the catalogue.

    Raises:
        ProfileError: code ``schema-violation``, with a pointer into the document.
    """
    for fault in why_unreadable(document):
        raise fault
    what, where, seen = document["what"], document["where"], document.get("seen", {})
    return Observation(
        title=what["title"],
        description=what.get("description"),
        behaviours=tuple(what.get("behaviours", ())),
        harm_types=frozenset(map(Harm, what["harm_types"])),
        surfaces=frozenset(map(Surface, where["surfaces"])),
        service=where.get("service"),
        subject_status=_word(SubjectStatus, document, "subject_status"),
        observables=tuple(_observable(one, place) for place, one in enumerate(document.get("observables", ()))),
        how_sure=_certainty(document.get("how_sure", {})),
        urgency=_word(Urgency, document, "urgency"),
        already_reported_to=tuple(_report(one, place) for place, one in enumerate(document.get("already_reported_to", ()))),
        provenance=_word(Provenance, document, "provenance"),
        review=_word(Review, document, "review"),
        assertion=_word(Assertion, document, "assertion"),
        first_seen=_moment(seen, "first", "/seen"),
        last_seen=_moment(seen, "last", "/seen"),
        valid_until=_moment(document, "valid_until", ""),
        who_may_know=_who(document["who_may_know"]),
        offer=_offer(document["offer"]) if "offer" in document else None,
    )


def why_unreadable(document: Any) -> list[ProfileError]:
    """Give everything for which a document (strictly parsed JSON, unverified) is no such form, each with its place.

    Of a form with more than a thousand values, one thing. Times that do not exist are NOT looked for.
    """
    if not isinstance(document, dict):
        return [ProfileError("An observation is a JSON object.", code=Code.SCHEMA_VIOLATION, pointer="")]
    return [_in_words_of_the_form(one, document) for one in violations(_validator(), document)]


def _in_words_of_the_form(fault: ProfileError, document: Mapping[str, Any]) -> ProfileError:
    """Say what to do where a schema's own words do not: of too many observables, and of one with nothing or too much in it."""
    place, listed = fault.pointer or "", document.get("observables")
    if place == "/observables" and isinstance(listed, list) and len(listed) > MOST_OBSERVABLES:
        number = f"A form has at most {MOST_OBSERVABLES} observables, and this one has {len(listed)}: "
        sentence = f"{number}make several forms of it, or have a table imported (breakwater import csv)."
        return ProfileError(sentence, code=fault.code, pointer=place)
    if _OBSERVABLE.fullmatch(place) and isinstance(listed, list) and isinstance(listed[int(place.rpartition("/")[2])], dict):
        return ProfileError(_ONE_OF_THREE, code=fault.code, pointer=place)
    return fault


@cache
def _validator() -> jsonschema_rs.Validator:
    return compile_schema(published.observation_schema())


def _observable(one: Mapping[str, Any], place: int) -> Observable:
    return Observable(
        kind=ObservableKind(one["kind"]),
        value=one.get("value"),
        token=Token(**one["token"]) if "token" in one else None,
        frames=tuple(Frame(**frame) for frame in one.get("frames", ())),
        role=_word(ObservableRole, one, "role") or ObservableRole.INDICATOR,
        service=one.get("service"),
        subject_status=_word(SubjectStatus, one, "subject_status"),
        valid_until=_moment(one, "valid_until", f"/observables/{place}"),
        language=_word(RuleLanguage, one, "language"),
        payment_kind=one.get("payment_kind"),
        quality=one.get("quality"),
    )


def _certainty(one: Mapping[str, Any]) -> Certainty:
    return Certainty(
        confidence=one.get("confidence"),
        band=_word(ConfidenceBand, one, "band"),
        reliability=_word(SourceReliability, one, "reliability"),
        credibility=one.get("credibility"),
    )


def _report(one: Mapping[str, Any], place: int) -> Report:
    _moment(one, "reported_at", f"/already_reported_to/{place}")
    return Report(**one)


def _offer(one: Mapping[str, Any]) -> Offer:
    return Offer(
        who_may_know=_who(one["who_may_know"]),
        considered_purposes=frozenset(map(Purpose, one["considered_purposes"])),
        respond_within_days=one.get("respond_within_days", USUAL_DAYS),
    )


def _who(one: Mapping[str, Any]) -> WhoMayKnow:
    return WhoMayKnow(
        tlp=_word(Tlp, one, "tlp") or Tlp.AMBER_STRICT,
        audience_id=one.get("audience_id"),
        protected_audience_id=one.get("protected_audience_id"),
        group_id=one.get("group_id"),
        marking_ref=one.get("marking_ref"),
        purposes=_words(Purpose, one, "purposes"),
        permitted_uses=_words(PermittedUse, one, "permitted_uses"),
        onward_share=_word(OnwardShare, one, "onward_share") or OnwardShare.NONE,
    )


def _word(vocabulary: type[_Word], holder: Mapping[str, Any], name: str) -> _Word | None:
    return vocabulary(holder[name]) if name in holder else None


def _words(vocabulary: type[_Word], holder: Mapping[str, Any], name: str) -> frozenset[_Word] | None:
    return frozenset(map(vocabulary, holder[name])) if name in holder else None


def _moment(holder: Mapping[str, Any], name: str, within: str) -> datetime | None:
    if name not in holder:
        return None
    if timestamp_key(holder[name]) is None:
        raise ProfileError(_NO_TIME, code=Code.SCHEMA_VIOLATION, pointer=f"{within}/{name}")
    return datetime.fromisoformat(holder[name]).astimezone(UTC)
