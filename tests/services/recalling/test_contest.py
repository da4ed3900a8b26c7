from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.agreement import RecallTerms
from app.domain.errors import ExhaustedError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event
from app.domain.object_vocabulary import ContestOutcome, ContestReason, RecallAct, RecallKind, RecallReason
from app.domain.permissions import Permission
from app.domain.usage import QuestionKind
from app.domain.vocabulary import OverdueRecall, Role, StaffRole
from app.services import do_work
from app.services.answer_once import key_use
from app.services.intake.call_back import begin_recall
from app.services.raise_alarm import alarm_counts
from app.services.recalling import contest
from app.services.recalling.contest import enter_contest, get_contest, list_contests
from app.storage import events, questions
from app.storage.questions import Asked
from tests.factories.members import PARTNER_SCOPES, Hub, Member, as_seen_by_another_worker, at_once
from tests.factories.policy_values import DAY
from tests.factories.recalled import answer_all, hold_round, notices
from tests.factories.stix_objects import indicator, report, user_account

WHY = ContestReason.MISTAKEN_IDENTITY
ABSENT = "user-account--0d9b8f6e-3f0c-4c7e-9a55-51b2a1f6f0aa"
on_sqlite = pytest.mark.parametrize("hub", ["sqlite"], indirect=True)


@pytest.fixture
def hotline(hub: Hub) -> Member:
    return hub.enrol("Hotline", Role.HOTLINE)


@pytest.fixture
def first(hub: Hub) -> Member:
    return hub.enrol("First publisher")


@pytest.fixture
def second(hub: Hub) -> Member:
    return hub.enrol("Second publisher")


@pytest.fixture
def reader(hub: Hub) -> Member:
    return hub.enrol("Reader")


@pytest.fixture
def listed(first: Member, second: Member, reader: Member) -> str:
    """The id of an account of which two publishers state something, and one more reports; the reader had all of it."""
    account = user_account("wrongly listed", object_marking_refs=[first.mark_for(reader, second)])
    first.store(account)
    second.store(account | {"object_marking_refs": [second.mark_for(reader)]})
    about = report([account["id"]], object_marking_refs=[second.mark_for(reader)])
    second.store(about)
    reader.pull()
    stix_id: str = account["id"]
    return stix_id


def entered(hub: Hub, member: Member, stix_id: str) -> str:
    return enter_contest(hub.exchange, member.principal, stix_id, WHY).contest.contest_id


def test_one_contest_reaches_everybody_told_and_each_publisher(
    hub: Hub, first: Member, second: Member, reader: Member, listed: str
) -> None:
    hotline, stranger = hub.enrol("Hotline", Role.HOTLINE), hub.enrol("Stranger")
    entered(hub, hotline, listed)
    hold_round(hub)
    for member, ids in ((first, {listed}), (second, {listed})):
        own = [one for one in notices(member) if one.recall.owner_id == member.id]
        assert {each.stix_id for one in own for each in one.versions} >= ids
    told = notices(reader)
    assert {one.recall.owner_id for one in told} == {first.id, second.id}
    assert {each.stix_id.split("--")[0] for one in told for each in one.versions} == {"user-account", "report"}
    for one in told:
        assert (one.recall.kind, one.recall.reason, one.recall.act) == (
            RecallKind.CONTEST,
            RecallReason.CONTESTED,
            RecallAct.REVIEW,
        )
        [notice] = reader.look_up(one.sent.notice_id)
        assert (notice["reason"], notice["act"]) == ("contested", "review")
    assert notices(stranger) == notices(hotline) == []
    assert reader.look_up(listed), "nothing is withdrawn"
    with hub.exchange.database.read() as connection:
        kept = [one for _, one in events.events(connection, 0, 1_000) if one.event is Event.CONTEST_ENTER]
        asked = questions.questions_about(connection, listed, Asked(), 10)
    assert [(one.partner_id, one.code) for one in kept] == [(hotline.id, WHY)]
    assert (hotline.id, QuestionKind.CONTEST) in [(one.partner_id, one.kind) for one in asked]


@on_sqlite
def test_whoever_entered_it_is_told_late_and_in_bands_and_staff_exactly(
    hub: Hub, hotline: Member, first: Member, reader: Member, listed: str
) -> None:
    contest_id = entered(hub, hotline, listed)
    hold_round(hub)
    answer_all(hub, first, ContestOutcome.CORRECTED)
    answer_all(hub, reader, ContestOutcome.KEPT)
    assert get_contest(hub.exchange, hotline.principal, contest_id).counts is None
    exactly = {"corrected": "1", "kept": "1", "not-held": "0", "unanswered": "1"}
    for role in StaffRole:
        assert get_contest(hub.exchange, hub.another_operator(role), contest_id).counts == exactly
    hub.clock.pass_time(14 * DAY)
    bands = dict.fromkeys(exactly, contest.TOO_FEW)
    assert get_contest(hub.exchange, hotline.principal, contest_id).counts == bands
    assert [one.counts for one in list_contests(hub.exchange, hotline.principal)] == [bands]


@on_sqlite
def test_a_contest_of_what_nobody_holds_is_answered_alike(hub: Hub, hotline: Member, listed: str) -> None:
    held, absent = (enter_contest(hub.exchange, hotline.principal, one, WHY) for one in (listed, ABSENT))
    assert (held.counts, held.contest.reported_at) == (absent.counts, absent.contest.reported_at)
    hold_round(hub)
    hub.clock.pass_time(14 * DAY)
    counts = {str(one.counts) for one in list_contests(hub.exchange, hotline.principal)}
    assert len(counts) == 1


@on_sqlite
def test_nobody_loses_access_over_a_contest(hub: Hub, hotline: Member, reader: Member, listed: str) -> None:
    reader.agree(recall=RecallTerms(24, OverdueRecall.LOSE_ACCESS))
    entered(hub, hotline, listed)
    hold_round(hub)
    assert {one.if_overdue for one in notices(reader)} == {OverdueRecall.ALARM}
    hub.clock.pass_time(3 * DAY)
    hub.work()
    assert reader.look_up(listed)


@on_sqlite
def test_who_may_enter_one_and_how_many(
    hub: Hub, hotline: Member, first: Member, listed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesser = hotline.principal_with(scopes=PARTNER_SCOPES - {Permission.CONTESTS_ENTER})
    for principal in (first.principal, lesser, hub.another_operator(StaffRole.AUDITOR)):
        with pytest.raises(ForbiddenError):
            enter_contest(hub.exchange, principal, listed, WHY)
    with pytest.raises(MalformedInputError):
        entered(hub, hotline, "somebody@example.org")
    monkeypatch.setattr(contest, "MOST_A_DAY", 2)
    use = key_use(hotline.principal, "contests", "key-1", b"body")
    made = [enter_contest(hub.exchange, hotline.principal, listed, WHY, use).contest.contest_id for _ in range(3)]
    assert len(set(made)) == 1
    entered(hub, hotline, ABSENT)
    for stix_id in (listed, ABSENT):
        with pytest.raises(ExhaustedError):
            entered(hub, hotline, stix_id)
    enter_contest(hub.exchange, hub.operator, listed, WHY)
    hub.clock.pass_time(DAY)
    entered(hub, hotline, listed)


@on_sqlite
def test_only_who_entered_it_and_staff_see_it(hub: Hub, hotline: Member, first: Member, listed: str) -> None:
    contest_id = entered(hub, hotline, listed)
    another = hub.enrol("Another hotline", Role.HOTLINE)
    for member in (first, another):
        with pytest.raises(NotFoundError):
            get_contest(hub.exchange, member.principal, contest_id)
        assert list_contests(hub.exchange, member.principal) == []
    with pytest.raises(NotFoundError):
        get_contest(hub.exchange, hub.operator, "nonsense")
    lesser = hotline.principal_with(scopes=PARTNER_SCOPES - {Permission.CONTESTS_ENTER})
    with pytest.raises(ForbiddenError):
        list_contests(hub.exchange, lesser)


def test_what_whoever_entered_it_adds_moves_no_band(quick_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attack: the hotline states it too, so that with it one partner more moves the count over an edge, here of seven."""
    monkeypatch.setattr(contest, "_BANDS", ((7, "7-or-more"), (5, "5-to-6"), (0, "0-to-4")))
    hotline, agency = quick_hub.enrol("Hotline", Role.HOTLINE), quick_hub.enrol("Agency")
    publishers = [quick_hub.enrol(f"Publisher {number}") for number in range(5)]
    counts = []
    for name, hidden_with_agency in (("held", True), ("not held", False)):
        account = user_account(name)
        for each in publishers:
            each.store(account | {"object_marking_refs": [each.mark_for()]})
        planted = account | {"object_marking_refs": [hotline.mark_for(*publishers[:3], agency)]}
        hotline.store(planted)
        for each in publishers[:3]:
            each.pull()
        if hidden_with_agency:
            agency.store(account | {"object_marking_refs": [agency.mark_for()]})
        counts.append(entered(quick_hub, hotline, account["id"]))
    quick_hub.work()
    quick_hub.clock.pass_time(14 * DAY)
    quick_hub.work()
    held, not_held = (get_contest(quick_hub.exchange, hotline.principal, one).counts or {} for one in counts)
    assert (held["corrected"], not_held["unanswered"]) == ("0-to-4", "5-to-6")
    assert held == not_held


def test_of_few_publishers_no_counts_are_told(quick_hub: Hub) -> None:
    hotline, account = quick_hub.enrol("Hotline", Role.HOTLINE), user_account("x")
    for number in range(5):
        publisher = quick_hub.enrol(f"Publisher {number}")
        publisher.store(account | {"object_marking_refs": [publisher.mark_for()]})
        quick_hub.work()
        entered(quick_hub, hotline, account["id"])
        quick_hub.work()
        quick_hub.clock.pass_time(14 * DAY)
        quick_hub.work()
    told = [(one.counts or {})["unanswered"] for one in list_contests(quick_hub.exchange, hotline.principal)]
    assert sorted(told) == ["5-to-19", *[contest.TOO_FEW] * 4]


def test_an_open_contest_is_joined_and_asks_nobody_once_more(quick_hub: Hub) -> None:
    hotline, another = (quick_hub.enrol(name, Role.HOTLINE) for name in ("Hotline", "Another"))
    publisher, account = quick_hub.enrol("Publisher"), user_account("x")
    publisher.store(account | {"object_marking_refs": [publisher.mark_for()]})
    ids = []
    for each in (hotline, another, hotline):
        made = enter_contest(quick_hub.exchange, each.principal, account["id"], WHY)
        assert (made.counts, made.contest.reported_at) == (None, quick_hub.clock.now + 14 * DAY)
        ids.append(made.contest.contest_id)
        hold_round(quick_hub)
    assert len(set(ids)) == 3
    assert len(notices(publisher)) == 1
    assert {str(get_contest(quick_hub.exchange, quick_hub.operator, one).counts) for one in ids} == {
        str({"corrected": "0", "kept": "0", "not-held": "0", "unanswered": "1"})
    }
    quick_hub.clock.pass_time(14 * DAY)
    entered(quick_hub, another, account["id"])
    hold_round(quick_hub)
    assert len(notices(publisher)) == 2


def test_what_is_no_observable_is_contested_alone_and_a_wide_one_in_part(quick_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contest, "MOST_VERSIONS", 2)
    publisher, one = quick_hub.enrol("Publisher"), indicator()
    account = user_account("x")
    publisher.store(one, report([one["id"]]), account, *(report([account["id"]]) for _ in range(3)))
    for stix_id in (one["id"], account["id"]):
        enter_contest(quick_hub.exchange, quick_hub.operator, stix_id, WHY)
    hold_round(quick_hub)
    asked = [[each.stix_id.partition("--")[0] for each in record.versions] for record in notices(publisher)]
    assert sorted(asked) == [["indicator"], ["report", "report"]]
    assert alarm_counts(quick_hub.exchange, quick_hub.operator)["contest-wide"] == 1


@pytest.mark.parametrize(("count", "band"), [(0, "0-to-4"), (4, "0-to-4"), (5, "5-to-19"), (19, "5-to-19"), (20, "20-or-more")])
def test_counts_are_told_in_bands(count: int, band: str) -> None:
    assert contest._band(count) == band  # the words that outsiders see


@on_sqlite
def test_a_step_that_fails_is_done_again_once(
    hub: Hub, hotline: Member, reader: Member, listed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered(hub, hotline, listed)

    def stop(*given: Any) -> None:
        begin_recall(*given)
        raise OSError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(contest, "begin_recall", stop)
        with pytest.raises(OSError, match="killed"):
            hub.work()
    hub.clock.pass_time(timedelta(minutes=2))
    hold_round(hub)
    assert len(notices(reader)) == 2
    assert contest.spread_contest in do_work.KINDS.values()


def test_two_workers_spread_it_once(hub: Hub, hotline: Member, reader: Member, listed: str) -> None:
    entered(hub, hotline, listed)
    workers = [hub.exchange, as_seen_by_another_worker(hub.exchange)]
    try:
        for step in range(16):
            if step == 8:
                hub.clock.pass_time(DAY)
            ends = at_once(*(lambda each=each: do_work.do_next(each) for each in workers))  # type: ignore[misc]  # a default binds it
            assert all(isinstance(end, bool) for end in ends), ends
    finally:
        workers[1].database.dispose()
    assert len(notices(reader)) == 2
