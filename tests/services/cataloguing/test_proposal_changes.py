"""What a proposal would change is told beside the release that its author read."""

from __future__ import annotations

import dataclasses

from app.domain.catalogue_proposal import EntryKind, Proposal, ProposalKind
from app.services.cataloguing.proposal_changes import ProposedChange, what_changes
from breakwater_client.trust.canonical import canonical_bytes
from tests.factories.catalogue_changes import text_of
from tests.factories.members import Hub

PROPOSED = Proposal(
    *("id", ProposalKind.CHANGE, EntryKind.BEHAVIOUR, "OP-001", "{}", "Why.", 1, None, None, "credential"),
    proposed_at=dataclasses.MISSING,  # type: ignore[arg-type]  # nothing here reads it
)


def proposal(kind: ProposalKind, code: str | None, said: dict[str, object]) -> Proposal:
    return dataclasses.replace(PROPOSED, kind=kind, code=code, document=canonical_bytes(said).decode())


def test_only_what_reads_otherwise_is_told(quick_hub: Hub) -> None:
    said = text_of("OP-001", name="Said otherwise", surfaces=["dating", "voice"])
    told = what_changes(quick_hub.exchange, proposal(ProposalKind.CHANGE, "OP-001", said))
    changes = {one.part: one for one in told.changes}
    assert told.name == "Said otherwise"
    assert set(changes) == {"name", "surfaces"}
    assert changes["name"] == ProposedChange("name", (text_of("OP-001")["name"],), ("Said otherwise",))
    assert changes["surfaces"].after == ("dating", "voice")


def test_of_a_new_entry_everything_is_told_and_of_a_retirement_what_stands_for_it(quick_hub: Hub) -> None:
    new = what_changes(quick_hub.exchange, proposal(ProposalKind.NEW, None, text_of("OP-001")))
    assert {one.before for one in new.changes} == {()}
    assert {one.part for one in new.changes} >= {"name", "definition", "detection", "phase"}
    [line, *_] = next(one.after for one in new.changes if one.part == "references")
    assert ": " in line
    gone = what_changes(quick_hub.exchange, proposal(ProposalKind.RETIREMENT, "OP-003", {"replaced_by": ["OP-001"]}))
    assert (gone.name, gone.changes, gone.replaced_by) == (text_of("OP-003")["name"], (), ("OP-001",))
