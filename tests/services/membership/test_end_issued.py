from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import ForbiddenError, UnauthenticatedError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.sign_in import InvitationKind
from app.domain.vocabulary import KeyUsage, MemberRole, StaffRole, Tlp
from app.services.approval.decide import Decision
from app.services.authenticate import authenticate
from app.services.carry_out import approve
from app.services.membership.add_staff import WiderRoles, propose_roles
from app.services.membership.end_issued import LIFE_BY_KEY, came_of
from app.services.membership.issue_credentials import Ending, NewCredential, issue_credential, revoke_credential
from app.services.membership.keep_persons import Roles, change_roles, record_departure
from app.services.membership.manage_keys import activate_key, register_key, retire_key, revoke_key
from app.services.membership.report_compromise import report_compromise
from app.services.signing_in.end_recovered import end_recovered
from app.services.signing_in.invite import invite_person, make_invitation
from app.services.signing_in.own_credentials import end_credentials_of
from app.storage import credentials, sign_ins
from breakwater_client.trust.keys import PrivateKey
from tests.factories.members import PARTNER_SCOPES, Hub, Member
from tests.factories.policy_values import NOW

HOUR = timedelta(hours=1)
NEW = NewCredential(None, "feed", PARTNER_SCOPES, None, Tlp.RED, NOW + LIFE_BY_KEY)


def by_key(member: Member) -> tuple[str, Principal]:
    """Give a new key that signs requests, and who asks with it."""
    key = PrivateKey.generate()
    register_key(member.hub.exchange, member.principal, member.registration(key, KeyUsage.REQUEST_SIGNING))
    activate_key(member.hub.exchange, member.hub.operator, key.public.keyid)
    with member.hub.exchange.database.read() as connection:
        found = credentials.principal_by_keyid(connection, key.public.keyid)
    assert found is not None
    return key.public.keyid, found[0]


def issued(member: Member, issuer: Principal, new: NewCredential = NEW) -> str:
    token = issue_credential(member.hub.exchange, issuer, new).token
    assert token is not None
    return token


def works(member: Member, token: str) -> bool:
    try:
        authenticate(member.hub.exchange, token)
    except UnauthenticatedError:
        return False
    return True


@pytest.mark.parametrize("end", ["revoked", "compromised", "retired"])
def test_what_a_key_issued_ends_with_it_unless_that_ended_in_peace(quick_hub: Hub, publisher: Member, end: str) -> None:
    keyid, key = by_key(publisher)
    first = issued(publisher, key)
    second = issued(publisher, authenticate(quick_hub.exchange, first))
    another = issued(publisher, publisher.principal, replace(NEW, expires_at=NOW + HOUR))
    if end == "revoked":
        revoke_key(quick_hub.exchange, publisher.principal, keyid)
    elif end == "compromised":
        report_compromise(quick_hub.exchange, publisher.principal, keyid, NOW)
    else:
        retire_key(quick_hub.exchange, publisher.principal, keyid)
    assert [works(publisher, token) for token in (first, second)] == [end == "retired"] * 2
    assert works(publisher, another)


def test_what_a_key_issued_before_it_was_stolen_goes_on(quick_hub: Hub, publisher: Member) -> None:
    keyid, key = by_key(publisher)
    before = issued(publisher, key)
    quick_hub.clock.now = NOW + 2 * HOUR
    after = issued(publisher, key)
    report_compromise(quick_hub.exchange, publisher.principal, keyid, NOW + HOUR)
    assert [works(publisher, token) for token in (before, after)] == [True, False]


def test_a_key_issues_nothing_that_lasts_long(quick_hub: Hub, publisher: Member) -> None:
    _, key = by_key(publisher)
    with pytest.raises(ForbiddenError):
        issue_credential(quick_hub.exchange, key, replace(NEW, expires_at=NOW + LIFE_BY_KEY + HOUR))
    assert issue_credential(quick_hub.exchange, key, replace(NEW, expires_at=None)).credential.expires_at == NOW + LIFE_BY_KEY


def test_any_number_of_generations_is_found(publisher: Member) -> None:
    own = publisher.principal.credential
    line = [replace(own, credential_id=str(number), issued_by=str(number - 1)) for number in range(5_000)]
    assert came_of(line[0], reversed(line)) == line[1:]


def left(hub: Hub, by: Principal, person_id: str) -> None:
    record_departure(hub.exchange, by, person_id)


def keeps_nobody_now(hub: Hub, by: Principal, person_id: str) -> None:
    change_roles(hub.exchange, by, person_id, Roles(frozenset({MemberRole.ANALYST})))


@pytest.mark.parametrize("end", [left, keeps_nobody_now])
def test_who_keeps_persons_no_more_holds_nothing_that_counts_as_somebody_else(
    hub: Hub, end: Callable[[Hub, Principal, str], None]
) -> None:
    ours, exchange = hub.enrol("Platform A"), hub.exchange
    first = ours.administrator()
    leaving, staying, newcomer = (
        ours.person(first, role) for role in (MemberRole.ADMINISTRATOR, MemberRole.ANALYST, MemberRole.READ_ONLY)
    )
    until, scopes = hub.clock.now + HOUR, frozenset({Permission.OBJECTS_READ})
    for_staying = NewCredential(None, None, scopes, None, Tlp.AMBER, until, str(staying.credential.person_id))
    tokens = [
        issued(ours, leaving, for_staying),
        issued(ours, leaving, NewCredential(None, "feed", scopes, None, Tlp.AMBER, until)),
    ]
    of_another = issued(ours, first, for_staying)
    invite_person(exchange, leaving, str(newcomer.credential.person_id))
    invite_person(exchange, first, str(staying.credential.person_id))
    through = ours.person(first, MemberRole.READ_ONLY)
    in_her_name = replace(for_staying, person_id=str(first.credential.person_id), scopes=frozenset({Permission.PERSONS_WRITE}))
    invite_person(exchange, authenticate(exchange, issued(ours, leaving, in_her_name)), str(through.credential.person_id))
    hers = replace(for_staying, person_id=str(first.credential.person_id), scopes=frozenset({Permission.PERSONS_WRITE}))
    acting_token, another_of_hers = issued(ours, leaving, hers), issued(ours, leaving, hers)
    end(hub, authenticate(exchange, acting_token), str(leaving.credential.person_id))
    with pytest.raises(UnauthenticatedError):
        authenticate(exchange, another_of_hers)
    assert authenticate(exchange, acting_token).person == first.person, "who records it is not shut out by it"
    with pytest.raises(UnauthenticatedError):
        authenticate(exchange, tokens[0])
    assert authenticate(exchange, tokens[1]).person is None, "programs go on"
    assert authenticate(exchange, of_another).person == staying.person
    with exchange.database.read() as connection:
        ids = [str(one.credential.person_id) for one in (staying, newcomer, through)]
        assert list(sign_ins.open_invitations(connection, ids, hub.clock.now)) == ids[:1]


def test_another_role_beside_the_keeping_one_ends_nothing(hub: Hub) -> None:
    ours = hub.enrol("Platform A")
    first = ours.administrator()
    inviting, newcomer = ours.person(first, MemberRole.ADMINISTRATOR), ours.person(first, MemberRole.READ_ONLY)
    invite_person(hub.exchange, inviting, str(newcomer.credential.person_id))
    both = Roles(frozenset({MemberRole.ADMINISTRATOR, MemberRole.REVIEWER}))
    change_roles(hub.exchange, first, str(inviting.credential.person_id), both)
    assert is_invited(hub, newcomer)


def test_an_operator_whom_two_persons_make_an_auditor_leaves_no_invitation_behind(hub: Hub) -> None:
    newcomer, operator = hub.enrol("Platform A").administrator(), hub.another_operator()
    invite_person(hub.exchange, operator, str(newcomer.credential.person_id))
    assert is_invited(hub, newcomer)
    auditing = WiderRoles(str(operator.credential.person_id), Roles(staff_roles=frozenset({StaffRole.AUDITOR})), "She took over.")
    approval = propose_roles(hub.exchange, hub.operator, auditing)
    approve(hub.exchange, hub.another_operator(), Decision(approval.approval_id, "Agreed.", approval.digest))
    assert not is_invited(hub, newcomer)


def is_invited(hub: Hub, person: Principal) -> bool:
    with hub.exchange.database.read() as connection:
        return bool(list(sign_ins.open_invitations(connection, [str(person.credential.person_id)], hub.clock.now)))


@pytest.mark.parametrize("way", ["device lost", "recovered", "leaked", "ended in peace"])
def test_what_was_made_with_something_that_was_lost_ends_with_it(hub: Hub, way: str) -> None:
    ours, exchange = hub.enrol("Platform A"), hub.exchange
    first = ours.administrator()
    loser, colleague = (ours.person(first, MemberRole.ADMINISTRATOR) for _ in range(2))
    newcomers = [ours.person(first, MemberRole.READ_ONLY) for _ in range(3)]
    in_a_name = NewCredential(
        None,
        None,
        frozenset({Permission.PERSONS_WRITE}),
        None,
        Tlp.AMBER,
        hub.clock.now + HOUR,
        str(colleague.credential.person_id),
    )
    stolen_token = issued(ours, loser, in_a_name)
    invite_person(exchange, loser, str(newcomers[0].credential.person_id))
    invite_person(exchange, authenticate(exchange, stolen_token), str(newcomers[1].credential.person_id))
    invite_person(exchange, colleague, str(newcomers[2].credential.person_id))
    lost = loser.credential.credential_id
    if way == "device lost":
        end_credentials_of(exchange, first, str(loser.credential.person_id))
    elif way == "recovered":
        assert loser.person is not None
        with exchange.database.write() as connection:
            end_recovered(connection, loser.person, hub.clock.now)
    else:
        revoke_credential(exchange, first, lost, ending=Ending(issued_too=way == "leaked"))
    is_kept = way == "ended in peace"
    assert [is_invited(hub, one) for one in newcomers] == [is_kept, is_kept, True]
    assert works(ours, stolen_token) is is_kept


def test_what_a_stolen_key_invited_ends_with_it(quick_hub: Hub, publisher: Member) -> None:
    keyid, key = by_key(publisher)
    newcomer = publisher.person(publisher.administrator(), MemberRole.READ_ONLY)
    with quick_hub.exchange.database.write() as connection:
        assert newcomer.person is not None
        make_invitation(quick_hub.exchange, connection, newcomer.person, InvitationKind.JOIN, key.credential)
    assert is_invited(quick_hub, newcomer)
    revoke_key(quick_hub.exchange, publisher.principal, keyid)
    assert not is_invited(quick_hub, newcomer)
