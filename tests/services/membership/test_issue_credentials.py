from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.errors import Code, ConflictError, ForbiddenError, MalformedInputError, NotFoundError, UnauthenticatedError
from app.domain.events import Event
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole, Purpose, Tlp
from app.services.answer_once import key_use
from app.services.authenticate import authenticate, require
from app.services.list_pages import ListAsked
from app.services.membership.issue_credentials import (
    CredentialsWanted,
    Ending,
    NewCredential,
    issue_credential,
    list_credentials,
    page_of_credentials,
    revoke_credential,
)
from app.services.membership.keep_persons import NewPerson, add_person, record_departure
from app.storage import events
from breakwater_client.trust.keys import PrivateKey
from tests.factories.members import PARTNER_SCOPES, Hub, Member
from tests.factories.policy_values import DAY, NOW
from tests.factories.signed_requests import add_request_key

HOUR = timedelta(hours=1)
READS = frozenset({Permission.OBJECTS_READ})
NEW = NewCredential(None, "feed reader", READS, Purpose.DETECTION, Tlp.AMBER, NOW + DAY)


def test_an_issued_token_makes_a_principal_with_exactly_its_terms(quick_hub: Hub, publisher: Member) -> None:
    issued = issue_credential(quick_hub.exchange, quick_hub.operator, replace(NEW, partner_id=publisher.id))
    principal = authenticate(quick_hub.exchange, issued.token)
    assert principal.credential == issued.credential
    held = principal.credential
    assert (held.scopes, held.purpose, held.tlp_ceiling, held.expires_at) == (READS, Purpose.DETECTION, Tlp.AMBER, NOW + DAY)
    assert (held.partner_id, held.person_id) == (publisher.id, None)


def test_the_token_is_kept_nowhere(quick_hub: Hub, publisher: Member) -> None:
    issued = issue_credential(quick_hub.exchange, publisher.principal, NEW)
    assert issued.token is not None
    with quick_hub.exchange.database.read() as connection:
        rows = connection.execute(text("SELECT * FROM credential")).all()
    assert issued.token not in repr(rows)
    assert issued.token.removeprefix("bw_") not in repr(rows)


def test_a_partner_issues_to_itself_and_to_nobody_else(quick_hub: Hub, publisher: Member, other: Member) -> None:
    for partner_id in (None, publisher.id):
        issued = issue_credential(quick_hub.exchange, publisher.principal, replace(NEW, partner_id=partner_id))
        assert issued.credential.partner_id == publisher.id
    for partner_id in (other.id, "00000000-0000-4000-8000-000000000000"):
        with pytest.raises(NotFoundError):
            issue_credential(quick_hub.exchange, publisher.principal, replace(NEW, partner_id=partner_id))


@pytest.mark.parametrize("partner_id", [None, "00000000-0000-4000-8000-000000000000"])
def test_an_operator_must_name_a_partner_that_exists(quick_hub: Hub, partner_id: str | None) -> None:
    with pytest.raises(NotFoundError):
        issue_credential(quick_hub.exchange, quick_hub.operator, replace(NEW, partner_id=partner_id))


@pytest.mark.parametrize(
    "more",
    [
        {"scopes": READS | {Permission.OBJECTS_SUBMIT}},
        {"tlp_ceiling": Tlp.RED},
        {"purpose": None},
        {"purpose": Purpose.INVESTIGATION},
        {"expires_at": NOW + DAY + timedelta(microseconds=1)},
    ],
    ids=["scope", "ceiling", "any purpose", "other purpose", "later end"],
)
def test_nobody_issues_more_than_it_holds(quick_hub: Hub, publisher: Member, more: dict[str, Any]) -> None:
    scopes = READS | {Permission.CREDENTIALS_WRITE}
    limited = publisher.principal_with(scopes=scopes, purpose=Purpose.DETECTION, tlp_ceiling=Tlp.AMBER)
    assert issue_credential(quick_hub.exchange, limited, NEW).token
    with pytest.raises(ForbiddenError) as caught:
        issue_credential(quick_hub.exchange, limited, replace(NEW, **more))
    assert caught.value.code is Code.PERMISSION_MISSING
    assert len(list_credentials(quick_hub.exchange, publisher.principal)) == 3


def test_no_partners_credential_holds_an_operators_permission(quick_hub: Hub, publisher: Member) -> None:
    scopes = frozenset({Permission.AGREEMENTS_WRITE})
    with pytest.raises(ForbiddenError):
        issue_credential(quick_hub.exchange, quick_hub.operator, replace(NEW, partner_id=publisher.id, scopes=scopes))


def test_a_credential_expires_in_the_future(quick_hub: Hub, publisher: Member) -> None:
    with pytest.raises(MalformedInputError) as caught:
        issue_credential(quick_hub.exchange, publisher.principal, replace(NEW, expires_at=NOW))
    assert caught.value.pointer == "/expires_at"
    assert issue_credential(
        quick_hub.exchange, publisher.principal, replace(NEW, expires_at=NOW + timedelta(microseconds=1))
    ).token


def test_one_service_account_may_have_several_credentials(quick_hub: Hub, publisher: Member) -> None:
    first, second = (issue_credential(quick_hub.exchange, publisher.principal, NEW).credential for _ in range(2))
    assert first.account_id == second.account_id
    assert first.credential_id != second.credential_id


def test_a_repeated_request_gives_the_first_credential_and_never_its_token_again(quick_hub: Hub, publisher: Member) -> None:
    use = key_use(publisher.principal, "credentials", "key-1", b"body")
    first = issue_credential(quick_hub.exchange, publisher.principal, NEW, use)
    second = issue_credential(quick_hub.exchange, publisher.principal, NEW, use)
    assert (second.credential, second.token) == (first.credential, None)
    assert len(list_credentials(quick_hub.exchange, publisher.principal)) == 2


def test_credentials_come_in_pages(hub: Hub) -> None:
    member, other = hub.enrol("Platform A"), hub.enrol("Platform B")
    asked, exchange = ListAsked(None, 3), hub.exchange
    made = [
        issue_credential(exchange, member.principal, replace(NEW, expires_at=NOW + number * HOUR)).credential
        for number in range(1, 4)
    ]
    first = page_of_credentials(exchange, member.principal, CredentialsWanted(), asked)
    second = page_of_credentials(exchange, member.principal, CredentialsWanted(), ListAsked(first.next, 3))
    listed = [*first.rows, *second.rows]
    assert listed == list_credentials(exchange, member.principal)
    assert ({one.credential_id for one in made} < {one.credential_id for one in listed}, first.count) == (True, 4)
    assert page_of_credentials(exchange, member.principal, CredentialsWanted(), ListAsked(second.previous, 3)) == first
    hub.clock.now = NOW + 2 * HOUR
    opened = CredentialsWanted(open_alone=True, newest_first=True)
    left = page_of_credentials(exchange, member.principal, opened, ListAsked(None, 9))
    assert {one.credential_id for one in left.rows} == {one.credential_id for one in listed} - {
        one.credential_id for one in made[:2]
    }
    assert left.rows == sorted(left.rows, key=lambda one: (one.created_at, one.credential_id), reverse=True)
    everybody = page_of_credentials(exchange, hub.operator, CredentialsWanted(), ListAsked(None, 99))
    assert {one.partner_id for one in everybody.rows} >= {member.id, other.id, None}
    for who, wanted in ((other.principal, CredentialsWanted()), (member.principal, opened), (hub.operator, CredentialsWanted())):
        with pytest.raises(MalformedInputError) as caught:
            page_of_credentials(exchange, who, wanted, ListAsked(first.next, 3))
        assert caught.value.code is Code.CURSOR_INVALID


def test_partners_see_their_own_credentials_and_operators_all(quick_hub: Hub, publisher: Member, other: Member) -> None:
    assert {one.partner_id for one in list_credentials(quick_hub.exchange, publisher.principal)} == {publisher.id}
    everyones = {one.partner_id for one in list_credentials(quick_hub.exchange, quick_hub.operator)}
    assert everyones == {publisher.id, other.id, None}


def test_a_revoked_token_is_refused_at_the_next_request_and_for_good(quick_hub: Hub, publisher: Member) -> None:
    issued = issue_credential(quick_hub.exchange, publisher.principal, NEW)
    revoked = revoke_credential(quick_hub.exchange, publisher.principal, issued.credential.credential_id)
    assert revoked.revoked_at == NOW
    with pytest.raises(UnauthenticatedError):
        authenticate(quick_hub.exchange, issued.token)
    quick_hub.clock.pass_time(timedelta(hours=1))
    again = revoke_credential(quick_hub.exchange, quick_hub.operator, issued.credential.credential_id)
    assert again == revoked
    with quick_hub.exchange.database.read() as connection:
        recorded = [one.subject for _, one in events.events(connection, 0, 1000) if one.event is Event.CREDENTIAL_REVOKE]
    assert recorded == [issued.credential.credential_id]


def test_another_partners_credential_is_as_absent(quick_hub: Hub, publisher: Member, other: Member) -> None:
    theirs = other.principal.credential.credential_id
    for credential_id in (theirs, "00000000-0000-4000-8000-000000000000"):
        with pytest.raises(NotFoundError):
            revoke_credential(quick_hub.exchange, publisher.principal, credential_id)
    assert other.principal.credential.revoked_at is None


def test_without_the_permission_nothing_is_issued_listed_or_revoked(quick_hub: Hub, publisher: Member) -> None:
    lesser = publisher.principal_with(scopes=PARTNER_SCOPES - {Permission.CREDENTIALS_WRITE, Permission.CREDENTIALS_READ})
    for act in (
        lambda: issue_credential(quick_hub.exchange, lesser, NEW),
        lambda: list_credentials(quick_hub.exchange, lesser),
        lambda: revoke_credential(quick_hub.exchange, lesser, lesser.credential.credential_id),
    ):
        with pytest.raises(ForbiddenError):
            act()


def person_of(member: Member, by: Principal, *roles: MemberRole) -> str:
    return add_person(member.hub.exchange, by, NewPerson(member.id, "Somebody", frozenset(roles))).person.person_id


def for_person(person_id: str, **differences: Any) -> NewCredential:
    return replace(NEW, account=None, person_id=person_id, expires_at=NOW + HOUR, **differences)


def test_an_administrator_issues_to_a_person_what_the_roles_allow(quick_hub: Hub, publisher: Member) -> None:
    admin = publisher.administrator()
    reader = person_of(publisher, admin, MemberRole.READ_ONLY)
    issued = issue_credential(quick_hub.exchange, admin, for_person(reader))
    held = authenticate(quick_hub.exchange, issued.token)
    assert held.person is not None
    assert (held.person.person_id, held.credential.issued_by) == (reader, admin.credential.credential_id)
    assert held.partner is not None
    assert "Somebody" not in repr(issued.credential)
    require(held, Permission.OBJECTS_READ)
    for beyond in (frozenset({Permission.OBJECTS_SUBMIT}), frozenset({Permission.PERSONS_READ})):
        with pytest.raises(ForbiddenError):
            issue_credential(quick_hub.exchange, admin, for_person(reader, scopes=beyond))


def test_only_persons_who_keep_persons_issue_to_persons(quick_hub: Hub, publisher: Member, other: Member) -> None:
    admin, exchange = publisher.administrator(), quick_hub.exchange
    reader = person_of(publisher, admin, MemberRole.READ_ONLY)
    new = for_person(reader)
    for issuer in (publisher.principal, publisher.person(admin, MemberRole.ANALYST), quick_hub.operator):
        with pytest.raises(ForbiddenError):
            issue_credential(exchange, issuer, new)
    with pytest.raises(NotFoundError):
        issue_credential(exchange, other.administrator(), new)
    with pytest.raises(NotFoundError):
        issue_credential(exchange, admin, replace(new, partner_id=other.id))
    record_departure(exchange, admin, reader)
    with pytest.raises(ConflictError):
        issue_credential(exchange, admin, new)


def test_nobody_is_given_a_token_of_staff_over_rest(quick_hub: Hub) -> None:
    new = for_person(quick_hub.first_operator.person.person_id, scopes=frozenset())
    with pytest.raises(ForbiddenError):
        issue_credential(quick_hub.exchange, quick_hub.operator, new)


@pytest.mark.parametrize("holder", [{"account": None}, {"person_id": "00000000-0000-4000-8000-000000000000"}])
def test_a_credential_is_for_an_account_or_for_a_person(quick_hub: Hub, publisher: Member, holder: dict[str, Any]) -> None:
    with pytest.raises(MalformedInputError):
        issue_credential(quick_hub.exchange, publisher.principal, replace(NEW, **holder))


def test_what_a_leaked_token_issued_is_revoked_with_it_if_asked(hub: Hub) -> None:
    member = hub.enrol("Platform A")
    tokens, issuer = [], member.principal
    scopes = frozenset({Permission.CREDENTIALS_WRITE})
    for hours in (3, 2, 1):
        new = replace(NEW, scopes=scopes, tlp_ceiling=Tlp.CLEAR, expires_at=NOW + hours * HOUR)
        issued = issue_credential(hub.exchange, issuer, new)
        tokens.append(issued.token)
        issuer = authenticate(hub.exchange, issued.token)
    leaked = authenticate(hub.exchange, tokens[0]).credential.credential_id
    revoke_credential(hub.exchange, member.principal, leaked)
    assert authenticate(hub.exchange, tokens[1])
    revoke_credential(hub.exchange, member.principal, leaked, ending=Ending(issued_too=True))
    for token in tokens:
        with pytest.raises(UnauthenticatedError):
            authenticate(hub.exchange, token)
    assert member.principal  # which issued the first of them


def test_a_machine_throws_out_no_people_and_no_keys_but_itself(hub: Hub) -> None:
    member = hub.enrol("Platform A")
    key = add_request_key(hub.exchange, member.id, PrivateKey.generate())
    added = add_person(hub.exchange, hub.operator, NewPerson(member.id, "Ada", frozenset({MemberRole.ADMINISTRATOR})))
    scopes = frozenset({Permission.CREDENTIALS_WRITE, Permission.PERSONS_WRITE})
    of_ada = NewCredential(member.id, None, scopes, None, Tlp.AMBER, NOW + DAY, added.person.person_id)
    ada = authenticate(hub.exchange, issue_credential(hub.exchange, hub.operator, of_ada).token)
    for machine in (member.principal, Principal(key, member.principal.partner, None)):
        others = {ada.credential.credential_id, key.credential_id} - {machine.credential.credential_id}
        for protected in others:
            for issued_too in (False, True):
                with pytest.raises(ForbiddenError):
                    revoke_credential(hub.exchange, machine, protected, ending=Ending(issued_too))
    service = member.principal.credential.credential_id
    own = Principal(key, ada.partner, None)
    assert revoke_credential(hub.exchange, own, key.credential_id).revoked_at is not None
    for caller, ended in ((ada, key.credential_id), (member.principal, service), (ada, service)):
        assert revoke_credential(hub.exchange, caller, ended).revoked_at is not None
    assert revoke_credential(hub.exchange, ada, ada.credential.credential_id).revoked_at is not None


def test_without_an_end_it_is_a_year_and_a_partners_no_longer_than_its_issuers(quick_hub: Hub, publisher: Member) -> None:
    endless = replace(NEW, expires_at=None)
    own = issue_credential(quick_hub.exchange, publisher.principal, endless).credential
    assert own.expires_at == NOW + 365 * DAY
    short = authenticate(
        quick_hub.exchange,
        issue_credential(quick_hub.exchange, publisher.principal, replace(NEW, scopes=PARTNER_SCOPES, purpose=None)).token,
    )
    assert issue_credential(quick_hub.exchange, short, endless).credential.expires_at == NOW + DAY
    given = replace(endless, partner_id=publisher.id)
    assert issue_credential(quick_hub.exchange, quick_hub.operator, given).credential.expires_at == NOW + 365 * DAY
