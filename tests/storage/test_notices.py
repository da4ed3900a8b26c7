from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.object_vocabulary import HeldBasis, RecallAct, RecallOutcome, RecallReason
from app.domain.recall import Addressee, Outcome, SentNotice
from app.domain.vocabulary import Harm
from app.storage import notices, recalls
from app.storage.notices import Asked, NewAnswer
from app.storage.recalls import NewRecall
from app.storage.session import Connection, Database
from tests.factories.policy_values import DAY, NOW, SECOND
from tests.storage import samples
from tests.storage.samples import OTHER_READER, OWNER, READER


@pytest.fixture
def rows(exchange: Database) -> list[int]:
    return samples.publish(exchange, [Harm.CSAM], *(samples.checked() for _ in range(3)))


def sent(connection: Connection, rows: list[int], *partner_ids: str) -> SentNotice:
    """Keep a notice, whose own row is the last of these, about the others."""
    number = recalls.add_recall(
        connection, NewRecall(f"recall-{rows[-1]}", OWNER, RecallReason.ERROR, RecallAct.DELETE, rows), NOW
    )
    one = SentNotice(rows[-1], f"recall-notice--{rows[-1]}", number, NOW, frozenset(rows[:-1]))
    addressees = [Addressee(one.version_id, each, NOW + DAY) for each in partner_ids]
    notices.add_notice(connection, one, addressees, {})
    return one


def test_a_notice_comes_back_with_whom_it_is_for(exchange: Database, rows: list[int]) -> None:
    with exchange.write() as connection:
        one = sent(connection, rows, READER)
        assert notices.find_notice(connection, one.notice_id) == one
        assert notices.find_notice(connection, "nonsense") is None
        assert notices.notices_of(connection, [one.recall_id, 99]) == {one.recall_id: [one]}
        assert [each.version_id for each in notices.called_back(connection, one)] == rows[:2]
        found = notices.find_addressee(connection, one.version_id, READER)
        assert found == Addressee(one.version_id, READER, NOW + DAY)
        assert notices.addressees_of(connection, [one.version_id]) == [found]
        assert notices.find_addressee(connection, one.version_id, OWNER) is None
        assert set(notices.log_indexes(connection, rows)) == set(rows)


def test_notices_are_listed_by_place_and_partner(exchange: Database, rows: list[int]) -> None:
    with exchange.write() as connection:
        one = sent(connection, rows, READER, OTHER_READER)
        notices.keep_answered(connection, one.version_id, READER, NOW, None)

        def listed(asked: Asked) -> list[str]:
            return [each.partner_id for _, each in notices.addressed(connection, asked)]

        everybody = sorted([READER, OTHER_READER])
        assert listed(Asked(None, only_open=False, after=(0, ""), limit=10)) == everybody
        assert listed(Asked(None, only_open=False, after=(one.version_id, everybody[0]), limit=10)) == everybody[1:]
        assert listed(Asked(None, only_open=False, after=(0, ""), limit=1)) == everybody[:1]
        assert listed(Asked(None, only_open=True, after=(0, ""), limit=10)) == [OTHER_READER]
        assert listed(Asked(READER, only_open=False, after=(0, ""), limit=10)) == [READER]


def test_a_later_answer_takes_the_place_of_what_was_said_of_a_version(exchange: Database, rows: list[int]) -> None:
    first, second, own = rows
    with exchange.write() as connection:
        sent(connection, rows, READER)
        held = Outcome(first, RecallOutcome.HELD, HeldBasis.LEGAL_CLAIM, NOW + DAY)
        answer = NewAnswer("a", own, READER, "credential", b"\0" * 32, 7, "keyid", "{}", NOW)
        notices.add_answer(connection, answer, [held, Outcome(second, RecallOutcome.NOT_HELD)], NOW)
        later = replace(answer, answer_id="b", log_index=8, keyid=None, envelope=None, made_at=None)
        notices.add_answer(connection, later, [Outcome(second, RecallOutcome.DELETED)], NOW + DAY)
        known = notices.outcomes_of(connection, [own])
        assert known == {(own, READER): [held, Outcome(second, RecallOutcome.DELETED)]}
        kept = notices.answers_to(connection, own, READER)
        assert [(one.answer_id, one.keyid, one.made_at) for one in kept] == [("a", "keyid", NOW), ("b", None, None)]


def test_who_is_late(exchange: Database, rows: list[int]) -> None:
    with exchange.write() as connection:
        one = sent(connection, rows, READER, OTHER_READER)
        due_at = NOW + DAY
        assert notices.first_due(connection, READER) == due_at
        assert notices.late_partners(connection, due_at - SECOND) == frozenset()
        assert notices.late_partners(connection, due_at) == {READER, OTHER_READER}
        notices.keep_answered(connection, one.version_id, READER, due_at + DAY, None)
        assert notices.late_partners(connection, due_at) == {OTHER_READER}
        assert notices.first_due(connection, READER) is None
