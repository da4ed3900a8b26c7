from __future__ import annotations

import pytest

from app.domain.errors import ConflictError, ForbiddenError, NotFoundError
from app.domain.sign_in import INVITATION_LASTS
from app.domain.vocabulary import MemberRole, StaffRole
from app.services.answer_once import key_use
from app.services.membership.keep_persons import NewPerson, add_person, record_departure
from app.services.signing_in.accept_invitation import look_at_invitation
from app.services.signing_in.invite import invite_here, invite_person
from app.services.start_exchange import add_staff
from tests.factories.members import Hub, at_once
from tests.factories.sign_ins import accept, new_person, no_secret, set_up

ABSENT = "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"


def test_an_administrator_invites_their_own_and_nobody_elses(hub: Hub) -> None:
    administrator, other = (hub.enrol(name).administrator() for name in ("Platform A", "Platform B"))
    person_id = new_person(hub, administrator)
    for who, whom in ((other, person_id), (administrator, ABSENT)):
        with pytest.raises(NotFoundError):
            invite_person(hub.exchange, who, whom)
    with pytest.raises(ForbiddenError):
        invite_person(hub.exchange, set_up(hub, other).signed_in().principal, person_id)
    made = invite_person(hub.exchange, administrator, person_id)
    assert made.link.endswith(f"/portal/invitations/{made.secret}")
    assert look_at_invitation(hub.exchange, made.secret).person.person_id == person_id


def test_an_operator_invites_a_partners_first_administrator(quick_hub: Hub) -> None:
    partner = quick_hub.enrol("Platform A")
    new = NewPerson(partner.id, "Somebody", frozenset({MemberRole.ADMINISTRATOR}))
    person_id = add_person(quick_hub.exchange, quick_hub.operator, new).person.person_id
    assert accept(quick_hub, invite_person(quick_hub.exchange, quick_hub.operator, person_id).secret).signed_in()


def test_staff_are_invited_on_the_exchanges_machine(quick_hub: Hub) -> None:
    person_id = str(quick_hub.operator.credential.person_id)
    assert accept(quick_hub, invite_here(quick_hub.exchange, person_id).secret, "operator.a").signed_in().principal.is_staff
    with pytest.raises(ConflictError):
        invite_here(quick_hub.exchange, person_id)
    with pytest.raises(NotFoundError):
        invite_here(quick_hub.exchange, ABSENT)
    add_staff(quick_hub.exchange, "Operator B", StaffRole.OPERATOR)


def test_no_operator_invites_one_of_the_exchange_and_becomes_two_persons(quick_hub: Hub) -> None:
    person_id = add_staff(quick_hub.exchange, "Operator C", StaffRole.OPERATOR).person.person_id
    with pytest.raises(ForbiddenError):
        invite_person(quick_hub.exchange, quick_hub.operator, person_id)


def test_a_further_invitation_ends_an_earlier_one_and_all_end_with_time_or_departure(quick_hub: Hub) -> None:
    administrator = quick_hub.enrol("Platform A").administrator()
    person_id, other_id = (new_person(quick_hub, administrator) for _ in range(2))
    first, second = (invite_person(quick_hub.exchange, administrator, person_id).secret for _ in range(2))
    for secret in (first, no_secret(), "x"):
        with pytest.raises(NotFoundError):
            look_at_invitation(quick_hub.exchange, secret)
    look_at_invitation(quick_hub.exchange, second)
    third = invite_person(quick_hub.exchange, administrator, other_id).secret
    record_departure(quick_hub.exchange, administrator, other_id)
    with pytest.raises(NotFoundError):
        look_at_invitation(quick_hub.exchange, third)
    quick_hub.clock.now += INVITATION_LASTS
    with pytest.raises(NotFoundError):
        look_at_invitation(quick_hub.exchange, second)


def test_a_repeated_request_gives_a_link_that_works(quick_hub: Hub) -> None:
    administrator = quick_hub.enrol("Platform A").administrator()
    person_id = new_person(quick_hub, administrator)
    use = key_use(administrator, "invitations", "key-1", b"")
    last = [invite_person(quick_hub.exchange, administrator, person_id, use).secret for _ in range(2)][1]
    assert look_at_invitation(quick_hub.exchange, last).person.person_id == person_id


def test_who_is_set_up_is_not_invited_anew(quick_hub: Hub) -> None:
    administrator = quick_hub.enrol("Platform A").administrator()
    analyst = set_up(quick_hub, administrator)
    with pytest.raises(ConflictError):
        invite_person(quick_hub.exchange, administrator, analyst.person_id)


def test_of_two_who_accept_at_once_one_is_let_in(hub: Hub) -> None:
    administrator = hub.enrol("Platform A").administrator()
    secret = invite_person(hub.exchange, administrator, new_person(hub, administrator)).secret
    ends = at_once(*[lambda: accept(hub, secret)] * 3)
    assert sum(not isinstance(one, Exception) for one in ends) == 1
    assert {type(one) for one in ends if isinstance(one, Exception)} == {NotFoundError}
