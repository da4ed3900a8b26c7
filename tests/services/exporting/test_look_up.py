from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from app.domain.errors import ForbiddenError, MalformedInputError, NotFoundError
from app.domain.export import ExportDefinition, ExportState
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Purpose, StaffRole, Tlp
from app.services.exporting.define import NewExport, change_export, define_export, end_export
from app.services.exporting.look_up import (
    downloading,
    get_export,
    get_manifest,
    get_run,
    list_exports,
    list_runs,
    page_of_exports,
    page_of_runs,
)
from app.services.list_pages import ListAsked
from tests.factories.depots import passing_depots
from tests.factories.exports import NIGHTLY, lay_export
from tests.factories.members import PARTNER_SCOPES, Hub, Member

NEW = NewExport("nightly", NIGHTLY.cron, None, "UTC", Purpose.DETECTION, Tlp.AMBER, {"type": ["indicator"]})


@dataclass
class World:
    hub: Hub
    member: Member
    definition: ExportDefinition

    def lay(self, number: int, **columns: object) -> None:
        lay_export(self.hub.exchange, self.definition, number, **columns)


@pytest.fixture
def world(hub: Hub) -> Iterator[World]:
    with passing_depots() as depots:
        hub.exchange = replace(hub.exchange, depots=depots)
        member = hub.enrol("NGO")
        yield World(hub, member, define_export(hub.exchange, member.principal, NEW))


def test_a_partner_is_told_all_of_its_own(world: World) -> None:
    exchange, principal, asked = world.hub.exchange, world.member.principal, world.definition.definition_id
    [record] = list_exports(exchange, principal)
    assert record == get_export(exchange, principal, asked)
    assert (record.definition, record.filters, record.newest) == (world.definition, {"type": ["indicator"]}, None)
    assert record.next_due_at is not None
    world.lay(1)
    world.lay(2, state=ExportState.WRITING, manifest=None, published_at=None)
    newest = get_export(exchange, principal, asked).newest
    assert newest is not None
    assert newest.number == 2
    first, second = get_run(exchange, principal, asked, 1), get_run(exchange, principal, asked, 2)
    assert first.files is not None
    assert len(first.files) == 1
    assert second.files == []
    assert get_manifest(exchange, principal, asked) == get_manifest(exchange, principal, asked, 1) == '{"payload":"1"}'


def test_exports_and_their_runs_come_in_pages_that_lead_on_and_back(world: World) -> None:
    exchange, principal, known = world.hub.exchange, world.member.principal, world.definition
    more = [define_export(exchange, principal, replace(NEW, name=f"export {number}")) for number in range(2)]
    end_export(exchange, principal, more[0].definition_id)
    for number in range(1, 12):
        world.lay(number)
    first = page_of_exports(exchange, principal, ListAsked(None, 2))
    second = page_of_exports(exchange, principal, ListAsked(first.next, 2))
    assert [*first.rows, *second.rows] == list_exports(exchange, principal)
    assert page_of_exports(exchange, principal, ListAsked(second.previous, 2)) == first
    [ended] = page_of_exports(exchange, principal, ListAsked(None, 9), has_ended=True).rows
    assert ended.definition.definition_id == more[0].definition_id
    assert page_of_exports(exchange, principal, ListAsked(None, 9), has_ended=False).count == 2
    newest = page_of_runs(exchange, principal, known.definition_id, ListAsked(None, 6))
    older = page_of_runs(exchange, principal, known.definition_id, ListAsked(newest.next, 6))
    assert [one.number for one in (*newest.rows, *older.rows)] == list(range(11, 0, -1))
    assert page_of_runs(exchange, principal, known.definition_id, ListAsked(older.previous, 6)) == newest
    stranger = world.hub.enrol("Stranger").principal
    for look in (
        lambda: page_of_exports(exchange, stranger, ListAsked(first.next, 2)),
        lambda: page_of_exports(exchange, principal, ListAsked(first.next, 2), has_ended=True),
        lambda: page_of_runs(exchange, principal, more[1].definition_id, ListAsked(newest.next, 6)),
    ):
        with pytest.raises(MalformedInputError):
            look()
    with pytest.raises(NotFoundError):
        page_of_runs(exchange, stranger, known.definition_id, ListAsked(newest.next, 6))


def test_what_is_paused_or_ended_is_due_never(world: World) -> None:
    exchange, principal, asked = world.hub.exchange, world.member.principal, world.definition.definition_id
    change_export(exchange, principal, asked, {"is_paused": True})
    assert get_export(exchange, principal, asked).next_due_at is None
    end_export(exchange, principal, asked)
    assert get_export(exchange, principal, asked).next_due_at is None


def test_runs_are_given_page_by_page(world: World) -> None:
    exchange, principal, asked = world.hub.exchange, world.member.principal, world.definition.definition_id
    for number in range(1, 4):
        world.lay(number)
    page = list_runs(exchange, principal, asked, None, 2)
    assert ([one.number for one in page.exports], page.next) == ([3, 2], 2)
    page = list_runs(exchange, principal, asked, page.next, 2)
    assert ([one.number for one in page.exports], page.next) == ([1], None)


def test_staff_are_told_how_far_it_is_and_no_more(world: World) -> None:
    exchange, asked = world.hub.exchange, world.definition.definition_id
    world.lay(1)
    for staff in (world.hub.operator, world.hub.another_operator(StaffRole.AUDITOR)):
        [record] = list_exports(exchange, staff)
        assert (record.definition.definition_id, record.filters) == (asked, None)
        assert get_run(exchange, staff, asked, 1).files is None
        with pytest.raises(ForbiddenError):
            get_manifest(exchange, staff, asked)


def test_who_reads_less_is_told_no_files(world: World) -> None:
    exchange, member, asked = world.hub.exchange, world.member, world.definition.definition_id
    world.lay(1)
    for lesser in (
        member.principal_with(tlp_ceiling=Tlp.GREEN),
        member.principal_with(purpose=Purpose.AUDIT),
        member.principal_with(scopes=PARTNER_SCOPES - {Permission.OBJECTS_READ}),
    ):
        assert get_run(exchange, lesser, asked, 1).files is None
        with pytest.raises(ForbiddenError):
            get_manifest(exchange, lesser, asked)
    without = member.principal_with(scopes=PARTNER_SCOPES - {Permission.EXPORTS_READ})
    with pytest.raises(ForbiddenError):
        list_exports(exchange, without)


def test_hidden_and_absent_are_one(world: World) -> None:
    exchange, other = world.hub.exchange, world.hub.enrol("Other").principal
    world.lay(1)
    asks: list[Callable[[Principal, str], object]] = [
        lambda who, one: get_export(exchange, who, one),
        lambda who, one: list_runs(exchange, who, one, None, 5),
        lambda who, one: get_run(exchange, who, one, 1),
        lambda who, one: get_manifest(exchange, who, one),
    ]
    for ask in asks:
        for who, definition_id in ((other, world.definition.definition_id), (world.member.principal, "nothing")):
            with pytest.raises(NotFoundError):
                ask(who, definition_id)
    assert list_exports(exchange, other) == []
    for number in (0, 2):
        with pytest.raises(NotFoundError):
            get_run(exchange, world.member.principal, world.definition.definition_id, number)
        with pytest.raises(NotFoundError):
            get_manifest(exchange, world.member.principal, world.definition.definition_id, number)


def test_who_downloads_reads_no_further_than_the_export_does(world: World) -> None:
    with world.hub.exchange.database.read() as connection:
        definition, reading = downloading(connection, world.member.principal, world.definition.definition_id)
    assert definition == world.definition
    assert (reading.key.tlp_ceiling, world.member.principal.credential.tlp_ceiling) == (Tlp.AMBER, Tlp.RED)
