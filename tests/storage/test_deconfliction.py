"""Interests and their meetings, as they are kept."""

from __future__ import annotations

from dataclasses import replace

from app.domain.overlap import Interest, InterestKind, Meeting
from app.storage import deconfliction
from app.storage.session import Database
from tests.factories.policy_values import DAY, NOW
from tests.storage.samples import OTHER_READER, OWNER, READER


def interest(interest_id: str, partner_id: str = READER, digest: bytes = b"1", **changes: object) -> Interest:
    made = Interest(interest_id, partner_id, "e", digest, InterestKind.SAFEGUARDING, f"contact-{interest_id}", NOW + DAY, NOW)
    return replace(made, **changes)  # type: ignore[arg-type]  # of its fields


MEETING = Meeting("m", "a", READER, "b", OTHER_READER, NOW, NOW + 9 * DAY)


def test_interests_come_back_as_they_were_and_as_they_are_kept_anew(exchange: Database) -> None:
    first, others = interest("a"), interest("b", OTHER_READER)
    with exchange.write() as connection:
        deconfliction.add_interests(connection, [])
        deconfliction.add_interests(connection, [first, others])
        assert deconfliction.interests(connection, READER) == [first]
        assert deconfliction.interests_in(connection, [b"1", b"2"]) == [first, others]
        ended = replace(first, ended_at=NOW, digest=None)
        deconfliction.save_interest(connection, ended)
        assert deconfliction.interest_by_id(connection, READER, "a") == ended
        assert deconfliction.interest_by_id(connection, OTHER_READER, "a") is None
        assert deconfliction.interests_in(connection, [b"1"]) == [others]
        assert [deconfliction.count_open(connection, one, NOW) for one in (READER, OTHER_READER)] == [0, 1]
        deconfliction.add_interests(connection, [interest("c"), replace(ended, interest_id="d")])
        assert deconfliction.count_open(connection, READER, NOW) == 1


def test_a_meeting_is_both_sides_and_nobody_elses_and_is_kept_once(exchange: Database) -> None:
    with exchange.write() as connection:
        deconfliction.add_interests(connection, [interest("a"), interest("b", OTHER_READER)])
        deconfliction.add_meetings(connection, [MEETING])
        later = replace(MEETING, meeting_id="n", forget_at=NOW + 20 * DAY)
        deconfliction.add_meetings(connection, [later])
        kept = replace(MEETING, forget_at=later.forget_at)
        assert deconfliction.meetings(connection, READER) == deconfliction.meetings(connection, OTHER_READER) == [kept]
        assert deconfliction.meetings(connection, OWNER) == []
        assert deconfliction.contact_ids(connection, READER) == {"m": "contact-b"}
        assert deconfliction.contact_ids(connection, OTHER_READER) == {"m": "contact-a"}
        assert deconfliction.contact_ids(connection, OWNER) == {}


def test_what_lapses_loses_its_token_and_is_forgotten_later(exchange: Database) -> None:
    with exchange.write() as connection:
        deconfliction.add_interests(connection, [interest("a"), interest("b", OTHER_READER, until=NOW + 5 * DAY)])
        deconfliction.add_meetings(connection, [MEETING])
        assert deconfliction.end_lapsed(connection, NOW) == 0
        assert deconfliction.end_lapsed(connection, NOW + DAY) == 1
        [ended] = deconfliction.interests(connection, READER)
        assert (ended.ended_at, ended.digest) == (NOW + DAY, None)
        assert deconfliction.forget(connection, NOW + 2 * DAY, NOW + DAY) == 0
        assert deconfliction.forget(connection, NOW + 9 * DAY, NOW + 2 * DAY) == 2
        assert deconfliction.end_all_of(connection, OTHER_READER, NOW + 3 * DAY) == 1
        assert deconfliction.interests_in(connection, [b"1"]) == []
