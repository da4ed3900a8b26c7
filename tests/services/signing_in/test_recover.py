from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError, UnauthenticatedError
from app.domain.events import Event
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.recovery import NEWCOMER_FOR, RECOVERY_LIVES, Recovery, RecoveryState
from app.domain.sign_in import INVITATION_LASTS, Method
from app.domain.vocabulary import MemberRole, StaffRole, Tlp
from app.services.answer_once import key_use
from app.services.authenticate import authenticate
from app.services.membership.issue_credentials import NewCredential, issue_credential
from app.services.membership.keep_persons import Roles, change_roles, record_departure
from app.services.signing_in.accept_invitation import look_at_invitation
from app.services.signing_in.invite import invite_here, invite_person
from app.services.signing_in.own_sign_in import own_sign_in
from app.services.signing_in.recover import NewRecovery, agree_here, agree_to_recovery, propose_recovery, refuse_recovery
from app.services.signing_in.sessions import find_session, open_session
from app.services.start_exchange import add_staff
from app.storage import events, members, recoveries
from tests.factories.members import Hub
from tests.factories.sign_ins import SomebodySigningIn, accept, new_person, set_up

LONG_AGO = NEWCOMER_FOR + timedelta(hours=1)


@dataclass
class Office:
    """A partner with two administrators who have been there for a while, and an analyst who lost what they sign in with."""

    hub: Hub
    first: SomebodySigningIn
    second: SomebodySigningIn
    analyst: SomebodySigningIn

    @property
    def administrator(self) -> Principal:
        return signed_in(self.first)

    def propose(self, who: Principal | None = None, whom: str | None = None) -> Recovery:
        new = NewRecovery(whom or self.analyst.person_id, "A lost phone.", "In person.")
        return propose_recovery(self.hub.exchange, who or self.administrator, new)

    def recovery(self, recovery_id: str) -> Recovery:
        with self.hub.exchange.database.read() as connection:
            found = recoveries.recovery_by_id(connection, recovery_id)
        assert found is not None
        return found


def signed_in(one: SomebodySigningIn) -> Principal:
    """Give somebody through a session of now."""
    with one.hub.exchange.database.write() as connection:
        person = members.person_by_id(connection, one.person_id)
        assert person is not None
        secret = open_session(connection, person, Method.PASSKEY, one.hub.clock.now)
    return find_session(one.hub.exchange, secret).principal


@pytest.fixture
def office(quick_hub: Hub) -> Office:
    return office_of(quick_hub)


def office_of(hub: Hub) -> Office:
    founder = hub.enrol("Platform A").administrator()
    first, second = (set_up(hub, founder, f"administrator.{one}", MemberRole.ADMINISTRATOR) for one in "ab")
    analyst = set_up(hub, founder, "analyst.a")
    record_departure(hub.exchange, signed_in(first), str(founder.credential.person_id))
    hub.clock.now += LONG_AGO
    return Office(hub, first, second, analyst)


def test_two_administrators_let_a_colleague_set_up_anew_how_they_sign_in(hub: Hub) -> None:
    office = office_of(hub)
    proposed = office.propose()
    open_session = office.analyst.sign_in()
    made = agree_to_recovery(hub.exchange, signed_in(office.second), proposed.recovery_id)
    assert office.analyst.sign_in(), "what was there serves until the link is used"
    anew = accept(hub, made.secret, "analyst.a")
    with pytest.raises(UnauthenticatedError):
        office.analyst.sign_in()
    with pytest.raises(UnauthenticatedError):
        find_session(hub.exchange, open_session)
    assert own_sign_in(hub.exchange, anew.signed_in()).login == "analyst.a"
    with pytest.raises(NotFoundError):
        look_at_invitation(hub.exchange, made.secret)
    kept = office.recovery(proposed.recovery_id)
    assert (kept.state, kept.decided_by) == (RecoveryState.USED, office.second.person_id)
    with hub.exchange.database.read() as connection:
        happened = [one.event for _, one in events.events(connection, 0, 1000) if one.subject == proposed.recovery_id]
    assert happened == [Event.RECOVERY_PROPOSE, Event.RECOVERY_AGREE]


def test_never_one_person_twice_and_never_the_person(office: Office) -> None:
    hub, second = office.hub, signed_in(office.second)
    with pytest.raises(ForbiddenError):
        office.propose(second, office.second.person_id)
    proposed = office.propose()
    with pytest.raises(ForbiddenError):
        agree_to_recovery(hub.exchange, office.administrator, proposed.recovery_id)
    with pytest.raises(ForbiddenError):
        agree_to_recovery(hub.exchange, hub.operator, proposed.recovery_id)
    with pytest.raises(ForbiddenError):
        office.propose(signed_in(office.analyst))


def test_of_two_administrators_one_who_is_lost_is_recovered_with_an_operator(office: Office) -> None:
    hub = office.hub
    proposed = office.propose(whom=office.second.person_id)
    made = agree_to_recovery(hub.exchange, hub.operator, proposed.recovery_id)
    assert accept(hub, made.secret, "administrator.b").signed_in().principal.person is not None
    asked_by_operator = office.propose(hub.operator, office.second.person_id)
    assert agree_to_recovery(hub.exchange, office.administrator, asked_by_operator.recovery_id)


def test_what_a_thief_made_for_others_with_the_lost_session_ends_when_the_link_is_used(office: Office) -> None:
    hub, exchange, thief = office.hub, office.hub.exchange, signed_in(office.second)
    dormant, scopes = new_person(hub, office.administrator), frozenset({Permission.PERSONS_READ})
    until = hub.clock.now + timedelta(hours=1)
    in_a_name = NewCredential(None, None, scopes, None, Tlp.AMBER, until, office.first.person_id)
    token = issue_credential(exchange, thief, in_a_name).token
    invited = invite_person(exchange, thief, dormant)
    assert look_at_invitation(exchange, invited.secret)
    made = agree_to_recovery(exchange, hub.operator, office.propose(whom=office.second.person_id).recovery_id)
    assert authenticate(exchange, token)
    accept(hub, made.secret, "administrator.b")
    with pytest.raises(UnauthenticatedError):
        authenticate(exchange, token)
    with pytest.raises(NotFoundError):
        look_at_invitation(exchange, invited.secret)


def test_a_newcomer_does_not_count(office: Office) -> None:
    hub = office.hub
    record_departure(hub.exchange, office.administrator, office.second.person_id)
    new = set_up(hub, office.administrator, "administrator.c", MemberRole.ADMINISTRATOR)
    proposed = office.propose()
    with pytest.raises(ForbiddenError):
        agree_to_recovery(hub.exchange, new.signed_in().principal, proposed.recovery_id)
    assert agree_to_recovery(hub.exchange, hub.operator, proposed.recovery_id)


def test_whoever_was_just_made_administrator_or_just_set_up_how_they_sign_in_does_not_count(office: Office) -> None:
    hub, dormant = office.hub, new_person(office.hub, office.administrator)
    hub.clock.now += LONG_AGO
    change_roles(hub.exchange, office.administrator, dormant, Roles(frozenset({MemberRole.ADMINISTRATOR})))
    invented = accept(hub, invite_person(hub.exchange, office.administrator, dormant).secret, "dormant.a")
    proposed = office.propose(whom=office.second.person_id)
    with pytest.raises(ForbiddenError):
        agree_to_recovery(hub.exchange, signed_in(invented), proposed.recovery_id)
    hub.clock.now += LONG_AGO
    assert agree_to_recovery(hub.exchange, signed_in(invented), proposed.recovery_id)


def test_the_person_stops_what_others_began_and_the_link_serves_no_more(office: Office) -> None:
    hub, proposed = office.hub, office.propose()
    made = agree_to_recovery(hub.exchange, signed_in(office.second), proposed.recovery_id)
    refused = refuse_recovery(hub.exchange, signed_in(office.analyst), proposed.recovery_id)
    assert (refused.state, refused.decided_by) == (RecoveryState.REFUSED, office.analyst.person_id)
    with pytest.raises(NotFoundError):
        look_at_invitation(hub.exchange, made.secret)
    with pytest.raises(ConflictError):
        refuse_recovery(hub.exchange, office.administrator, proposed.recovery_id)
    with pytest.raises(ConflictError):
        agree_to_recovery(hub.exchange, signed_in(office.second), proposed.recovery_id)


def test_who_keeps_nobody_learns_of_no_others_recovery_and_no_other_partner_does(office: Office) -> None:
    hub = office.hub
    proposed = office.propose(whom=office.second.person_id)
    stranger = hub.enrol("Platform B").administrator()
    for who in (signed_in(office.analyst), stranger):
        with pytest.raises(NotFoundError):
            refuse_recovery(hub.exchange, who, proposed.recovery_id)
    with pytest.raises(NotFoundError):
        agree_to_recovery(hub.exchange, stranger, proposed.recovery_id)
    with pytest.raises(NotFoundError):
        office.propose(stranger)


def test_it_lapses_and_one_is_open_at_a_time(office: Office) -> None:
    hub, proposed = office.hub, office.propose()
    with pytest.raises(ConflictError):
        office.propose()
    hub.clock.now += RECOVERY_LIVES
    with pytest.raises(ConflictError):
        agree_to_recovery(hub.exchange, signed_in(office.second), proposed.recovery_id)
    made = agree_to_recovery(hub.exchange, signed_in(office.second), office.propose().recovery_id)
    hub.clock.now += INVITATION_LASTS
    with pytest.raises(NotFoundError):
        look_at_invitation(hub.exchange, made.secret)
    office.propose()


def test_a_first_one_who_is_no_administrator_any_more_counts_no_more(office: Office) -> None:
    hub = office.hub
    second = signed_in(office.second)
    proposed = office.propose(second)
    change_roles(hub.exchange, office.administrator, office.second.person_id, Roles(frozenset({MemberRole.ANALYST})))
    with pytest.raises(ForbiddenError):
        agree_to_recovery(hub.exchange, office.administrator, proposed.recovery_id)


def test_who_lost_the_answer_is_given_a_new_link_under_the_same_key(office: Office) -> None:
    hub, second, proposed = office.hub, signed_in(office.second), office.propose()
    use = key_use(second, "POST agreement", "once", b"{}")
    first, again = (agree_to_recovery(hub.exchange, second, proposed.recovery_id, use) for _ in range(2))
    with pytest.raises(NotFoundError):
        look_at_invitation(hub.exchange, first.secret)
    look_at_invitation(hub.exchange, again.secret)


def test_what_cannot_be_recovered_is_not_proposed(office: Office) -> None:
    hub = office.hub
    with pytest.raises(ConflictError, match="invite"):
        office.propose(whom=new_person(hub, office.administrator))
    wrong = (("", "In person."), ("Lost.", " "), ("x" * 501, "In person."), ("Lost\u202e.", "In person."), ("Lost.", "Seen\x07."))
    for reason, recognised in wrong:
        with pytest.raises(MalformedInputError):
            propose_recovery(hub.exchange, office.administrator, NewRecovery(office.analyst.person_id, reason, recognised))
    record_departure(hub.exchange, office.administrator, office.analyst.person_id)
    with pytest.raises(ConflictError):
        office.propose()


def test_the_exchanges_machine_is_the_second_only_where_there_are_not_two(office: Office) -> None:
    hub = office.hub
    lost = add_staff(hub.exchange, "Operator B", StaffRole.OPERATOR).person
    accept(hub, invite_here(hub.exchange, lost.person_id).secret, "operator.b")
    hub.clock.now += LONG_AGO
    proposed = office.propose(hub.operator, lost.person_id)
    with pytest.raises(NotFoundError):
        agree_here(hub.exchange, office.propose().recovery_id)
    made = agree_here(hub.exchange, proposed.recovery_id)
    assert accept(hub, made.secret, "operator.b").signed_in().principal.is_staff
    add_staff(hub.exchange, "Operator C", StaffRole.OPERATOR)
    hub.clock.now += LONG_AGO
    with pytest.raises(ConflictError):
        agree_here(hub.exchange, office.propose(hub.operator, lost.person_id).recovery_id)
