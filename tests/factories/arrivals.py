"""Hand-made objects on their way in, for the steps of admission that look at facts alone. Their STIX is never read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from app.domain.handling import HandlingClass
from app.domain.stix_object import CheckedObject, ObjectContext, ObjectFacts, ParsedObject, VerifiedObject, timestamp_key
from app.domain.vocabulary import Assurance, Profile, Sensitivity
from app.services.intake.narrow import Accepted
from app.services.intake.settle_handling import Candidate
from app.storage.columns import FOREVER
from app.storage.objects import StoredVersion
from tests.factories import policy_values
from tests.factories.policy_values import NOW

OWNER = policy_values.PUBLISHER_ID


def checked(stix_id: str, version: str | None, *, content: str = "", references: Iterable[str] = ()) -> CheckedObject:
    """Give an object of ``OWNER``; the same content has the same digest, and no version is that of a cyber-observable."""
    facts = ObjectFacts(
        stix_id=stix_id,
        type=stix_id.partition("--")[0],
        spec_version="2.1",
        version=version,
        version_key=version and timestamp_key(version),
        created_by_ref=None,
        references=frozenset(references),
        marking_refs=frozenset(),
        context=ObjectContext(),
        sensitivity_floor=Sensitivity.AGGREGATE,
        names_person=False,
        profile=Profile.OCSEA,
        created_key=None,
        is_revoked=False,
        defines=None,
        facets=frozenset(),
        confidence=None,
        valid_from=None,
        valid_until=None,
    )
    value = {"id": stix_id} if version is None else {"id": stix_id, "modified": version}
    parsed = ParsedObject("/objects/0", value, content.encode())
    return CheckedObject(VerifiedObject(parsed, OWNER, "keyid", digest_of(content), Assurance.PUBLISHER_SIGNED), facts)


def digest_of(content: str) -> bytes:
    return hashlib.sha256(content.encode()).digest()


def accepted(one: CheckedObject, handling_class: HandlingClass, *, visible_until: datetime = FOREVER) -> Accepted:
    """Give the object as it stands before narrowing."""
    version = one.facts.version or "2026-03-01T12:00:00.000001Z"
    return Accepted(
        pointer=one.verified.parsed.pointer,
        candidate=Candidate(one, handling_class, None, visible_until),
        version=version,
        version_key=timestamp_key(version) or "",
        position=1,
        added_at=NOW,
        handling_class=handling_class,
        visible_until=visible_until,
    )


def stored(stix_id: str, version: str, class_id: int, *, visible_until: datetime = FOREVER) -> StoredVersion:
    """Give a row of an earlier version."""
    return StoredVersion(
        version_id=1,
        owner_id=OWNER,
        stix_id=stix_id,
        version=version,
        version_key=timestamp_key(version) or "",
        class_id=class_id,
        position=1,
        visible_until=visible_until,
        payload_digest=digest_of(""),
        log_index=0,
    )
