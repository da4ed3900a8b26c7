"""What an object says, in words for somebody who knows no STIX: facts, behaviours by name, what can be observed, and its terms.

Owns the words and their order. Everything here comes from the object as it was stored. Kept by
``tests/portal/finding/test_told.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.catalogue import Behaviour
from app.domain.vocabulary import (
    Assertion,
    Assurance,
    Harm,
    PermittedUse,
    Phase,
    Provenance,
    SubjectStatus,
    Surface,
    Urgency,
)
from app.portal.finding.defanged import defanged
from app.portal.finding.names import Names
from app.portal.finding.titles import Observed, context_in, observed_in, title_of, whole_title_of
from app.portal.plain_words import account_words, all_said, called, help_of, sentence_of, spoken, sure, type_words
from app.portal.words import gettext, shown_instant
from app.services.showing.look_around import ObjectInContext, Stated
from app.services.showing.terms_of_use import TermsOfUse

_TIMES = (
    ("first_observed", "First seen"),
    ("last_observed", "Last seen"),
    ("first_seen", "First seen"),
    ("last_seen", "Last seen"),
    ("valid_from", "Good from"),
    ("valid_until", "Good until"),
)


CONTAINERS = frozenset({"grouping", "observed-data", "report"})
"""Types of objects that say what they are about by what they hold."""


@dataclass(frozen=True, slots=True)
class ToldBehaviour:
    """A behaviour by its code, with the catalogue's name and definition; None where no release has it."""

    code: str
    behaviour: Behaviour | None


@dataclass(frozen=True, slots=True)
class ToldStatement:
    """One owner's statement of an object, ready to be read."""

    owner_id: str
    publisher: str
    title: str
    kind: str
    description: str
    facts: list[tuple[str, str]]
    behaviours: list[ToldBehaviour]
    observed: list[Observed]
    pattern: str
    is_revoked: bool
    vouched: str
    terms: TermsOfUse
    tlp: str
    rules: list[str]
    about: list[str]
    is_protected: bool


def told_statement(found: ObjectInContext, stated: Stated, names: Names) -> ToldStatement:
    """Give one owner's statement in words."""
    value, terms = stated.value, stated.terms
    said = context_in(value)
    contained = (one for some in found.around.values() for one in some if _is_in(value, one.stix_id))
    inside = [each for one in contained for each in observed_in(one.value) if "modified" not in one.value]
    return ToldStatement(
        owner_id=stated.version.owner_id,
        publisher=names.partner(stated.version.owner_id),
        title=title_of(value),
        kind=type_words(value["type"]),
        description=defanged(str(value.get("description") or value.get("content") or "")),
        facts=[*_whole_name(value), *_facts(value, said)],
        behaviours=[ToldBehaviour(one, names.behaviours.get(one)) for one in _codes(value, said)],
        observed=[*observed_in(value), *inside],
        pattern=defanged(str(value.get("pattern", ""))),
        is_revoked=value.get("revoked") is True,
        vouched=_vouched(terms),
        terms=terms,
        tlp=f"{called(terms.tlp)}: {help_of(terms.tlp)}",
        rules=rules_of(terms),
        about=[sentence_of(terms.sensitivity), sentence_of(terms.review), account_words(terms.subject_status)],
        is_protected=terms.subject_status in {SubjectStatus.MAY_BE_CHILD, SubjectStatus.COMPROMISED_ACCOUNT},
    )


def rules_of(terms: TermsOfUse) -> list[str]:
    """Give what a reader may do with it, and what not, in sentences."""
    uses = [sentence_of(one) for one in terms.permitted_uses or (PermittedUse.NONE,)]
    onward = gettext("It may be passed on to %(whom)s.") % {"whom": spoken(terms.onward_share)}
    return [*uses, f"{onward} {help_of(terms.onward_share)}".rstrip()]


def _is_in(value: Mapping[str, Any], stix_id: str) -> bool:
    return stix_id in value.get("object_refs", ()) and value["type"] in CONTAINERS


def _codes(value: Mapping[str, Any], said: Mapping[str, Any]) -> list[str]:
    listed = [
        one["external_id"] for one in value.get("external_references", ()) if str(one.get("external_id", "")).startswith("OP-")
    ]
    return list(dict.fromkeys([*said.get("behaviours", ()), *listed]))


def _whole_name(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the name, where the heading has no room for all of it."""
    if title_of(value) != whole_title_of(value):
        yield "Name", whole_title_of(value)


def _facts(value: Mapping[str, Any], context: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    listed: list[tuple[str, type[StrEnum], Sequence[str]]] = [
        ("Kinds of harm", Harm, context.get("harm_types", ())),
        ("Surface", Surface, context.get("surfaces", ())),
        ("Phase", Phase, [one["phase_name"] for one in value.get("kill_chain_phases", ())]),
        ("Urgency", Urgency, _those(context.get("urgency"))),
        ("Known from", Provenance, _those(context.get("provenance"))),
        ("Its publisher", Assertion, _those(context.get("assertion"))),
    ]
    yield from ((gettext(title), all_said(kind, words)) for title, kind, words in listed if words)
    if "relationship_type" in value:
        yield gettext("Connection"), called(str(value["relationship_type"]))
    if isinstance(value.get("confidence"), int):
        yield gettext("How sure"), sure(value["confidence"])
    yield from ((title, shown_instant(datetime.fromisoformat(value[name]))) for name, title in _TIMES if name in value)


def _those(word: str | None) -> list[str]:
    return [word] if word else []


def _vouched(terms: TermsOfUse) -> str:
    if terms.assurance is Assurance.PUBLISHER_SIGNED:
        return gettext("Its publisher signed it: whoever has the publisher's key can check that every word is theirs.")
    return gettext("Its publisher did not sign it. The exchange attests which partner sent it, and no more.")
