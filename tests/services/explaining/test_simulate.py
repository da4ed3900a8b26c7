"""What a simulation says, and that it leaves nothing behind. That it comes true is a promise of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.errors import Code, ExhaustedError, ForbiddenError, NotFoundError
from app.domain.handling import Audience
from app.domain.permissions import Permission
from app.domain.vocabulary import ANY, Assurance, Channel, MemberRole, Purpose, Role, Sensitivity
from app.policy.clauses import Clause, Voice
from app.policy.grounds import Ground
from app.policy.telling import Told, Verdict
from app.services.explaining.handling_to_be import INLINE, HandlingToBe
from app.services.explaining.simulate import Reach, Simulated, SimulationRequest, simulate
from app.storage.tables import metadata
from breakwater_client.submission import ResultStatus
from tests.factories.groups import make_group
from tests.factories.members import Hub, Member
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator, marking, newer, report, user_account

EVERYBODY = Audience(INLINE, "", frozenset({ANY}), frozenset({ANY}))


def ask(member: Member, **request: Any) -> list[Simulated]:
    request.setdefault("channel", Channel.PORTAL)
    return simulate(member.hub.exchange, member.principal, SimulationRequest(**request))


def reach(simulated: Simulated) -> Reach:
    assert simulated.refusal is None, simulated.refusal
    assert simulated.reach is not None
    return simulated.reach


def verdicts(simulated: Simulated, purpose: Purpose = Purpose.DETECTION) -> dict[str, Told]:
    return {one.partner_id: one.told[purpose] for one in reach(simulated).readers.listed}


def rows(hub: Hub) -> dict[str, list[Any]]:
    with hub.exchange.database.read() as connection:
        return {
            name: sorted(map(repr, connection.execute(select(table))))
            for name, table in metadata.tables.items()
            if name != "question"
        }


@pytest.fixture
def reader(other: Member) -> Member:
    other.agree(is_listed=True)
    return other


def test_a_handling_reaches_listed_members_by_name(publisher: Member, reader: Member) -> None:
    [seen] = ask(publisher, handling=HandlingToBe())
    assert verdicts(seen) == {reader.id: Told(Verdict.SEEN, ground=Ground.KIND)}
    named = Audience(INLINE, "", partners_in=frozenset({reader.id}))
    [identifying] = ask(publisher, handling=HandlingToBe(sensitivity=Sensitivity.IDENTIFYING, audience=named))
    assert verdicts(identifying) == {reader.id: Told(Verdict.SEEN, ground=Ground.NAMED)}
    [hidden] = ask(publisher, handling=HandlingToBe(sensitivity=Sensitivity.IDENTIFYING))
    assert verdicts(hidden)[reader.id].clause is Clause.IDENTIFYING_NOT_NAMED


def test_of_a_readers_agreement_it_says_only_that_it_objects(publisher: Member, reader: Member) -> None:
    reader.agree(is_listed=True, purposes=frozenset({Purpose.INVESTIGATION}))
    [one] = ask(publisher, handling=HandlingToBe())
    assert verdicts(one) == {reader.id: Told(Verdict.HIDDEN, Voice.AGREEMENT)}
    assert verdicts(one, Purpose.INVESTIGATION)[reader.id].verdict is Verdict.SEEN


def test_unlisted_members_are_counted_and_never_named(quick_hub: Hub, publisher: Member) -> None:
    hotlines = [quick_hub.enrol(f"Hotline {number}", Role.HOTLINE) for number in range(10)]
    for audience in (
        EVERYBODY,
        replace(EVERYBODY, partners_out=frozenset({hotlines[0].id})),
    ):
        [one] = ask(publisher, handling=HandlingToBe(audience=audience))
        assert reach(one).readers.listed == ()
        assert set((reach(one).readers.unlisted or {}).values()) == {10}
    [alone] = ask(publisher, handling=HandlingToBe(audience=Audience(INLINE, "", partners_in=frozenset({hotlines[0].id}))))
    assert set((reach(alone).readers.unlisted or {}).values()) == {0}


def test_objects_go_the_way_of_a_submission(quick_hub: Hub, publisher: Member, reader: Member) -> None:
    third = quick_hub.enrol("Platform C")
    theirs, stored = indicator(), indicator()
    third.store(theirs)
    publisher.store(stored)
    mark = marking(publisher.add_audience(partners_in=[publisher.id]))
    kept_to_itself = indicator(object_marking_refs=[mark["id"]])
    about = report([theirs["id"], kept_to_itself["id"]])
    broken = indicator(pattern="[")
    values = [mark, kept_to_itself, about, broken, publisher.sign(stored), indicator(), 5]
    told = ask(publisher, objects=values)
    assert [one.result and one.result.status for one in told] == [
        *[ResultStatus.STORED] * 3,
        ResultStatus.REFUSED,
        ResultStatus.ALREADY_STORED,
        ResultStatus.STORED,
        ResultStatus.REFUSED,
    ]
    assert [one.reach is None for one in told] == [False, False, False, True, True, False, True]
    assert verdicts(told[1])[reader.id].clause is Clause.AUDIENCE_DOES_NOT_ADMIT
    assert verdicts(told[2])[reader.id].verdict is Verdict.HIDDEN  # its own other object decides
    assert (reach(told[2]).depends, reach(told[5]).depends) == (True, False)
    assert verdicts(told[5])[reader.id].verdict is Verdict.SEEN
    assert told[2].result is not None
    assert told[2].result.narrowed_by == tuple(sorted((theirs["id"], kept_to_itself["id"])))


def test_a_newer_version_of_what_was_signed_is_taken_if_it_will_be_signed_too(quick_hub: Hub, publisher: Member) -> None:
    value = indicator()
    publisher.store(value)
    quick_hub.clock.pass_time(timedelta(days=1))
    for known in ({}, {"will_be_signed": True}):
        [signed] = ask(publisher, objects=[newer(value)], **known)
        assert reach(signed).readers
        publisher.agree(write={"assurances": frozenset(Assurance)})
    [unsigned] = ask(publisher, objects=[newer(value)])
    assert unsigned.refusal is not None
    assert unsigned.refusal.code is Code.SIGNATURE_MISSING


def test_what_refers_to_others_objects_depends_on_them_and_no_more_is_told(
    quick_hub: Hub, publisher: Member, reader: Member
) -> None:
    third = quick_hub.enrol("Platform C")
    narrow, wide = indicator(object_marking_refs=[third.mark_for(publisher)]), indicator()
    third.store(narrow, wide)
    told = [verdicts(ask(publisher, objects=[report([one["id"]])])[0]) for one in (narrow, wide)]
    assert told[0] == told[1] == {reader.id: Told(Verdict.DEPENDS, ground=Ground.KIND)}


def test_in_a_group_it_reaches_the_groups_readers(quick_hub: Hub, publisher: Member, reader: Member) -> None:
    quick_hub.enrol("Platform C").agree(is_listed=True)
    group_id = make_group(quick_hub, publisher, readers=[reader], title="One")
    for asked in ({"handling": HandlingToBe()}, {"objects": [indicator()]}):
        [one] = ask(publisher, group_id=group_id, **asked)
        assert [told.verdict for told in verdicts(one).values()].count(Verdict.SEEN) == 1
        assert verdicts(one)[reader.id].ground is Ground.GROUP
    with pytest.raises(NotFoundError):
        ask(reader, group_id="00000000-0000-4000-8000-000000000000", handling=HandlingToBe())
    nobody = HandlingToBe(audience=Audience(INLINE, ""))
    [refused] = ask(publisher, group_id=group_id, handling=nobody)
    assert refused.refusal is not None
    assert refused.refusal.code is Code.GROUP_EXCLUDED


def test_embargo_and_end_are_told(publisher: Member, reader: Member) -> None:
    release_at, expires_at = NOW + timedelta(days=1), NOW + timedelta(days=9)
    [one] = ask(publisher, handling=HandlingToBe(release_at=release_at, expires_at=expires_at))
    assert (reach(one).release_at, reach(one).expires_at) == (release_at, expires_at)
    assert verdicts(one)[reader.id].verdict is Verdict.SEEN


def test_anothers_object_passed_on_tells_nothing_of_its_readers(publisher: Member, reader: Member) -> None:
    publisher.agree(write={"passes_on": frozenset({ANY})})
    [one] = ask(publisher, objects=[reader.sign(indicator())])
    assert one.result is not None
    assert (one.result.status, one.reach) == (ResultStatus.STORED, None)


def test_nothing_is_written_but_that_it_was_asked(quick_hub: Hub, publisher: Member, reader: Member) -> None:
    theirs = indicator()
    reader.store(theirs)
    mark = marking(publisher.everybody)
    before = rows(quick_hub)
    ask(publisher, objects=[mark, indicator(object_marking_refs=[mark["id"]]), report([theirs["id"]]), indicator(pattern="[")])
    ask(publisher, handling=HandlingToBe())
    assert rows(quick_hub) == before


def test_prohibited_material_rings_the_alarm_as_in_a_submission(quick_hub: Hub, publisher: Member) -> None:
    ask(publisher, objects=[indicator(description="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgA")])
    found = rows(quick_hub)
    assert len(found["alarm"]) == 1
    assert "content-forbidden" in found["alarm"][0]


def test_a_reference_to_an_observable_is_a_question_about_it(quick_hub: Hub, publisher: Member, reader: Member) -> None:
    own, theirs = user_account("own"), user_account("theirs")
    with quick_hub.exchange.database.read() as connection:
        question = metadata.tables["question"]
        asked = select(question.c.kind)
        assert list(connection.execute(asked)) == []
    ask(publisher, objects=[own, report([own["id"], theirs["id"]])])
    assert reader
    with quick_hub.exchange.database.read() as connection:
        assert sorted(connection.execute(asked).scalars()) == ["observable", "simulation"]


def test_there_are_only_so_many_a_day(quick_hub: Hub, publisher: Member) -> None:
    few = replace(quick_hub.exchange.budgets, simulations_per_day=2)
    quick_hub.exchange = replace(quick_hub.exchange, budgets=few)
    for _ in range(2):
        ask(publisher, handling=HandlingToBe())
    with pytest.raises(ExhaustedError):
        ask(publisher, handling=HandlingToBe())
    quick_hub.clock.pass_time(timedelta(days=1))
    ask(publisher, handling=HandlingToBe())


def test_who_may_not_submit_asks_about_handlings_alone(quick_hub: Hub, publisher: Member) -> None:
    reading = publisher.person(publisher.administrator(), MemberRole.READ_ONLY)
    assert simulate(quick_hub.exchange, reading, SimulationRequest(HandlingToBe()))
    bare = publisher.principal_with(scopes=frozenset({Permission.OBJECTS_SUBMIT}))
    for principal, request in (
        (reading, SimulationRequest(objects=[indicator()])),
        (bare, SimulationRequest(HandlingToBe())),
        (quick_hub.operator, SimulationRequest(HandlingToBe())),
    ):
        with pytest.raises(ForbiddenError):
            simulate(quick_hub.exchange, principal, request)
