"""Who may ask why somebody sees something or not, and what the answer is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from app.domain.errors import ForbiddenError, MalformedInputError, NotFoundError
from app.domain.permissions import Permission
from app.domain.vocabulary import Purpose, Sensitivity, StaffRole
from app.policy.clauses import Clause, Voice
from app.policy.grounds import Ground
from app.policy.telling import Told, Verdict
from app.services.explaining.explain import Explanation, PolicyQuestion, explain
from app.services.explaining.who_sees import who_sees
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.storage.tables import history_start
from tests.factories.erasures import erase
from tests.factories.members import Hub, Member
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator, newer, report

HOUR = timedelta(hours=1)
LATER = NOW + HOUR
ABSENT = "indicator--00000000-0000-4000-8000-000000000000"


def ask(stix_id: str, reader: Member, purpose: Purpose = Purpose.DETECTION) -> PolicyQuestion:
    return PolicyQuestion(stix_id, reader.id, purpose)


def staffs(hub: Hub, stix_id: str, reader: Member) -> Explanation:
    [answer] = explain(hub.exchange, hub.operator, ask(stix_id, reader))
    return answer


def owners(owner: Member, stix_id: str, reader: Member) -> Explanation:
    [answer] = explain(owner.hub.exchange, owner.principal, ask(stix_id, reader))
    return answer


def test_what_a_partner_sees_is_told_with_its_ground_and_time(hub: Hub) -> None:
    publisher, other = hub.enrol("Platform A"), hub.enrol("Platform B")
    value = indicator()
    publisher.store(value)
    answer = staffs(hub, value["id"], other)
    assert (answer.owner_id, answer.version, answer.told) == (
        publisher.id,
        value["modified"],
        Told(Verdict.SEEN, ground=Ground.KIND),
    )
    assert answer.added_at is not None
    assert answer.since == answer.added_at
    assert staffs(hub, value["id"], publisher).told.ground is Ground.OWN


def test_what_was_gained_late_counts_from_when_it_was_given(hub: Hub) -> None:
    publisher, other = hub.enrol("Platform A"), hub.enrol("Platform B")
    value = indicator()
    publisher.store(value)
    other.agree(sensitivities=frozenset({Sensitivity.AGGREGATE}))
    other.page(of=other.reader(channel=PolicyQuestion("", "", Purpose.DETECTION).channel))
    assert staffs(hub, value["id"], other).since is None
    hub.clock.pass_time(HOUR)
    other.agree()
    seen = staffs(hub, value["id"], other)
    assert (seen.told.verdict, seen.since) == (Verdict.SEEN, None)  # it comes with the next look
    other.page(of=other.reader(channel=PolicyQuestion("", "", Purpose.DETECTION).channel))
    given = staffs(hub, value["id"], other)
    assert given.added_at is not None
    assert given.since is not None
    assert given.since >= NOW + HOUR > given.added_at


def test_a_later_object_counts_from_its_own_place_for_who_looked_before(hub: Hub) -> None:
    publisher, other = hub.enrol("Platform A"), hub.enrol("Platform B")
    publisher.store(indicator())
    other.page(of=other.reader(channel=PolicyQuestion("", "", Purpose.DETECTION).channel))
    value = indicator() | {"object_marking_refs": [publisher.mark_for(other)]}
    publisher.store(value)
    answer = staffs(hub, value["id"], other)
    assert (answer.told.ground, answer.since) == (Ground.NAMED, answer.added_at)


def test_the_voice_and_the_clause_are_named_with_the_agreement(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value | {"object_marking_refs": [publisher.mark_for(publisher)]})
    told = staffs(quick_hub, value["id"], other).told
    assert told == Told(Verdict.HIDDEN, Voice.PUBLISHER, Clause.AUDIENCE_DOES_NOT_ADMIT, agreement_version=1)


def test_an_auditor_is_told_as_an_operator(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    auditor = quick_hub.another_operator(StaffRole.AUDITOR)
    assert explain(quick_hub.exchange, auditor, ask(value["id"], other)) == [staffs(quick_hub, value["id"], other)]


def test_an_embargo_is_a_matter_of_time_and_not_the_owners(quick_hub: Hub, publisher: Member, other: Member) -> None:
    marking = publisher.mark(publisher.everybody, release_at=LATER.strftime("%Y-%m-%dT%H:%M:%SZ"))
    value = indicator()
    publisher.store(value | {"object_marking_refs": [marking]})
    answer = staffs(quick_hub, value["id"], other)
    assert (answer.told.verdict, answer.release_at, answer.added_at) == (Verdict.EMBARGOED, LATER, None)
    assert staffs(quick_hub, value["id"], publisher).told.verdict is Verdict.SEEN


def test_what_expired_is_out_of_time_for_everybody(quick_hub: Hub, publisher: Member) -> None:
    marking = publisher.mark(publisher.everybody, expires_at=LATER.strftime("%Y-%m-%dT%H:%M:%SZ"))
    value = indicator()
    publisher.store(value | {"object_marking_refs": [marking]})
    quick_hub.clock.pass_time(HOUR)
    answer = staffs(quick_hub, value["id"], publisher)
    assert (answer.told.verdict, answer.expires_at) == (Verdict.EXPIRED, LATER)


def test_an_owner_asks_about_its_own_objects_only(quick_hub: Hub, publisher: Member, other: Member) -> None:
    other.agree(is_listed=True)
    value = indicator()
    publisher.store(value)
    other.store(indicator(id=value["id"], name="The other's statement"))
    assert owners(publisher, value["id"], other).owner_id == publisher.id
    assert len(explain(quick_hub.exchange, quick_hub.operator, ask(value["id"], other))) == 2


def test_an_owner_is_told_when_its_object_was_added_and_not_since_when_another_has_it(publisher: Member, other: Member) -> None:
    other.agree(is_listed=True)
    value = indicator()
    publisher.store(value)
    answer = owners(publisher, value["id"], other)
    assert answer.added_at is not None
    assert answer.since is None
    assert owners(publisher, value["id"], publisher).since is not None


def test_an_owner_learns_of_a_readers_agreement_no_more_than_that_it_objects(publisher: Member, other: Member) -> None:
    other.agree(is_listed=True, sensitivities=frozenset({Sensitivity.AGGREGATE}))
    value = indicator()
    publisher.store(value)
    assert owners(publisher, value["id"], other).told == Told(Verdict.HIDDEN, Voice.AGREEMENT)


def test_what_an_owner_refers_to_is_told_as_something_it_depends_on(quick_hub: Hub, publisher: Member, other: Member) -> None:
    third = quick_hub.enrol("Platform C")
    other.agree(is_listed=True)
    narrow = indicator() | {"object_marking_refs": [third.mark_for(publisher)]}
    wide = indicator()
    third.store(narrow, wide)
    hidden, open_ = report([narrow["id"]]), report([wide["id"]])
    publisher.store(hidden, open_)
    told = [owners(publisher, one["id"], other).told.verdict for one in (hidden, open_)]
    assert told == [Verdict.DEPENDS, Verdict.DEPENDS]
    assert [staffs(quick_hub, one["id"], other).told.verdict for one in (hidden, open_)] == [Verdict.HIDDEN, Verdict.SEEN]


def test_anothers_object_and_an_unknown_one_are_answered_alike(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    for stix_id in (value["id"], ABSENT):
        with pytest.raises(NotFoundError):
            explain(quick_hub.exchange, other.principal, ask(stix_id, other))


def test_a_member_that_is_not_listed_is_as_nobody_to_an_owner(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value | {"object_marking_refs": [publisher.mark_for(other)]})
    for partner_id in (other.id, "00000000-0000-4000-8000-000000000000"):
        with pytest.raises(NotFoundError):
            explain(quick_hub.exchange, publisher.principal, PolicyQuestion(value["id"], partner_id, Purpose.DETECTION))


def test_an_unknown_partner_is_not_found(quick_hub: Hub, publisher: Member) -> None:
    value = indicator()
    publisher.store(value)
    with pytest.raises(NotFoundError):
        explain(quick_hub.exchange, quick_hub.operator, PolicyQuestion(value["id"], "nobody", Purpose.DETECTION))


def test_without_the_right_nobody_asks(quick_hub: Hub, publisher: Member) -> None:
    bare = publisher.principal_with(scopes=frozenset({Permission.OBJECTS_READ}))
    with pytest.raises(ForbiddenError):
        explain(quick_hub.exchange, bare, ask("indicator--1", publisher))


def asked_at(stix_id: str, reader: Member, at: datetime) -> PolicyQuestion:
    return replace(ask(stix_id, reader), at=at)


def test_an_instant_of_the_past_is_answered_as_everything_stood_then(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    quick_hub.clock.pass_time(HOUR)
    publisher.store(newer(value))
    other.agree(is_listed=True, purposes=frozenset({Purpose.AUDIT}))
    quick_hub.clock.pass_time(HOUR)
    withdraw(quick_hub.exchange, publisher.principal, WithdrawalRequest(value["id"]))
    then, later = (
        explain(quick_hub.exchange, quick_hub.operator, asked_at(value["id"], other, NOW + hours))[0]
        for hours in (HOUR / 2, HOUR)
    )
    assert (then.version, then.told, then.since) == (value["modified"], Told(Verdict.SEEN, ground=Ground.KIND), None)
    assert later.version == newer(value)["modified"]
    assert later.told == Told(Verdict.HIDDEN, Voice.AGREEMENT, Clause.PURPOSE_NOT_AGREED, agreement_version=2)
    with pytest.raises(NotFoundError):
        explain(quick_hub.exchange, quick_hub.operator, asked_at(value["id"], other, NOW - HOUR))


def test_an_embargo_of_the_past_hides_from_all_but_its_owner(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value | {"object_marking_refs": [publisher.mark(publisher.everybody, release_at="2026-03-01T13:00:00Z")]})
    quick_hub.clock.pass_time(2 * HOUR)
    quick_hub.work()
    asked = [asked_at(value["id"], reader, NOW) for reader in (other, publisher)]
    told = [explain(quick_hub.exchange, quick_hub.operator, one)[0] for one in asked]
    assert [one.told.verdict for one in told] == [Verdict.EMBARGOED, Verdict.SEEN]
    assert told[0].added_at is None
    assert staffs(quick_hub, value["id"], other).told.verdict is Verdict.SEEN


def test_an_owner_asks_about_the_past_of_members_that_were_listed_then(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    quick_hub.clock.pass_time(HOUR)
    other.agree(is_listed=True, sensitivities=frozenset({Sensitivity.AGGREGATE}))
    with pytest.raises(NotFoundError):
        explain(quick_hub.exchange, publisher.principal, asked_at(value["id"], other, NOW))
    [then] = explain(quick_hub.exchange, publisher.principal, asked_at(value["id"], other, NOW + HOUR))
    assert then.told == Told(Verdict.HIDDEN, Voice.AGREEMENT)
    assert explain(quick_hub.exchange, publisher.principal, asked_at(value["id"], publisher, NOW))[0].told.ground is Ground.OWN
    with pytest.raises(NotFoundError):
        explain(quick_hub.exchange, other.principal, asked_at(value["id"], other, NOW))


def test_what_is_to_come_and_what_was_not_kept_is_refused(quick_hub: Hub, publisher: Member) -> None:
    value = indicator()
    publisher.store(value)
    with quick_hub.exchange.database.write() as connection:
        connection.execute(insert(history_start).values(since=NOW))
    explain(quick_hub.exchange, quick_hub.operator, asked_at(value["id"], publisher, NOW))
    for at, sentence in ((LATER, "still to come"), (NOW - timedelta(microseconds=1), "The past is kept since 2026")):
        with pytest.raises(MalformedInputError, match=sentence) as caught:
            explain(quick_hub.exchange, quick_hub.operator, asked_at(value["id"], publisher, at))
        assert caught.value.pointer == "/at"


def test_what_was_withdrawn_is_told_so_to_staff_and_its_owner(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    quick_hub.clock.pass_time(HOUR)
    withdraw(quick_hub.exchange, publisher.principal, WithdrawalRequest(value["id"]))
    for asked in (ask(value["id"], publisher), asked_at(value["id"], publisher, quick_hub.clock.now)):
        for principal in (quick_hub.operator, publisher.principal):
            [answer] = explain(quick_hub.exchange, principal, asked)
            assert (answer.told.verdict, answer.version, answer.expires_at) == (Verdict.WITHDRAWN, value["modified"], LATER)
        with pytest.raises(NotFoundError):
            explain(quick_hub.exchange, other.principal, replace(asked, partner_id=other.id))
    [readers] = who_sees(quick_hub.exchange, quick_hub.operator, value["id"])
    assert {told.verdict for one in readers.readers.listed for told in one.told.values()} <= {Verdict.WITHDRAWN, Verdict.HIDDEN}
    assert explain(quick_hub.exchange, quick_hub.operator, asked_at(value["id"], other, NOW))[0].told.verdict is Verdict.SEEN


def test_what_was_erased_is_withdrawn_while_its_row_is_kept(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    other.page()
    erase(publisher, value["id"])
    assert owners(publisher, value["id"], publisher).told.verdict is Verdict.WITHDRAWN
    assert staffs(quick_hub, value["id"], other).told.verdict is Verdict.WITHDRAWN
    with pytest.raises(NotFoundError):
        explain(quick_hub.exchange, other.principal, ask(value["id"], other))
