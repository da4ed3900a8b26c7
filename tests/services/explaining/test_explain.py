"""Who may ask why somebody sees something or not, and what the answer is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.permissions import Permission
from app.domain.vocabulary import Purpose, Sensitivity, StaffRole
from app.policy.clauses import Clause, Voice
from app.policy.grounds import Ground
from app.policy.telling import Told, Verdict
from app.services.explaining.explain import Explanation, PolicyQuestion, explain
from tests.factories.members import Hub, Member
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator, report

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
