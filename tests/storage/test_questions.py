from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from app.domain.partner import Person
from app.domain.usage import Question, QuestionKind
from app.domain.vocabulary import StaffRole
from app.storage import credentials, members, questions
from app.storage.questions import Asked
from app.storage.session import Database
from tests.factories.policy_values import DAY, NOW, SECOND, credential
from tests.storage.samples import OTHER_READER, READER

LISTED = "email-addr--0b8f7f8e-5a35-5b1c-9d68-0a7e8a2f4b11"
OTHER = "email-addr--1b8f7f8e-5a35-5b1c-9d68-0a7e8a2f4b11"
ASKED = Question(READER, "credential-1", QuestionKind.OBSERVABLE, "detection", "rest", NOW)
SIMULATED = Question(OTHER_READER, "credential-2", QuestionKind.SIMULATION, None, "rest", NOW + DAY)


@pytest.fixture
def asked(exchange: Database) -> Database:
    """Three questions: two about two ids at once, then one of another partner and kind."""
    with exchange.write() as connection:
        questions.add_questions(connection, ASKED, [LISTED, OTHER])
        questions.add_questions(connection, SIMULATED, [LISTED])
    return exchange


@pytest.mark.parametrize(
    ("which", "numbers"),
    [
        (Asked(), [1, 2, 3]),
        (Asked(partner_id=READER), [1, 2]),
        (Asked(kind=QuestionKind.SIMULATION), [3]),
        (Asked(since=NOW + SECOND), [3]),
        (Asked(until=NOW + DAY), [1, 2]),
        (Asked(after=1), [2, 3]),
    ],
)
def test_questions_are_listed_as_they_were_asked(asked: Database, which: Asked, numbers: list[int]) -> None:
    all_of_them = [replace(ASKED, question_id=1), replace(ASKED, question_id=2), replace(SIMULATED, question_id=3)]
    with asked.read() as connection:
        found = questions.list_questions(connection, which, 10)
    assert found == [all_of_them[number - 1] for number in numbers]


def test_whoever_names_an_id_finds_who_asked_about_it(asked: Database) -> None:
    with asked.read() as connection:
        assert [one.question_id for one in questions.questions_about(connection, LISTED, Asked(), 10)] == [1, 3]
        assert [one.question_id for one in questions.questions_about(connection, LISTED, Asked(), 1)] == [1]
        assert questions.questions_about(connection, "email-addr--nobody", Asked(), 10) == []


def test_a_reader_of_the_table_sees_no_id_and_not_even_that_two_questions_are_about_one(asked: Database) -> None:
    with asked.read() as connection:
        rows = connection.execute(text("SELECT subject, salt FROM question")).all()
    assert len({bytes(row.subject) for row in rows}) == len({bytes(row.salt) for row in rows}) == 3


def test_they_are_counted_from_an_instant_on(asked: Database) -> None:
    with asked.read() as connection:
        assert questions.count_questions(connection, READER, QuestionKind.OBSERVABLE, NOW) == 2
        assert questions.count_questions(connection, READER, QuestionKind.OBSERVABLE, NOW + SECOND) == 0
        assert questions.count_questions(connection, OTHER_READER, QuestionKind.OBSERVABLE, NOW) == 0


def test_those_of_a_person_of_the_staff_are_counted_with_all_its_credentials(exchange: Database) -> None:
    with exchange.write() as connection:
        for one in ("person-1", "person-2"):
            members.add_person(connection, Person(one, "Somebody", None, frozenset({StaffRole.AUDITOR})))
        for number, person_id in ((1, "person-1"), (2, "person-1"), (3, "person-2")):
            one = credential(credential_id=f"credential-{number}", partner_id=None, person_id=person_id, account_id=None)
            credentials.add_credential(connection, one, bytes([number]) * 32)
            asked = replace(ASKED, partner_id=None, kind=QuestionKind.STAFF, credential_id=one.credential_id)
            questions.add_questions(connection, asked, [LISTED])
        questions.add_questions(connection, replace(ASKED, credential_id="credential-1"), [LISTED])
        counts = [questions.count_of_person(connection, f"person-{number}", NOW) for number in (1, 2, 3)]
        assert counts == [2, 1, 0]
        assert questions.count_of_person(connection, "person-1", NOW + SECOND) == 0
        assert questions.list_questions(connection, Asked(kind=QuestionKind.STAFF), 1)[0].partner_id is None


def test_old_ones_are_forgotten(asked: Database) -> None:
    with asked.write() as connection:
        assert questions.forget_before(connection, NOW + DAY) == 2
    with asked.read() as connection:
        assert [one.question_id for one in questions.list_questions(connection, Asked(), 10)] == [3]
