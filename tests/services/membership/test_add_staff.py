from __future__ import annotations

import json

import pytest

from app.domain.approval import Approval, ApprovalKind
from app.domain.errors import Code, ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.partner import Principal
from app.domain.vocabulary import MemberRole, StaffRole
from app.policy.scopes import SCOPES, PrincipalKind
from app.services.answer_once import key_use
from app.services.approval.decide import Decision
from app.services.authenticate import authenticate
from app.services.carry_out import approve
from app.services.membership.add_staff import NewStaff, WiderRoles, propose_roles, propose_staff
from app.services.membership.keep_persons import Roles, get_person, list_persons, record_departure
from app.services.offline.make_token import OwnToken, make_token
from tests.factories.members import Hub, Member

AUDITOR = frozenset({StaffRole.AUDITOR})


def proposed(hub: Hub, own: OwnToken, roles: frozenset[StaffRole] = AUDITOR) -> Approval:
    return propose_staff(hub.exchange, hub.operator, NewStaff("Auditor A", roles, own.digest), "We need one.")


def agreed(hub: Hub, by: Principal, approval: Approval) -> Approval:
    return approve(hub.exchange, by, Decision(approval.approval_id, "Agreed.", approval.digest))


def wider(hub: Hub, person_id: str, *roles: StaffRole) -> Approval:
    given = WiderRoles(person_id, Roles(staff_roles=frozenset(roles)), "She took over.")
    return propose_roles(hub.exchange, hub.operator, given)


def test_whom_two_persons_add_comes_in_with_a_token_of_their_own(hub: Hub) -> None:
    own = make_token()
    approval = proposed(hub, own)
    assert (approval.kind, approval.partner_id) == (ApprovalKind.STAFF_ADDITION, None)
    document = json.loads(approval.document)
    assert (document["name"], document["staff_roles"], document["token_digest"]) == ("Auditor A", ["auditor"], own.digest)
    with pytest.raises(Exception, match="token"):
        authenticate(hub.exchange, own.token)
    agreed(hub, hub.another_operator(), approval)
    auditor = authenticate(hub.exchange, own.token)
    assert auditor.person is not None
    assert (auditor.person.person_id, auditor.person.name, auditor.person.staff_roles) == (approval.subject, "Auditor A", AUDITOR)
    assert auditor.credential.scopes == SCOPES[PrincipalKind.AUDITOR]
    assert auditor.person in [one.person for one in list_persons(hub.exchange, auditor)]


def test_one_token_is_for_one_person(quick_hub: Hub) -> None:
    own, second = make_token(), quick_hub.another_operator()
    first, other = proposed(quick_hub, own), proposed(quick_hub, own)
    agreed(quick_hub, second, first)
    with pytest.raises(ConflictError):
        agreed(quick_hub, second, other)


def test_staff_without_a_role_is_not_proposed(quick_hub: Hub) -> None:
    with pytest.raises(MalformedInputError):
        proposed(quick_hub, make_token(), frozenset())


def test_a_partner_proposes_no_staff(quick_hub: Hub, publisher: Member) -> None:
    new = NewStaff("Auditor A", AUDITOR, make_token().digest)
    for principal in (publisher.principal, publisher.administrator()):
        with pytest.raises(ForbiddenError):
            propose_staff(quick_hub.exchange, principal, new, "We need one.")


def test_two_persons_give_a_role_to_a_third(hub: Hub) -> None:
    second = hub.another_operator()
    auditor = hub.another_operator(StaffRole.AUDITOR)
    person_id = str(auditor.credential.person_id)
    approval = wider(hub, person_id, StaffRole.AUDITOR, StaffRole.DATA_PROTECTION)
    agreed(hub, second, approval)
    assert get_person(hub.exchange, hub.operator, person_id).person.staff_roles == {
        StaffRole.AUDITOR,
        StaffRole.DATA_PROTECTION,
    }


def test_whoever_would_be_given_a_role_does_not_decide_that(quick_hub: Hub) -> None:
    second = quick_hub.another_operator()
    approval = wider(quick_hub, str(second.credential.person_id), StaffRole.OPERATOR, StaffRole.AUDITOR)
    with pytest.raises(ForbiddenError) as refused:
        agreed(quick_hub, second, approval)
    assert refused.value.code is Code.SECOND_PERSON_NEEDED


def test_who_left_meanwhile_is_given_no_role(quick_hub: Hub) -> None:
    second, auditor = quick_hub.another_operator(), quick_hub.another_operator(StaffRole.AUDITOR)
    person_id = str(auditor.credential.person_id)
    approval = wider(quick_hub, person_id, *StaffRole)
    record_departure(quick_hub.exchange, second, person_id)
    with pytest.raises(ConflictError):
        agreed(quick_hub, second, approval)
    with pytest.raises(ConflictError):
        wider(quick_hub, person_id, *StaffRole)


def test_what_gives_no_further_role_is_not_proposed(quick_hub: Hub) -> None:
    with pytest.raises(ConflictError):
        wider(quick_hub, quick_hub.first_operator.person.person_id, StaffRole.OPERATOR)


def test_roles_within_a_partner_are_not_decided_here(quick_hub: Hub, publisher: Member) -> None:
    admin = publisher.administrator()
    publisher.person(admin, MemberRole.ANALYST)
    with pytest.raises(NotFoundError):
        wider(quick_hub, str(admin.credential.person_id), StaffRole.OPERATOR)


def test_a_repeated_proposal_is_the_same(quick_hub: Hub) -> None:
    use = key_use(quick_hub.operator, "persons/staff", "key-1", b"body")
    new = NewStaff("Auditor A", AUDITOR, make_token().digest)
    made = [propose_staff(quick_hub.exchange, quick_hub.operator, new, "We need one.", use) for _ in range(2)]
    assert made[0] == made[1]
