"""A submitted STIX object on its way in. The types carry the order, so that a skipped step does not type-check.

``ParsedObject`` -> ``VerifiedObject`` -> ``CheckedObject``; the steps are numbered in ``docs/walk.md``. Owns the values;
parsing, verifying and checking live on their own floors. Kept by
``tests/domain/test_stix_object.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.feedback import Feedback
from app.domain.handling import MarkingTerms, ObjectContext
from app.domain.vocabulary import Assurance, Profile, Sensitivity
from breakwater_client.stix_values import JsonObject, timestamp_key

__all__ = ["CheckedObject", "JsonObject", "ObjectFacts", "ParsedObject", "VerifiedObject", "timestamp_key"]


@dataclass(frozen=True, slots=True)
class ParsedObject:
    """One object of an envelope after strict parsing: unverified, unchecked.

    ``pointer`` is its place in the submitted body (RFC 6901); ``content`` its canonical bytes (RFC 8785).
    """

    pointer: str
    value: JsonObject
    content: bytes


@dataclass(frozen=True, slots=True)
class VerifiedObject:
    """A parsed object whose origin is settled; its STIX is still unchecked.

    ``payload_digest`` is the SHA-256 of what was signed: the canonical bytes without each ``sig``. ``signer_id`` is the
    partner whose key ``keyid`` verified it: the owner of the version. Where only the channel attests the object, nobody signed:
    the owner is its submitter, ``keyid`` is None, and the digest is that of the whole object.
    """

    parsed: ParsedObject
    signer_id: str
    keyid: str | None
    payload_digest: bytes
    assurance: Assurance


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """What the later steps read of an object's STIX, all of it checked.

    ``version`` is ``modified`` (or ``created`` where a type has no ``modified``) verbatim, None for cyber-observables, whose
    version the exchange gives; ``version_key`` is its sort key. ``references`` are the ids that narrow (no ``created_by_ref``,
    no marking references), ``marking_refs`` all of ``object_marking_refs`` and of ``granular_markings``. ``sensitivity_floor``
    is the least that its type, its pattern and the observables it refers to allow, whatever the context says. ``names_person``:
    it is about one human being, so that law enforcement alone may be told. ``profile`` is what it was checked by.
    ``created_key`` is the sort key of ``created``, None for cyber-observables. ``defines`` is set on a marking-definition with
    the handling extension. ``facets`` are (kind, value) pairs for filters: behaviour, harm, phase, surface, urgency. ``words``
    are those that can be searched for, empty: none. ``feedback`` is what it says of others' objects, None if it is no feedback.
    """

    stix_id: str
    type: str
    spec_version: str
    version: str | None
    version_key: str | None
    created_by_ref: str | None
    references: frozenset[str]
    marking_refs: frozenset[str]
    context: ObjectContext
    sensitivity_floor: Sensitivity
    names_person: bool
    profile: Profile
    created_key: str | None
    is_revoked: bool
    defines: MarkingTerms | None
    facets: frozenset[tuple[str, str]]
    confidence: int | None
    valid_from: str | None
    valid_until: str | None
    words: str = ""
    feedback: Feedback | None = None


@dataclass(frozen=True, slots=True)
class CheckedObject:
    """A verified object that is valid STIX 2.1 of the exchange's profile and passed the screen."""

    verified: VerifiedObject
    facts: ObjectFacts
