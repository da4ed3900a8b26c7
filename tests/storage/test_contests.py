from __future__ import annotations

from dataclasses import replace

from app.domain.object_vocabulary import ContestReason
from app.domain.recall import Contest
from app.domain.vocabulary import Harm
from app.storage import contests, withdrawals
from app.storage.counter import take_order_lock
from app.storage.session import Database
from tests.factories.policy_values import DAY, NOW
from tests.storage import samples
from tests.storage.samples import OWNER, READER


def made(number: int, partner_id: str | None = READER) -> Contest:
    at = NOW + number * DAY
    return Contest(f"contest-{number}", partner_id, "credential", "url--x", ContestReason.OUTDATED, at, at + DAY)


def test_contests_come_back_newest_first_to_who_entered_them(exchange: Database) -> None:
    first, second, staffs = made(1), made(2), made(3, None)
    with exchange.write() as connection:
        for one in (first, second, staffs):
            contests.add_contest(connection, one)
        assert contests.find_contest(connection, "contest-1") == first
        assert contests.find_contest(connection, "nonsense") is None
        assert contests.contests(connection, READER, 10) == [second, first]
        assert contests.contests(connection, None, 2) == [staffs, second]
        assert contests.count_since(connection, READER, second.entered_at) == 1
        assert contests.what_was_done(connection, "contest-1", None) == {}
        assert contests.count_publishers(connection, "contest-1", OWNER) == 0
        twin = replace(second, contest_id="contest-2b")
        contests.add_contest(connection, twin)
        assert [contests.contests(connection, READER, 10, one) for one in (second, twin)] == [[twin, first], [first]]


def test_the_open_contest_of_an_id_is_the_first_that_joined_none(exchange: Database) -> None:
    first, second = made(1), replace(made(1), contest_id="second", joins_id="contest-1")
    with exchange.write() as connection:
        for one in (second, first):
            contests.add_contest(connection, one)
        at = first.entered_at
        assert contests.open_contest(connection, "url--x", at) == "contest-1"
        assert contests.open_contest(connection, "url--y", at) is None
        assert contests.open_contest(connection, "url--x", first.reported_at) is None


def test_what_stands_under_an_id_is_contested_unless_it_is_withdrawn(exchange: Database) -> None:
    first, second = samples.checked(), samples.checked()
    rows = samples.publish(exchange, [Harm.CSAM], first, second)
    with exchange.write() as connection:
        found = contests.contested_versions(connection, first.facts.stix_id, 9, with_referring=True)
        assert found == {OWNER: [rows[0]]}
        assert contests.contested_versions(connection, first.facts.stix_id, 0, with_referring=False) == {}
        withdrawals.end_versions(connection, take_order_lock(connection), [rows[0]], NOW)
        assert contests.contested_versions(connection, first.facts.stix_id, 9, with_referring=True) == {}
