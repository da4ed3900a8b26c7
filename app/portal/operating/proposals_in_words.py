"""Proposals in plain words: what would be done, for whom, and which terms change.

Owns the words of each kind; what is not known here is shown as it stands in the document. Kept by
``tests/portal/operating/test_proposals_in_words.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.approval import Approval, ApprovalKind
from app.portal.agreement_words import Said, SaidChange, changes_in_words, in_words, sees_nothing_abroad
from app.portal.spoken import listed
from app.portal.words import gettext

_TITLES: Mapping[ApprovalKind, str] = {
    ApprovalKind.AGREEMENT_VERSION: "Version %(version)s of the agreement with %(partner)s",
    ApprovalKind.HOLD_LIFTING: "Lift a legal hold",
    ApprovalKind.KEY_RECOVERY: "Let a new key of %(partner)s count in the place of a lost one",
    ApprovalKind.PARTNER_REACTIVATION: "Let %(partner)s in again",
    ApprovalKind.PERSON_ROLES: "Give a person of the exchange other roles: %(roles)s",
    ApprovalKind.STAFF_ADDITION: "Add a person of the exchange: %(roles)s",
    ApprovalKind.SUBJECT_ANSWER: "Answer a request of a person",
    ApprovalKind.SUBJECT_ERASURE: "Erase what was found for a request of a person",
    ApprovalKind.SUBJECT_LIFTING: "Lift a restriction for a request of a person",
    ApprovalKind.SUBJECT_LOOKUP: "Look for what is stored about a person",
    ApprovalKind.SUBJECT_RECTIFICATION: "Ask publishers to correct what was found for a request of a person",
    ApprovalKind.SUBJECT_REJECTION: "Reject a request of a person",
    ApprovalKind.SUBJECT_RESTRICTION: "Restrict what was found for a request of a person",
}
_EFFECTS: Mapping[ApprovalKind, str] = {
    ApprovalKind.AGREEMENT_VERSION: "The version counts from its beginning on; the exchange signs it and writes it into the log.",
    ApprovalKind.HOLD_LIFTING: "What the hold kept may be erased from then on, by the sweep or for a request of a person.",
    ApprovalKind.KEY_RECOVERY: "Whoever holds this key signs in the name of this organisation from then on.",
    ApprovalKind.PARTNER_REACTIVATION: "Its persons, tokens and keys work again at once; its agreement says what for.",
    ApprovalKind.PERSON_ROLES: "The person may do all that these roles allow, from the next request on.",
    ApprovalKind.STAFF_ADDITION: "The person may do all that these roles allow, with the token that they made themselves.",
    ApprovalKind.SUBJECT_ERASURE: "What is erased is gone for everybody, and cannot be brought back.",
    ApprovalKind.SUBJECT_RESTRICTION: "Nobody sees these objects until two persons lift it.",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """Against which version a proposal was compared (None: nothing would be in force), and what changes."""

    version: int | None
    changes: Sequence[SaidChange]


@dataclass(frozen=True, slots=True)
class Told:
    """A proposal in words. ``lines`` are what the document says where nothing better is known."""

    title: str
    effect: str
    partner: str | None
    compared: Sequence[Compared] = ()
    terms: Sequence[tuple[str, Sequence[Said]]] = ()
    lines: Sequence[tuple[str, str]] = field(default=())
    sees_nothing_abroad: bool = False

    @property
    def widens(self) -> bool:
        """Whether a change lets anybody see, submit or learn more."""
        return any(change.direction == "widens" for one in self.compared for change in one.changes)


def tell(approval: Approval, names: Mapping[str, str]) -> Told:
    """Say a proposal in words; ``names`` are those of partners by their ids."""
    document = json.loads(approval.document)
    partner = names.get(approval.partner_id or "")
    roles = listed(document.get("staff_roles", document.get("roles", ())))
    known = {"partner": partner or gettext("a partner"), "roles": roles or gettext("none"), "version": 1}
    if approval.kind is not ApprovalKind.AGREEMENT_VERSION:
        return Told(_title(approval, known), _effect(approval), partner, lines=list(_lines(document)))
    terms = document["agreement"]
    compared = [Compared(one["version"], changes_in_words(one["changes"], names)) for one in document["compared_with"]]
    title = _title(approval, known | {"version": terms["version"]})
    return Told(
        title, _effect(approval), partner, compared, in_words(terms, names), sees_nothing_abroad=sees_nothing_abroad(terms)
    )


def _title(approval: Approval, known: Mapping[str, object]) -> str:
    return gettext(_TITLES[approval.kind]) % known


def _effect(approval: Approval) -> str:
    return gettext(_EFFECTS.get(approval.kind, "Exactly what the document below says is done at once."))


def _lines(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Give what a document says, line by line."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _lines(inner, f"{name} {key.replace('_', ' ')}".strip())
    elif isinstance(value, list):
        yield name, ", ".join(map(str, value))
    elif value is not None:
        yield name, str(value)
