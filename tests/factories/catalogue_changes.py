"""Proposals as partners send them, and the people of an exchange who change its catalogue."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.domain.catalogue_proposal import EntryKind
from app.domain.vocabulary import MemberRole
from app.services.cataloguing.draft import entries, said_of
from app.services.cataloguing.founding import founding
from app.stix import catalogue_lint, catalogue_texts
from tests.factories.exchanges import Caller, FakePartner, RunningExchange


@lru_cache(2_000)
def _broken_rules(text: str) -> tuple[catalogue_texts.Broken, ...]:
    return tuple(catalogue_texts.broken_rules(text))


# Each proposal has every text of the catalogue read again, in a fifth of a second: here a text is read once for all tests.
vars(catalogue_lint)["broken_rules"] = _broken_rules

UNKNOWN = "OP-999"
"""A code that was never given."""


def text_of(code: str, **changes: Any) -> dict[str, Any]:
    """Give the text of an entry of the first release, with changes."""
    kind = EntryKind.BEHAVIOUR if code.startswith("OP") else EntryKind.COUNTERMEASURE
    return said_of(entries(founding(), kind)[code]) | changes


def reworded(code: str) -> dict[str, Any]:
    """Give the text of an entry of the first release under another name."""
    text = text_of(code)
    return text | {"name": f"{text['name']} in other words"}


def proposal_document(code: str | None = "OP-001", **changes: Any) -> dict[str, Any]:
    """Give a proposal to change an entry, or with ``code`` None that of a new behaviour."""
    kind = "new" if code is None else "change"
    entry = "countermeasure" if (code or "").startswith("CM") else "behaviour"
    said = {"kind": kind, "entry": entry, "code": code, "text": reworded("OP-001" if code in {None, UNKNOWN} else str(code))}
    return said | {"reason": "Analysts read it in two ways.", "based_on": 1} | changes


def retirement(code: str = "OP-003", *replaced_by: str, **changes: Any) -> dict[str, Any]:
    """Give a proposal to retire an entry."""
    entry = "countermeasure" if code.startswith("CM") else "behaviour"
    said = {"kind": "retirement", "entry": entry, "code": code, "replaced_by": [*replaced_by]}
    return said | {"reason": "It says the same as another one.", "based_on": 1} | changes


@dataclass(frozen=True)
class House:
    """An exchange with a proposer, and reviewers of two other organisations and of the proposer's own."""

    running: RunningExchange
    proposer: FakePartner
    own_reviewer: Caller
    first: Caller
    second: Caller

    @property
    def operator(self) -> Caller:
        """The exchange's operator, who reviews for the exchange."""
        return self.running.operator

    def propose(self, document: dict[str, Any] | None = None, by: Caller | None = None) -> str:
        """Propose something that is taken. Gives its id."""
        made = (by or self.proposer).post("catalogue/proposals", document or proposal_document())
        assert made.status == 201, made.body
        proposal_id: str = made.json["id"]
        return proposal_id

    def accept(self, proposal_id: str) -> None:
        """Have two organisations approve a proposal."""
        for reviewer in (self.first, self.second):
            assert judge(reviewer, proposal_id).status == 201

    def release(self, *documents: dict[str, Any]) -> int:
        """Have these proposals accepted and released. Gives the release's number."""
        for document in documents:
            self.accept(self.propose(document))
        made = self.operator.post("catalogue/release", {})
        assert made.status == 201, made.body
        number: int = made.json["release"]
        return number


def judge(reviewer: Caller, proposal_id: str, verdict: str = "approve") -> Any:
    """Review a proposal."""
    said = {"verdict": verdict, "reason": "We looked at it together."}
    return reviewer.post(f"catalogue/proposals/{proposal_id}/reviews", said)


def reviewer_of(running: RunningExchange, partner: FakePartner) -> Caller:
    """Give a reviewer of a partner."""
    administrator = running.person(partner, running.operator, MemberRole.ADMINISTRATOR)
    return running.person(partner, administrator, MemberRole.REVIEWER)


def house(running: RunningExchange) -> House:
    """Bring in who changes a catalogue."""
    proposer, one, two = (running.enrol(f"{name} {uuid.uuid4()}") for name in ("Proposer", "Reviewer One", "Reviewer Two"))
    own, first, second = (reviewer_of(running, partner) for partner in (proposer, one, two))
    return House(running, proposer, own, first, second)
