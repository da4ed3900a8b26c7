from __future__ import annotations

import pytest

from app.domain.errors import (
    BreakwaterError,
    Code,
    ConflictError,
    ForbiddenError,
    MalformedInputError,
    NotFoundError,
    UnauthenticatedError,
)
from app.domain.events import Event
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole, PartnerState, StaffRole
from app.services.answer_once import key_use
from app.services.authenticate import require
from app.services.list_pages import ListAsked
from app.services.membership import keep_persons
from app.services.membership.enrol_partner import change_state
from app.services.membership.keep_persons import (
    NewPerson,
    PersonsWanted,
    Roles,
    SeenPerson,
    add_person,
    change_roles,
    get_person,
    list_persons,
    page_of_persons,
    record_departure,
)
from app.storage import credentials, events
from tests.factories.members import Hub, Member, at_once
from tests.factories.policy_values import NOW

ANALYST, ADMINISTRATOR = frozenset({MemberRole.ANALYST}), frozenset({MemberRole.ADMINISTRATOR})
ABSENT = "00000000-0000-4000-8000-000000000000"


def person_id(principal: Principal) -> str:
    return str(principal.credential.person_id)


def added(member: Member, by: Principal, roles: frozenset[MemberRole] = ANALYST, name: str = "Analyst A") -> SeenPerson:
    return add_person(member.hub.exchange, by, NewPerson(member.id, name, roles))


def now(principal: Principal, hub: Hub) -> Principal:
    """Give a principal as its credential makes it now."""
    with hub.exchange.database.read() as connection:
        kept = credentials.credential_by_id(connection, principal.credential.credential_id)
    assert kept is not None
    if kept.revoked_at is not None:
        raise UnauthenticatedError("revoked")
    seen = get_person(hub.exchange, hub.operator, person_id(principal)).person
    return Principal(kept, principal.partner, seen)


def recorded(hub: Hub) -> list[tuple[Event, str | None, str | None]]:
    with hub.exchange.database.read() as connection:
        return [(one.event, one.partner_id, one.subject) for _, one in events.events(connection, 0, 1000)]


def refusal(act: object) -> Code:
    with pytest.raises(BreakwaterError) as caught:
        act()  # type: ignore[operator]  # a call of a service
    return caught.value.code


def test_an_administrator_keeps_the_persons_of_its_partner(hub: Hub) -> None:
    member = hub.enrol("Platform A")
    admin = member.administrator()
    seen = added(member, admin)
    assert (seen.name, seen.person.member_roles, seen.person.added_at) == ("Analyst A", ANALYST, NOW)
    assert seen in list_persons(hub.exchange, admin)
    assert get_person(hub.exchange, admin, seen.person.person_id) == seen
    changed = change_roles(hub.exchange, admin, seen.person.person_id, Roles(member_roles=frozenset({MemberRole.REVIEWER})))
    assert changed.person.member_roles == {MemberRole.REVIEWER}
    assert get_person(hub.exchange, admin, seen.person.person_id) == changed
    gone = record_departure(hub.exchange, admin, seen.person.person_id)
    assert (gone.person.left_at, gone) == (NOW, get_person(hub.exchange, admin, seen.person.person_id))
    told = [(event, of) for event, of, subject in recorded(hub) if subject == seen.person.person_id]
    assert told == [(one, member.id) for one in (Event.PERSON_ADD, Event.PERSON_CHANGE, Event.PERSON_LEAVE)]


def test_a_role_that_is_taken_away_opens_nothing_from_the_next_request_on(quick_hub: Hub, publisher: Member) -> None:
    admin = publisher.administrator()
    analyst = publisher.person(admin, MemberRole.ANALYST, MemberRole.DATA_PROTECTION)
    require(now(analyst, quick_hub), Permission.OBJECTS_SUBMIT)
    change_roles(quick_hub.exchange, admin, person_id(analyst), Roles(member_roles=frozenset({MemberRole.DATA_PROTECTION})))
    with pytest.raises(ForbiddenError):
        require(now(analyst, quick_hub), Permission.OBJECTS_SUBMIT)
    require(now(analyst, quick_hub), Permission.DISCLOSURES_READ)


def test_with_a_departure_end_the_persons_credentials(quick_hub: Hub, publisher: Member) -> None:
    admin = publisher.administrator()
    analyst = publisher.person(admin, MemberRole.ANALYST)
    record_departure(quick_hub.exchange, admin, person_id(analyst))
    with pytest.raises(UnauthenticatedError):
        now(analyst, quick_hub)
    again = record_departure(quick_hub.exchange, admin, person_id(analyst))
    assert again.person.left_at == NOW
    change = Roles(member_roles=ANALYST)
    assert refusal(lambda: change_roles(quick_hub.exchange, admin, person_id(analyst), change)) is Code.STATE_CONFLICT
    assert recorded(quick_hub).count((Event.PERSON_LEAVE, publisher.id, person_id(analyst))) == 1
    assert (Event.CREDENTIAL_REVOKE, publisher.id, analyst.credential.credential_id) in recorded(quick_hub)


def test_another_partners_persons_are_as_if_they_were_not_there(quick_hub: Hub, publisher: Member, other: Member) -> None:
    admin, theirs = publisher.administrator(), person_id(other.administrator())
    exchange = quick_hub.exchange
    for act in (
        lambda: get_person(exchange, admin, theirs),
        lambda: change_roles(exchange, admin, theirs, Roles(member_roles=ANALYST)),
        lambda: record_departure(exchange, admin, theirs),
        lambda: added(other, admin),
        lambda: list_persons(exchange, admin, other.id),
        lambda: get_person(exchange, admin, ABSENT),
        lambda: get_person(exchange, admin, quick_hub.first_operator.person.person_id),
    ):
        assert refusal(act) is Code.NOT_FOUND
    assert {one.person.partner_id for one in list_persons(exchange, admin)} == {publisher.id}


def test_persons_come_in_pages_that_lead_on_and_back(hub: Hub) -> None:
    member = hub.enrol("Platform A")
    admin = member.administrator()
    for number in range(4):
        added(member, admin, name=f"Analyst {number}")
    everybody = list_persons(hub.exchange, admin)
    assert len(everybody) == 5
    leaving = next(one.person.person_id for one in everybody[2:] if one.person.person_id != person_id(admin))
    gone = record_departure(hub.exchange, admin, leaving)
    now = [gone if one.person.person_id == leaving else one for one in everybody]
    pages, cursor = [], None
    for _ in range(3):
        pages.append(page_of_persons(hub.exchange, admin, PersonsWanted(), ListAsked(cursor, 2)))
        cursor = pages[-1].next
    assert [one.rows for one in pages] == [now[:2], now[2:4], now[4:]]
    assert [(one.first, one.count, one.more) for one in pages] == [(1, 5, True), (3, 5, True), (5, 5, False)]
    back = page_of_persons(hub.exchange, admin, PersonsWanted(), ListAsked(pages[2].previous, 2))
    assert back == pages[1]
    assert page_of_persons(hub.exchange, admin, PersonsWanted(), ListAsked(back.previous, 2)) == pages[0]
    assert page_of_persons(hub.exchange, admin, PersonsWanted(has_left=True), ListAsked(None, 2)).rows == [gone]
    here = page_of_persons(hub.exchange, admin, PersonsWanted(has_left=False), ListAsked(None, 9))
    assert here.rows == [one for one in everybody if one.person.person_id != gone.person.person_id]


def test_a_page_of_persons_is_its_callers_and_its_lists_own(quick_hub: Hub, publisher: Member, other: Member) -> None:
    admin, theirs, exchange = publisher.administrator(), other.administrator(), quick_hub.exchange
    cursor = page_of_persons(exchange, admin, PersonsWanted(), ListAsked(None, 1)).next
    for who, wanted in ((theirs, PersonsWanted()), (admin, PersonsWanted(has_left=False)), (quick_hub.operator, PersonsWanted())):
        assert refusal(lambda who=who, wanted=wanted: page_of_persons(exchange, who, wanted, ListAsked(cursor, 1))) is (
            Code.CURSOR_INVALID
        )
    asked = ListAsked(None, 9)
    assert refusal(lambda: page_of_persons(exchange, admin, PersonsWanted(other.id), asked)) is Code.NOT_FOUND
    assert refusal(lambda: page_of_persons(exchange, quick_hub.operator, PersonsWanted(ABSENT), asked)) is Code.NOT_FOUND
    [seen] = page_of_persons(exchange, quick_hub.operator, PersonsWanted(other.id), asked).rows
    assert seen.person.person_id == person_id(theirs)


def test_a_service_account_keeps_no_persons(quick_hub: Hub, publisher: Member) -> None:
    for act in (
        lambda: added(publisher, publisher.principal),
        lambda: list_persons(quick_hub.exchange, publisher.principal),
        lambda: page_of_persons(quick_hub.exchange, publisher.principal, PersonsWanted(), ListAsked(None, 9)),
        lambda: get_person(quick_hub.exchange, publisher.principal, ABSENT),
    ):
        with pytest.raises(ForbiddenError):
            act()


def test_operators_add_a_first_administrator_and_nobody_else(quick_hub: Hub, publisher: Member) -> None:
    operator = quick_hub.operator
    assert refusal(lambda: added(publisher, operator)) is Code.PERMISSION_MISSING
    first = added(publisher, operator, ADMINISTRATOR)
    assert refusal(lambda: added(publisher, operator, ADMINISTRATOR)) is Code.PERMISSION_MISSING
    for way in (
        lambda: record_departure(quick_hub.exchange, operator, first.person.person_id),
        lambda: change_roles(quick_hub.exchange, operator, first.person.person_id, Roles(member_roles=frozenset())),
    ):
        assert refusal(way) is Code.STATE_CONFLICT, "one operator would be the partner's administrator"
    assert refusal(lambda: added(publisher, operator, ADMINISTRATOR)) is Code.PERMISSION_MISSING
    new = NewPerson(ABSENT, "A", ADMINISTRATOR)
    assert refusal(lambda: add_person(quick_hub.exchange, operator, new)) is Code.NOT_FOUND
    assert refusal(lambda: add_person(quick_hub.exchange, operator, NewPerson(None, "A", ADMINISTRATOR))) is Code.NOT_FOUND


def test_nobody_is_added_to_a_partner_that_ended(quick_hub: Hub, publisher: Member) -> None:
    change_state(quick_hub.exchange, quick_hub.operator, publisher.id, PartnerState.ENDED)
    with pytest.raises(ConflictError):
        added(publisher, quick_hub.operator, ADMINISTRATOR)


def test_operators_do_not_keep_a_partners_other_persons(quick_hub: Hub, publisher: Member) -> None:
    analyst = person_id(publisher.person(publisher.administrator(), MemberRole.ANALYST))
    for act in (
        lambda: change_roles(quick_hub.exchange, quick_hub.operator, analyst, Roles(member_roles=ADMINISTRATOR)),
        lambda: record_departure(quick_hub.exchange, quick_hub.operator, analyst),
    ):
        assert refusal(act) is Code.PERMISSION_MISSING


def test_the_last_administrator_does_not_lock_its_partner_out(quick_hub: Hub, publisher: Member) -> None:
    admin, exchange = publisher.administrator(), quick_hub.exchange
    for act in (
        lambda: change_roles(exchange, admin, person_id(admin), Roles(member_roles=ANALYST)),
        lambda: record_departure(exchange, admin, person_id(admin)),
    ):
        assert refusal(act) is Code.STATE_CONFLICT
    second = publisher.person(admin, MemberRole.ADMINISTRATOR)
    record_departure(exchange, second, person_id(admin))
    assert refusal(lambda: record_departure(exchange, second, person_id(second))) is Code.STATE_CONFLICT
    assert refusal(lambda: record_departure(exchange, quick_hub.operator, person_id(second))) is Code.STATE_CONFLICT
    third = publisher.person(second, MemberRole.ADMINISTRATOR)
    assert record_departure(exchange, quick_hub.operator, person_id(second)).person.left_at == NOW
    assert refusal(lambda: record_departure(exchange, quick_hub.operator, person_id(third))) is Code.STATE_CONFLICT


def test_of_two_last_administrators_that_leave_at_once_one_stays(hub: Hub) -> None:
    member = hub.enrol("Platform A")
    first = member.administrator()
    second = member.person(first, MemberRole.ADMINISTRATOR)
    ends = at_once(
        lambda: record_departure(hub.exchange, first, person_id(second)),
        lambda: record_departure(hub.exchange, second, person_id(first)),
    )
    assert sorted(type(one).__name__ for one in ends) == ["SeenPerson", "UnauthenticatedError"], "who left acts no more"


def test_the_last_operator_stays(quick_hub: Hub) -> None:
    operator, exchange = quick_hub.operator, quick_hub.exchange
    for act in (
        lambda: record_departure(exchange, operator, person_id(operator)),
        lambda: change_roles(exchange, operator, person_id(operator), Roles(staff_roles=frozenset())),
    ):
        assert refusal(act) is Code.STATE_CONFLICT
    second = quick_hub.another_operator()
    assert record_departure(exchange, second, person_id(operator)).person.left_at == NOW
    with pytest.raises(UnauthenticatedError):
        assert quick_hub.operator


def test_staff_roles_are_taken_by_one_person_and_given_by_two(quick_hub: Hub) -> None:
    second = quick_hub.another_operator()
    wider = Roles(staff_roles=frozenset({StaffRole.OPERATOR, StaffRole.AUDITOR}))

    def change(roles: Roles) -> SeenPerson:
        return change_roles(quick_hub.exchange, quick_hub.operator, person_id(second), roles)

    assert refusal(lambda: change(wider)) is Code.APPROVAL_NEEDED
    assert change(Roles(staff_roles=frozenset())).person.staff_roles == set()
    assert change(Roles(staff_roles=frozenset())).person.staff_roles == set()


@pytest.mark.parametrize("roles", [Roles(), Roles(staff_roles=frozenset()), Roles(member_roles=ANALYST, staff_roles=frozenset())])
def test_roles_are_of_the_persons_kind(quick_hub: Hub, publisher: Member, roles: Roles) -> None:
    admin = publisher.administrator()
    with pytest.raises(MalformedInputError):
        change_roles(quick_hub.exchange, admin, person_id(admin), roles)


def test_names_of_a_partners_persons_are_for_it_and_operators(quick_hub: Hub, publisher: Member) -> None:
    admin = publisher.administrator()
    auditor = quick_hub.another_operator(StaffRole.AUDITOR)
    [seen] = list_persons(quick_hub.exchange, auditor, publisher.id)
    assert (seen.name, seen.person.person_id) == (None, person_id(admin))
    assert [one.name for one in list_persons(quick_hub.exchange, quick_hub.operator, publisher.id)] == ["Somebody"]
    assert {one.name for one in list_persons(quick_hub.exchange, auditor)} == {"Operator A", "Operator B"}
    assert refusal(lambda: list_persons(quick_hub.exchange, auditor, ABSENT)) is Code.NOT_FOUND


def test_a_partner_has_so_many_persons(quick_hub: Hub, publisher: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep_persons, "MOST_PERSONS", 2)
    admin = publisher.administrator()
    second = added(publisher, admin)
    assert refusal(lambda: added(publisher, admin)) is Code.STATE_CONFLICT
    record_departure(quick_hub.exchange, admin, second.person.person_id)
    added(publisher, admin)


def test_a_repeated_request_adds_one_person(hub: Hub) -> None:
    member = hub.enrol("Platform A")
    admin = member.administrator()
    use = key_use(admin, "persons", "key-1", b"body")
    new = NewPerson(None, "Analyst A", ANALYST)
    made = at_once(*[lambda: add_person(hub.exchange, admin, new, use)] * 3)
    assert made == [made[0]] * 3
    assert len(list_persons(hub.exchange, admin)) == 2
    leaving = key_use(admin, "departure", "key-1", b"body")
    [seen] = [one.person.person_id for one in list_persons(hub.exchange, admin) if one.person.member_roles == ANALYST]
    assert record_departure(hub.exchange, admin, seen, leaving) == record_departure(hub.exchange, admin, seen, leaving)
    with pytest.raises(NotFoundError):
        get_person(hub.exchange, admin, ABSENT)
