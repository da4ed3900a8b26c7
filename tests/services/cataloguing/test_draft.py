"""What proposals would make of a release, and when they no longer apply."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from app.domain.catalogue_proposal import EntryKind, Proposal, ProposalKind
from app.domain.errors import Code, ConflictError, MalformedInputError
from app.services.cataloguing.draft import Draft, changed_members, entries, new_findings, said_of
from app.services.cataloguing.founding import founding
from tests.factories.catalogue_changes import reworded, text_of
from tests.factories.catalogue_rows import proposal
from tests.factories.policy_values import NOW

BEHAVIOURS = len(founding().behaviours)


def change(code: str = "OP-001", **changes: Any) -> Proposal:
    entry = EntryKind.BEHAVIOUR if code.startswith("OP") else EntryKind.COUNTERMEASURE
    return proposal(code=code, entry=entry, document=json.dumps(reworded(code) | changes))


def new(name: str) -> Proposal:
    return proposal(kind=ProposalKind.NEW, code=None, document=json.dumps(text_of("OP-001", name=name)))


def retirement(code: str, *replaced_by: str) -> Proposal:
    return proposal(kind=ProposalKind.RETIREMENT, code=code, document=json.dumps({"replaced_by": replaced_by}))


def test_new_entries_are_numbered_on_in_the_order_in_which_they_are_taken() -> None:
    draft = Draft(founding())
    assert [draft.take(new(name)) for name in ("One", "Other")] == [f"OP-{BEHAVIOURS + number:03}" for number in (1, 2)]
    again = Draft(draft.release(NOW))
    assert again.take(new("Third")) == f"OP-{BEHAVIOURS + 3:03}"


def test_codes_come_to_an_end() -> None:
    draft = Draft(founding())
    for number in range(999 - BEHAVIOURS):
        draft.take(new(f"Number {number}"))
    with pytest.raises(ConflictError):
        draft.take(new("One too many"))


def test_a_release_is_later_than_the_one_before_whatever_the_clock_says() -> None:
    draft = Draft(founding())
    draft.take(change())
    early, late = founding().released_at - timedelta(days=300), founding().released_at + timedelta(days=1, microseconds=1234)
    assert draft.release(early).released_at == founding().released_at + timedelta(milliseconds=1)
    assert draft.release(late).released_at == late.replace(microsecond=1000)


@pytest.mark.parametrize("second", [change("OP-001"), retirement("OP-001")])
def test_an_entry_is_in_a_draft_once(second: Proposal) -> None:
    draft = Draft(founding())
    draft.take(change("OP-001"))
    with pytest.raises(ConflictError) as refused:
        draft.take(second)
    assert refused.value.code is Code.CATALOGUE_CHANGED


def test_what_is_retired_is_named_by_nothing_more() -> None:
    draft = Draft(founding())
    draft.take(retirement("OP-001", "OP-002"))
    for late in (retirement("OP-003", "OP-001"), change("CM-001", mitigates=["OP-001"])):
        with pytest.raises(ConflictError):
            draft.take(late)
    retired = draft.release(NOW)
    assert retired.behaviours_by_code["OP-001"].replaced_by == ("OP-002",)
    assert not any("OP-001" in one.mitigates for one in retired.countermeasures)


def test_what_never_was_is_no_entry() -> None:
    for wrong in (change("OP-001", name="x"), retirement("OP-001", "OP-001"), retirement("OP-001", "CM-001")):
        if wrong.kind is ProposalKind.RETIREMENT:
            with pytest.raises(MalformedInputError):
                Draft(founding()).take(wrong)
    with pytest.raises(MalformedInputError):
        Draft(founding()).take(proposal(code="OP-999", document=json.dumps(text_of("OP-001"))))


def test_a_copy_leaves_the_draft_as_it_is() -> None:
    draft = Draft(founding())
    tried = draft.copy()
    tried.take(change())
    assert draft.release(NOW).behaviours == founding().behaviours
    assert tried.release(NOW).behaviours != founding().behaviours


def test_what_changed_is_named() -> None:
    draft = Draft(founding())
    draft.take(change("OP-001"))
    draft.take(retirement("OP-002"))
    after = draft.release(NOW)
    pairs = {
        code: [entries(one, EntryKind.BEHAVIOUR).get(code) for one in (founding(), after)]
        for code in ("OP-001", "OP-002", "OP-003", "OP-999")
    }
    assert {code: changed_members(*pair) for code, pair in pairs.items()} == {
        "OP-001": ["name"],
        "OP-002": ["retired_in"],
        "OP-003": [],
        "OP-999": [],
    }
    assert said_of(None) == {}


def test_only_what_the_lint_did_not_find_before_is_new() -> None:
    draft = Draft(founding())
    draft.take(change("OP-001", detection="Short."))
    found = new_findings(founding(), draft.release(NOW))
    assert {one.pointer for one in found} == {"/behaviours/0/detection"}
    assert new_findings(draft.release(NOW), draft.release(NOW)) == []
