from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import Code, ForbiddenError, MalformedInputError
from app.domain.events import Event
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Purpose
from app.services.ledger import look_up_disclosures
from app.services.ledger.look_up_disclosures import (
    DisclosurePage,
    LedgerQuestion,
    PageAsked,
    disclosures_of_own,
    own_disclosures,
    search_disclosures,
)
from app.services.reading.readers import reader
from app.services.reading.record_disclosure import record_disclosure
from app.services.reading.visible_set import looking
from app.storage import disclosures, feed
from app.storage.disclosures import Given
from app.storage.events import events
from app.storage.feed import Filters, Window
from app.storage.ledger_search import Numbers, Sought, rows_sought
from tests.factories.members import PARTNER_SCOPES, Hub, Member, started_hub
from tests.factories.policy_values import DAY, NOW
from tests.factories.stix_objects import indicator, newer, report, stix_id

on_sqlite = pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
"""For what the services alone decide."""

LATER = "2026-01-06T10:00:00.000Z"


@pytest.fixture
def publisher(hub: Hub) -> Member:
    return hub.enrol("Platform A")


@pytest.fixture
def other(hub: Hub) -> Member:
    return hub.enrol("Platform B", jurisdiction="GB")


def ask(member: Member, wanted: str | None = None, cursor: str | None = None, limit: int = 100) -> DisclosurePage:
    return own_disclosures(member.hub.exchange, member.principal, wanted, cursor, limit)


def test_an_owner_sees_who_was_given_which_version_when_why_and_under_what(hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value, newer(value))
    hub.clock.pass_time(timedelta(hours=1))
    other.page(of=other.reader(Purpose.INVESTIGATION, Channel.REST))
    (row,) = ask(publisher).rows
    assert (row.recipient_id, row.recipient_name) == (other.id, "Platform B")
    assert (row.purpose, row.channel, row.agreement_version) == (Purpose.INVESTIGATION, Channel.REST, 1)
    assert row.disclosed_at == NOW + timedelta(hours=1)
    assert row.versions == ((value["id"], value["modified"]), (value["id"], LATER))


def test_an_owner_sees_its_own_objects_alone_in_an_answer_of_several(hub: Hub, publisher: Member, other: Member) -> None:
    third = hub.enrol("Platform C")
    values = {member.id: indicator() for member in (publisher, other)}
    publisher.store(values[publisher.id])
    other.store(values[other.id])
    third.page()
    for member in (publisher, other):
        (row,) = ask(member).rows
        assert row.versions == ((values[member.id]["id"], values[member.id]["modified"]),)


@on_sqlite
def test_rows_about_others_objects_never_show(publisher: Member, other: Member) -> None:
    other.store(indicator())
    publisher.page()
    assert ask(publisher).rows == []
    assert len(ask(other).rows) == 1


@on_sqlite
def test_what_one_reads_oneself_is_not_told_to_anybody(publisher: Member) -> None:
    value = indicator()
    publisher.store(value)
    publisher.page()
    publisher.look_up(value["id"])
    assert ask(publisher).rows == []


@on_sqlite
def test_every_way_of_reading_shows(publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    other.page()
    other.look_up(value["id"])
    rows = ask(publisher).rows
    assert [row.versions for row in rows] == [((value["id"], value["modified"]),)] * 2
    assert rows[0].number < rows[1].number


@on_sqlite
def test_one_object_is_asked_for_by_its_id(publisher: Member, other: Member) -> None:
    first, second = indicator(), report([])
    second["object_refs"] = [second["id"]]
    publisher.store(first, second)
    other.page()
    other.look_up(first["id"])
    assert [row.versions for row in ask(publisher, first["id"]).rows] == [((first["id"], first["modified"]),)] * 2
    assert [row.versions for row in ask(publisher, second["id"]).rows] == [((second["id"], second["modified"]),)]


@on_sqlite
def test_an_id_of_others_and_one_that_nobody_has_are_one_answer(hub: Hub, publisher: Member, other: Member) -> None:
    third, shared, theirs = hub.enrol("Platform C"), indicator(), indicator()
    publisher.store(shared)
    other.store(shared, theirs)
    third.page()
    assert [row.versions for row in ask(publisher, shared["id"]).rows] == [((shared["id"], shared["modified"]),)]
    for wanted in (theirs["id"], stix_id("indicator"), "nonsense"):
        page = ask(publisher, wanted)
        assert (page.rows, page.more) == ([], False)


@pytest.mark.parametrize("wanted", [None, "the object"])
def test_pages_bring_each_row_once_and_go_on_with_what_comes_later(
    publisher: Member, other: Member, wanted: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_up_disclosures, "_ROWS_AT_ONCE", 3)
    monkeypatch.setattr(look_up_disclosures, "_BATCHES", 2)
    value, rest = indicator(), indicator()
    publisher.store(value, rest)
    for number in range(9):
        other.look_up(value["id"])
        if number % 3 == 0:
            for _ in range(3):
                other.look_up(rest["id"])
    asked = value["id"] if wanted else None
    numbers, cursor, more = [], None, True
    while more:
        page = ask(publisher, asked, cursor, limit=2)
        assert len(page.rows) <= 2
        numbers += [row.number for row in page.rows]
        cursor, more = page.next, page.more
    assert len(numbers) == (9 if wanted else 18)
    assert numbers == sorted(set(numbers))
    empty = ask(publisher, asked, cursor)
    assert (empty.rows, empty.next, empty.more) == ([], cursor, False)
    other.look_up(value["id"])
    assert [row.number > numbers[-1] for row in ask(publisher, asked, empty.next).rows] == [True]


@on_sqlite
def test_rows_about_other_objects_are_not_more_of_this_one(publisher: Member, other: Member) -> None:
    first, second = indicator(), indicator()
    publisher.store(first, second)
    other.look_up(first["id"])
    other.look_up(second["id"])
    page = ask(publisher, first["id"], limit=1)
    assert (len(page.rows), page.more) == (1, False)


@on_sqlite
def test_a_cursor_is_good_for_its_owner_and_its_question_alone(publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    other.page()
    cursor = ask(publisher).next
    for member, wanted, bad in ((other, None, cursor), (publisher, value["id"], cursor), (publisher, None, other.page().next)):
        with pytest.raises(MalformedInputError) as caught:
            ask(member, wanted, bad)
        assert caught.value.code is Code.CURSOR_INVALID


@on_sqlite
def test_only_partners_with_the_permission_ask(hub: Hub, publisher: Member) -> None:
    lesser = publisher.principal_with(scopes=PARTNER_SCOPES - {Permission.DISCLOSURES_READ})
    for principal in (lesser, hub.operator):
        with pytest.raises(ForbiddenError):
            own_disclosures(hub.exchange, principal, None, None, 10)


def test_a_row_that_is_being_written_is_not_passed_over(postgres_url: str) -> None:
    with started_hub(postgres_url) as hub:
        publisher, other = hub.enrol("Platform A"), hub.enrol("Platform B")
        value = indicator()
        publisher.store(value)
        row = _disclosure(other)
        with hub.exchange.database.write() as connection:
            disclosures.add_disclosure(connection, row, Given({1}, newest_recall=0))  # its number is given, its commit is to come
            other.look_up(value["id"])
            found: list[Any] = []
            asking = threading.Thread(target=lambda: found.append(ask(publisher)))
            asking.start()
            asking.join(0.3)
        asking.join()
        page = found[0]
        later = ask(publisher, None, page.next)
        assert [row.number for row in (*page.rows, *later.rows)] == [1, 2]


def _disclosure(member: Member) -> disclosures.Disclosure:
    """Give the row that a page of this member's would write."""
    reading = reader(member.principal, Purpose.DETECTION, Channel.PORTAL)
    with looking(member.hub.exchange, reading.key, NOW) as look:
        found = feed.page(look.connection, look.viewpoint, Window(0, 10, NOW), Filters())
    assert record_disclosure(member.hub.exchange, reading, look, found)
    with member.hub.exchange.database.write() as connection:
        (row,) = rows_sought(connection, Sought(member.hub.members[0].id), Numbers(0, 10, 10))
        connection.exec_driver_sql("DELETE FROM disclosure_owner")
        connection.exec_driver_sql("DELETE FROM disclosure")
        connection.exec_driver_sql("ALTER SEQUENCE disclosure_disclosure_id_seq RESTART")
    return row.disclosure


@on_sqlite
def test_staff_look_for_whoevers_objects_by_reader_credential_and_period(hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    other.page()
    credential_id = other.principal.credential.credential_id
    for asked, count in (
        (LedgerQuestion(), 1),
        (LedgerQuestion(value["id"], publisher.id, other.id, credential_id, NOW, NOW + DAY), 1),
        (LedgerQuestion(stix_id("indicator")), 0),
        (LedgerQuestion(publisher_id=other.id), 0),
        (LedgerQuestion(partner_id=publisher.id), 0),
        (LedgerQuestion(credential_id="another"), 0),
        (LedgerQuestion(since=NOW + DAY), 0),
        (LedgerQuestion(until=NOW), 0),
    ):
        page = search_disclosures(hub.exchange, hub.operator, asked, PageAsked(None, 10))
        assert (len(page.rows), page.more) == (count, False), asked
    with hub.exchange.database.read() as connection:
        told = [one for _, one in events(connection, 0, 10_000) if one.event is Event.DISCLOSURE_SEARCH]
    assert {one.subject for one in told} == {hub.operator.credential.credential_id}
    with pytest.raises(ForbiddenError):
        search_disclosures(hub.exchange, publisher.principal, LedgerQuestion(), PageAsked(None, 10))


@on_sqlite
def test_looking_is_bounded_in_numbers_and_in_objects(publisher: Member, other: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = indicator(), indicator()
    publisher.store(first, second)
    for _ in range(4):
        other.page()
    monkeypatch.setattr(look_up_disclosures, "_NUMBERS_AT_ONCE", 3)
    page = ask(publisher)
    assert (len(page.rows), page.more) == (3, True)
    assert [row.number for row in ask(publisher, None, page.next).rows] == [4]
    page = disclosures_of_own(publisher.hub.exchange, publisher.principal, LedgerQuestion(), PageAsked(None, 10, most_objects=3))
    assert (len(page.rows), page.more) == (1, True)
