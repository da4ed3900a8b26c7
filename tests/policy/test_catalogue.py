"""Which codes may be named, and who changes the catalogue."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.catalogue import Behaviour, Catalogue
from app.domain.catalogue_proposal import EXCHANGE, ProposalState, Verdict
from app.domain.errors import Code
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Harm, MemberRole, Phase, StaffRole, Surface
from app.policy.catalogue import (
    Unnameable,
    is_own,
    speaks_for,
    state_after,
    why_not_release,
    why_not_review,
    why_unnameable,
)
from tests.factories.catalogue_rows import proposal, review
from tests.factories.policy_values import (
    VIEWER_ID,
    credential,
    member_principal,
    partner_principal,
    staff_principal,
)

IN_FORCE = Behaviour(
    code="OP-001",
    name="A",
    phase=Phase.SOLICITATION,
    definition="A.",
    detection="A.",
    surfaces=frozenset({Surface.SEARCH}),
    harms=frozenset({Harm.CSAM}),
)
REPLACED = replace(IN_FORCE, code="OP-002", retired_in=2, replaced_by=("OP-001", "OP-004"))
GONE = replace(IN_FORCE, code="OP-003", retired_in=3)
CATALOGUE = Catalogue(3, datetime(2026, 1, 1, tzinfo=UTC), {}, {}, (IN_FORCE, REPLACED, GONE), ())
REVIEWER, OPERATOR = member_principal(MemberRole.REVIEWER), staff_principal(StaffRole.OPERATOR)


def test_what_is_in_force_may_be_named() -> None:
    assert why_unnameable((), CATALOGUE) is None
    assert why_unnameable(("OP-001",), CATALOGUE) is None


def test_an_unknown_code_is_told_by_its_place() -> None:
    unknown = why_unnameable(("OP-001", "OP-999"), CATALOGUE)
    assert unknown is not None
    sentence = "The catalogue (release 3) has no behaviour of this code: look it up there."
    assert unknown == Unnameable(Code.BEHAVIOUR_UNKNOWN, sentence, 1)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("OP-002", "Release 2 of the catalogue retired this behaviour: name OP-001 or OP-004 instead."),
        ("OP-003", "Release 3 of the catalogue retired this behaviour."),
    ],
)
def test_of_a_retired_code_it_is_told_what_stands_for_it(code: str, sentence: str) -> None:
    assert why_unnameable(("OP-001", code), CATALOGUE) == Unnameable(Code.BEHAVIOUR_RETIRED, sentence, 1)


def test_a_part_of_an_organisation_is_that_organisation() -> None:
    parents = {"part": "whole", "part of part": "part"}
    assert speaks_for(None, parents) == EXCHANGE
    assert speaks_for("alone", parents) == "alone"
    assert speaks_for("part of part", parents) == speaks_for("whole", parents) == "whole"


def test_two_organisations_beside_the_proposers_review() -> None:
    one = proposal(partner_id="proposer")
    assert why_not_review(REVIEWER, one, [], {}) is None
    assert why_not_review(OPERATOR, one, [review(one)], {}) is None


@pytest.mark.parametrize(
    ("principal", "of", "parents"),
    [
        pytest.param(REVIEWER, VIEWER_ID, {}, id="one's own"),
        pytest.param(REVIEWER, "sister", {VIEWER_ID: "whole", "sister": "whole"}, id="another part's of the same"),
        pytest.param(OPERATOR, None, {}, id="the exchange's own"),
        pytest.param(partner_principal(), "proposer", {}, id="no person"),
        pytest.param(replace(REVIEWER, credential=credential()), "proposer", {}, id="a service's credential"),
    ],
)
def test_nobody_reviews_their_own_and_a_machine_nothing(principal: Principal, of: str | None, parents: dict[str, str]) -> None:
    forbidden = why_not_review(principal, proposal(partner_id=of), [], parents)
    assert forbidden is not None
    assert forbidden.code is Code.SECOND_PERSON_NEEDED


@pytest.mark.parametrize("heard", [VIEWER_ID, "sister"])
def test_an_organisation_is_heard_once(heard: str) -> None:
    one = proposal(partner_id="proposer")
    forbidden = why_not_review(REVIEWER, one, [review(one, partner_id=heard)], {VIEWER_ID: "whole", "sister": "whole"})
    assert forbidden is not None
    assert forbidden.code is Code.SECOND_PERSON_NEEDED


def test_two_approvals_accept_and_one_rejection_ends_it() -> None:
    one = proposal()
    yes, no = review(one), review(one, verdict=Verdict.REJECT)
    assert state_after([]) is state_after([yes]) is ProposalState.OPEN
    assert state_after([yes, yes]) is ProposalState.ACCEPTED
    assert state_after([no]) is state_after([yes, no]) is ProposalState.REJECTED


def test_what_ones_own_organisation_proposed_is_its_own() -> None:
    assert is_own(REVIEWER, proposal(partner_id=VIEWER_ID))
    assert is_own(OPERATOR, proposal(partner_id=None))
    assert not is_own(REVIEWER, proposal(partner_id=None))
    assert not is_own(OPERATOR, proposal(partner_id=VIEWER_ID))


def test_operators_release_and_nobody_else() -> None:
    assert why_not_release(OPERATOR) is None
    without = replace(OPERATOR, credential=replace(OPERATOR.credential, scopes=frozenset({Permission.CATALOGUE_PROPOSE})))
    for nobody in (without, REVIEWER, staff_principal(StaffRole.AUDITOR)):
        forbidden = why_not_release(nobody)
        assert forbidden is not None
        assert forbidden.code is Code.PERMISSION_MISSING
    machine = why_not_release(partner_principal())
    assert machine is not None
    assert machine.code is Code.SECOND_PERSON_NEEDED
