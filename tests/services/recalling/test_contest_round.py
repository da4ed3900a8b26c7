from __future__ import annotations

from itertools import pairwise

import pytest

from app.domain.object_vocabulary import ContestReason
from app.domain.vocabulary import Role
from app.services.recalling import contest_round
from app.services.recalling.contest import enter_contest
from app.storage import log_check
from app.storage.counter import read_order
from breakwater_client.trust.log_leaf import LeafKind
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY, NOW
from tests.factories.recalled import hold_round, notices
from tests.factories.stix_objects import indicator, report, user_account

WHY = ContestReason.OUTDATED


@pytest.fixture
def hotline(quick_hub: Hub) -> Member:
    return quick_hub.enrol("Hotline", Role.HOTLINE)


def leaves(hub: Hub) -> int:
    with hub.exchange.database.read() as connection:
        return read_order(connection).log_index


def grown(hub: Hub, hotline: Member, stix_id: str | None) -> list[int]:
    """Contest an id, or none, between looks at the log; give by how much each of one's own objects is further on in it."""
    marks = []
    for step in range(4):
        [result] = hotline.submit(indicator()).results
        marks.append(result.log_index or 0)
        if step == 0 and stix_id is not None:
            enter_contest(hub.exchange, hotline.principal, stix_id, WHY)
        if step == 1:
            hub.clock.pass_time(DAY)
        hub.work()
    return [later - before for before, later in pairwise(marks)]


def test_the_log_grows_alike_whoever_has_what_is_contested(
    quick_hub: Hub, publisher: Member, other: Member, hotline: Member
) -> None:
    account = user_account("listed")
    publisher.store(account | {"object_marking_refs": [publisher.mark_for(other)]})
    other.pull()
    grown(quick_hub, hotline, None)
    held, absent, none = (grown(quick_hub, hotline, one) for one in (account["id"], user_account("absent")["id"], None))
    assert held == absent == none
    assert held[0] == 1, "nothing is logged when a contest is entered"
    assert held[1] >= contest_round.LEAVES
    assert len(notices(publisher)) == len(notices(other)) == 1


def test_notices_beyond_a_round_wait_for_the_next(quick_hub: Hub, hotline: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contest_round, "LEAVES", 3)
    account, told = user_account("listed"), []
    for number in range(2):
        publisher, reader = (quick_hub.enrol(f"{name} {number}") for name in ("Publisher", "Reader"))
        about = report([account["id"]], object_marking_refs=[publisher.mark_for()])
        publisher.store(account | {"object_marking_refs": [publisher.mark_for(reader)]}, about)
        reader.pull()
        told += [publisher, reader]
    enter_contest(quick_hub.exchange, hotline.principal, account["id"], WHY)
    for wanted in (3, 4, 4):
        before = leaves(quick_hub)
        hold_round(quick_hub)
        assert sum(len(notices(each)) for each in told) == wanted
        assert leaves(quick_hub) - before == 3
    assert [len(notices(each)) for each in told] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("now", "wanted"),
    [(NOW, NOW.replace(hour=0, minute=30) + DAY), (NOW.replace(hour=0), NOW.replace(hour=0, minute=30))],
)
def test_a_round_is_at_half_past_midnight(now: object, wanted: object) -> None:
    assert contest_round.next_round(now) == wanted  # type: ignore[arg-type]  # both are datetimes


def test_blank_leaves_are_found_right_by_who_checks_the_log(quick_hub: Hub, publisher: Member, hotline: Member) -> None:
    account = user_account("listed")
    publisher.store(account)
    enter_contest(quick_hub.exchange, hotline.principal, account["id"], WHY)
    hold_round(quick_hub)
    with quick_hub.exchange.database.read() as connection:
        blank = list(log_check.all_statements(connection, LeafKind.BLANK))
    assert len(blank) == contest_round.LEAVES - 1
