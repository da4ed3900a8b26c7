from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.paging import Delivery, Mail, MailKind, MailState
from app.storage import mails
from app.storage.mails import NewMail
from app.storage.session import Database
from tests.factories.policy_values import NOW, SECOND

LEASE, NO_LEASE = timedelta(minutes=3), timedelta(seconds=-1)
MINUTE = timedelta(minutes=1)


def _add(
    database: Database, *, subject_id: str = "page", contact_id: str | None = "contact", after: timedelta = timedelta()
) -> Mail:
    with database.write() as connection:
        return mails.add_mail(connection, NewMail(MailKind.PAGE, subject_id, contact_id, NOW + after), NOW)


def _claim(database: Database, lease: timedelta = LEASE, at: timedelta = timedelta(), limit: int = 10) -> list[Mail]:
    with database.write() as connection:
        return mails.claim(connection, NOW + at, lease, limit)


def _about(database: Database, *subject_ids: str) -> list[Mail]:
    with database.read() as connection:
        return mails.mails_about(connection, subject_ids or ("page",))


def test_a_mail_waits_with_an_id_of_its_own(database: Database) -> None:
    first, second = _add(database), _add(database, contact_id=None)
    assert first.mail_id != second.mail_id
    assert sorted(_about(database), key=lambda one: one.mail_id) == sorted([first, second], key=lambda one: one.mail_id)
    assert first == Mail(first.mail_id, MailKind.PAGE, "page", "contact", NOW, NOW)


def test_what_is_due_is_claimed_longest_due_first_and_once(database: Database) -> None:
    later, sooner, not_yet = (_add(database, after=after) for after in (SECOND, timedelta(), MINUTE))
    with database.read() as connection:
        assert mails.has_due(connection, NOW)
        assert not mails.has_due(connection, NOW - SECOND)
    claimed = _claim(database, at=SECOND)
    assert claimed == [replace(one, fence=1) for one in (sooner, later)]
    assert _claim(database, at=SECOND) == []
    with database.read() as connection:
        assert not mails.has_due(connection, NOW + SECOND)
    assert [one.mail_id for one in _claim(database, at=MINUTE)] == [not_yet.mail_id]


def test_no_more_are_claimed_than_are_wanted(database: Database) -> None:
    for _ in range(5):
        _add(database)
    assert [len(_claim(database, limit=3)) for _ in range(3)] == [3, 2, 0]


def test_who_claims_at_once_gets_different_mails(exchange_at_postgres: Database) -> None:
    for _ in range(4):
        _add(exchange_at_postgres)
    with exchange_at_postgres.write() as first, exchange_at_postgres.write() as second:
        claimed = [mails.claim(one, NOW, LEASE, 2) for one in (first, second)]
    assert len({one.mail_id for some in claimed for one in some}) == 4


def test_a_mail_that_was_sent_is_sent_no_more(database: Database) -> None:
    _add(database)
    [claimed] = _claim(database)
    with database.write() as connection:
        assert mails.record_sent(connection, claimed, NOW + SECOND)
        assert not mails.record_sent(connection, claimed, NOW + SECOND)
    assert _claim(database, at=MINUTE) == []
    assert _about(database) == [replace(claimed, state=MailState.SENT, sent_at=NOW + SECOND)]


def test_a_mail_whose_lease_ran_out_is_claimed_again_with_its_id_and_the_late_one_writes_nothing(database: Database) -> None:
    _add(database)
    [late] = _claim(database, NO_LEASE)
    [claimed] = _claim(database)
    assert claimed == replace(late, fence=2)
    with database.write() as connection:
        assert not mails.record_sent(connection, late, NOW)
        assert not mails.record_failure(connection, late, Delivery.REFUSED, NOW, NOW)
        mails.drop(connection, late)
        assert mails.record_sent(connection, claimed, NOW)


@pytest.mark.parametrize("fate", [Delivery.LATER, Delivery.REFUSED, Delivery.UNREACHABLE])
def test_a_mail_that_failed_is_due_again_later_and_remembers_when_it_was_first_dead(database: Database, fate: Delivery) -> None:
    _add(database)
    first_dead = None
    for number in range(2):
        [claimed] = _claim(database, at=number * MINUTE)
        with database.write() as connection:
            assert mails.record_failure(connection, claimed, fate, NOW + (number + 1) * MINUTE, NOW + number * SECOND)
        assert _claim(database, at=(number + 1) * MINUTE - SECOND) == []
        first_dead = NOW if fate.is_dead else None
    [failed] = _about(database)
    assert (failed.failure, failed.failed_at, failed.state) == (fate, first_dead, MailState.WAITING)
    assert failed.attempts == 2


def test_a_mail_that_was_not_tried_is_free_at_once_and_the_claim_does_not_count(database: Database) -> None:
    _add(database)
    [claimed] = _claim(database)
    with database.write() as connection:
        mails.put_back(connection, claimed)
    [again] = _claim(database)
    assert (again.attempts, again.fence) == (0, 2)


def test_what_is_dropped_is_not_sent(database: Database) -> None:
    _add(database, subject_id="alarm", contact_id=None)
    _add(database)
    _add(database, contact_id="other")
    claimed = {one.subject_id: one for one in _claim(database) if one.contact_id != "other"}
    with database.write() as connection:
        mails.drop(connection, claimed["alarm"])
        mails.drop_about(connection, "page")
        assert not mails.record_sent(connection, claimed["page"], NOW)
    assert {one.state for one in _about(database, "page", "alarm")} == {MailState.DROPPED}


def test_what_goes_to_a_contact_is_dropped_with_it_and_what_was_sent_stays_sent(database: Database) -> None:
    _add(database)
    [sent] = _claim(database)
    with database.write() as connection:
        mails.record_sent(connection, sent, NOW)
    waiting, other = _add(database), _add(database, contact_id="other")
    with database.write() as connection:
        mails.drop_to(connection, "contact")
    states = {one.mail_id: one.state for one in _about(database)}
    assert states == {sent.mail_id: MailState.SENT, waiting.mail_id: MailState.DROPPED, other.mail_id: MailState.WAITING}


def test_the_newest_mail_to_each_contact_is_found(database: Database) -> None:
    _add(database)
    with database.write() as connection:
        newer = mails.add_mail(connection, NewMail(MailKind.TEST, "contact", "contact", NOW), NOW + SECOND)
    with database.read() as connection:
        assert mails.newest_to(connection, ["contact", "other"]) == {"contact": newer}
        assert mails.newest_to(connection, []) == {}
        assert mails.mails_about(connection, []) == []
