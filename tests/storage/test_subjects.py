from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.partner import Person
from app.domain.subject_request import (
    Deed,
    FindingGround,
    Selector,
    SelectorKind,
    SubjectAct,
    SubjectGround,
    SubjectRequest,
    SubjectRight,
    SubjectState,
)
from app.domain.vocabulary import StaffRole
from app.storage import members, subjects
from app.storage.session import Connection, Database
from tests.factories.policy_values import NOW

REQUEST = SubjectRequest(
    request_id="00000000-0000-4000-8000-0000000000a1",
    reference="DP-1",
    right=SubjectRight.ACCESS,
    received_at=NOW,
    deadline=NOW + timedelta(days=31),
    state=SubjectState.OPEN,
    opened_by="person-protection",
    opened_at=NOW,
    selectors=(Selector(SelectorKind.HANDLE, "somebody", "chat"), Selector(SelectorKind.IP, "198.51.100.7")),
    salt=b"\x01" * 32,
)


def add(connection: Connection, *requests: SubjectRequest) -> None:
    members.add_person(connection, Person(REQUEST.opened_by, "DP", None, frozenset({StaffRole.DATA_PROTECTION})))
    for one in requests:
        subjects.add_request(connection, one)


def test_a_request_is_read_as_it_was_written_and_wiped_when_it_has_no_selectors(database: Database) -> None:
    answered = replace(REQUEST, answered_at=NOW, answer_ground=SubjectGround.HELD, extension_ground=SubjectGround.COMPLEX)
    wiped = replace(answered, selectors=(), salt=None, closed_at=NOW, state=SubjectState.CLOSED, wiped_at=NOW)
    with database.write() as connection:
        add(connection, REQUEST)
        assert subjects.request_by_id(connection, REQUEST.request_id) == REQUEST
        for one in (answered, wiped):
            subjects.save_request(connection, one)
            assert subjects.request_by_id(connection, REQUEST.request_id) == one
        assert subjects.request_by_id(connection, "another") is None
        assert "somebody" not in repr(connection.exec_driver_sql("SELECT * FROM subject_request").all())


def test_requests_are_listed_in_their_order_and_by_what_is_still_to_be_done(database: Database) -> None:
    second = replace(REQUEST, request_id="00000000-0000-4000-8000-0000000000a2")
    later = replace(REQUEST, request_id="00000000-0000-4000-8000-0000000000a0", opened_at=NOW + timedelta(1), answered_at=NOW)
    closed = replace(later, request_id="00000000-0000-4000-8000-0000000000a3", state=SubjectState.CLOSED, closed_at=NOW)
    with database.write() as connection:
        add(connection, closed, later, second, REQUEST)
        assert subjects.list_requests(connection, None, 3) == [REQUEST, second, later]
        assert subjects.list_requests(connection, (NOW, REQUEST.request_id), 2) == [second, later]
        assert subjects.unsettled(connection) == [REQUEST, second]
        assert {one.request_id for one in subjects.requests_since(connection, NOW + timedelta(1))} == {
            later.request_id,
            closed.request_id,
        }
        assert subjects.closed_before(connection, NOW) == [closed]
        assert subjects.closed_before(connection, NOW - timedelta(seconds=1)) == []


def test_the_first_ground_of_a_finding_stays(database: Database) -> None:
    with database.write() as connection:
        add(connection, REQUEST)
        subjects.add_findings(connection, REQUEST.request_id, [3, 1], FindingGround.ID)
        subjects.add_findings(connection, REQUEST.request_id, [3, 2], FindingGround.CONTENT)
        subjects.add_findings(connection, REQUEST.request_id, [], FindingGround.REFERENCE)
        found = subjects.findings(connection, REQUEST.request_id)
        assert found == {1: FindingGround.ID, 2: FindingGround.CONTENT, 3: FindingGround.ID}
        assert subjects.found_versions(connection, found) == []
        subjects.forget_findings(connection, REQUEST.request_id)
        assert subjects.findings(connection, REQUEST.request_id) == {}


def test_deeds_are_listed_by_request_and_by_time(database: Database) -> None:
    first = Deed(REQUEST.request_id, SubjectAct.LOOKUP, NOW, 2)
    second = Deed(REQUEST.request_id, SubjectAct.ANSWER, NOW + timedelta(1), 0, SubjectGround.NOTHING_HELD)
    with database.write() as connection:
        add(connection, REQUEST)
        for one in (first, second):
            subjects.add_deed(connection, one)
        assert subjects.deeds_of(connection, REQUEST.request_id) == [first, second]
        assert subjects.deeds_since(connection, NOW) == [first, second]
        assert subjects.deeds_since(connection, NOW + timedelta(1)) == [second]
