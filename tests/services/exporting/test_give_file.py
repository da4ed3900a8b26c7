from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert

from app.domain.errors import Code, DepotRefusedError, ForbiddenError, GoneError, NotFoundError, RangeError, UnavailableError
from app.domain.export import ExportDefinition, ExportState
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import PartnerState, Purpose, Tlp
from app.services.exporting import give_file as module
from app.services.exporting.define import NewExport, define_export, end_export
from app.services.exporting.due import due_at
from app.services.exporting.give_file import GivenFile, give_file
from app.services.exporting.look_up import downloading
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.membership.enrol_partner import change_state
from app.services.membership.issue_credentials import revoke_credential
from app.storage import exports, narrowings, objects, viewpoints, written_exports
from app.storage.tables import narrowing, veil
from tests.factories import stix_objects
from tests.factories.depots import passing_depots
from tests.factories.exports import NIGHTLY, Laid, bar, lay_export
from tests.factories.members import PARTNER_SCOPES, Hub, Member

NEW = NewExport("nightly", NIGHTLY.cron, None, "UTC", Purpose.DETECTION, Tlp.AMBER)
CONTENT = b"0123456789" * 1000


@dataclass
class World:
    """A publisher, a reader with an export of one file, and what is in that: two objects."""

    hub: Hub
    publisher: Member
    reader: Member
    definition: ExportDefinition
    file: Laid
    stix_ids: list[str]

    def give(self, principal: Principal | None = None, name: str | None = None, definition_id: str | None = None) -> GivenFile:
        asked = definition_id or self.definition.definition_id
        return give_file(self.hub.exchange, principal or self.reader.principal, asked, name or self.file.name)

    def read(self, **asked: str) -> bytes:
        given = self.give(**asked)
        return b"".join(given.read(0, given.size))


def version_ids(hub: Hub, owner: Member, stix_ids: list[str]) -> list[int]:
    with hub.exchange.database.read() as connection:
        return sorted(one.version_id for one in objects.own_versions(connection, owner.id, stix_ids))


def furnished(hub: Hub) -> World:
    publisher, reader = hub.enrol("Platform A"), hub.enrol("NGO", jurisdiction="GB")
    values = [stix_objects.indicator(object_marking_refs=[publisher.mark_for(reader)]) for _ in range(2)]
    publisher.store(*values)
    stix_ids = [value["id"] for value in values]
    definition = define_export(hub.exchange, reader.principal, NEW)
    [file] = lay_export(hub.exchange, definition, 1, [CONTENT], version_ids(hub, publisher, stix_ids))
    return World(hub, publisher, reader, definition, file, stix_ids)


@pytest.fixture
def world(hub: Hub) -> Iterator[World]:
    with passing_depots() as depots:
        hub.exchange = replace(hub.exchange, depots=depots)
        yield furnished(hub)


@pytest.fixture
def quick(quick_hub: Hub) -> Iterator[World]:
    with passing_depots() as depots:
        quick_hub.exchange = replace(quick_hub.exchange, depots=depots)
        yield furnished(quick_hub)


def test_a_file_is_given_as_it_lies(world: World) -> None:
    given = world.give()
    assert (given.name, given.size) == (world.file.name, len(CONTENT))
    assert b"".join(given.read(0, given.size)) == CONTENT
    assert b"".join(given.read(5, 12)) == CONTENT[5:12]
    assert b"".join(given.read(7, 7)) == b""


@pytest.mark.parametrize(("start", "stop"), [(-1, 5), (5, 4), (0, len(CONTENT) + 1)])
def test_a_stretch_that_is_not_there_is_not_given(quick: World, start: int, stop: int) -> None:
    with pytest.raises(RangeError) as caught:
        quick.give().read(start, stop)
    assert caught.value.size == len(CONTENT)


def test_a_withdrawn_object_takes_the_file_along(world: World) -> None:
    given = world.give()
    withdraw_first(world)
    with pytest.raises(GoneError) as caught:
        world.give()
    assert caught.value.code is Code.EXPORT_FILE_GONE
    assert b"".join(given.read(0, 10)) == CONTENT[:10], "what was looked at just now"


def withdraw_first(world: World) -> None:
    withdraw(world.hub.exchange, world.publisher.principal, WithdrawalRequest(world.stix_ids[0]))


def test_a_narrowed_policy_takes_the_file_along(world: World) -> None:
    world.reader.agree(tlp_ceiling=Tlp.RED, harm_types=frozenset())
    with pytest.raises(GoneError):
        world.give()


def wants_snapshot(world: World) -> bool:
    with world.hub.exchange.database.read() as connection:
        known = exports.definition_by_id(connection, world.definition.definition_id)
        return known is not None and known.snapshot_wanted


def settle(world: World) -> None:
    """Let it be as if the first export had been written."""
    with world.hub.exchange.database.write() as connection:
        exports.change_definition(connection, replace(world.definition, snapshot_wanted=False))


def test_what_is_gone_is_gone_for_good_and_the_next_export_holds_everything(world: World) -> None:
    settle(world)
    world.read()
    assert not wants_snapshot(world)
    world.reader.agree(tlp_ceiling=Tlp.RED, harm_types=frozenset())
    with pytest.raises(GoneError):
        world.give()
    assert wants_snapshot(world)
    with world.hub.exchange.database.read() as connection:
        due = due_at(connection, world.definition.definition_id)
    assert due is not None
    assert due <= world.hub.clock.now + timedelta(hours=1)
    world.reader.agree(tlp_ceiling=Tlp.RED)
    with pytest.raises(GoneError):
        world.give()


def test_whoever_can_start_from_a_later_export_needs_no_further_one(quick: World) -> None:
    settle(quick)
    lay_export(quick.hub.exchange, quick.definition, 2)
    withdraw_first(quick)
    with pytest.raises(GoneError):
        quick.give()
    assert not wants_snapshot(quick)


def looked_as_of(world: World) -> str | None:
    with world.hub.exchange.database.read() as connection:
        found = written_exports.find_file(connection, world.definition.definition_id, world.file.name)
        return None if found is None else found.standing


def test_it_is_kept_as_of_which_state_of_policies_a_file_was_looked_through(quick: World) -> None:
    assert looked_as_of(quick) is None
    quick.read()
    first = looked_as_of(quick)
    assert first is not None
    quick.read()
    assert looked_as_of(quick) == first
    quick.reader.agree(tlp_ceiling=Tlp.RED)
    quick.read()
    assert looked_as_of(quick) not in {None, first}


def test_while_a_narrowing_is_looked_into_nothing_is_given_and_nothing_lost(quick: World) -> None:
    quick.read()
    settle(quick)
    with quick.hub.exchange.database.write() as connection:
        _, reading = downloading(connection, quick.reader.principal, quick.definition.definition_id)
        seen_from = viewpoints.find_viewpoint(connection, reading.key)
        assert seen_from is not None
        begun = {
            "narrowing_id": 1,
            "newest_version_id": 1,
            "class_id": 1,
            "depth": 0,
            "traced_to": 0,
            "traced": False,
            "moved": 0,
        }
        connection.execute(insert(narrowing).values(begun))
        narrowings.lay_veils(connection, seen_from.viewpoint_id, {1: False}, judged_to=1)
    with pytest.raises(UnavailableError):
        quick.give()
    with quick.hub.exchange.database.write() as connection:
        connection.execute(delete(veil))
    assert quick.read() == CONTENT
    assert not wants_snapshot(quick)


def test_a_barred_file_is_gone_before_anybody_looks_at_it(quick: World) -> None:
    bar(quick.hub.exchange, quick.file.file_id)
    with pytest.raises(GoneError):
        quick.give()


def test_what_is_missing_in_its_place_is_gone(quick: World) -> None:
    depot = quick.hub.exchange.depots["local"]
    given = quick.give()
    for name in list(depot.names("")):
        depot.delete(name)
    with pytest.raises(GoneError):
        given.read(0, 5)
    with pytest.raises(GoneError):
        quick.give()


def test_a_place_that_the_exchange_has_no_more_can_come_back(quick: World) -> None:
    depots, quick.hub.exchange = quick.hub.exchange.depots, replace(quick.hub.exchange, depots={})
    with pytest.raises(DepotRefusedError):
        quick.read()
    quick.hub.exchange = replace(quick.hub.exchange, depots=depots)
    assert quick.read() == CONTENT


@pytest.mark.parametrize("act", ["withdraw", "bar", "revoke", "suspend"])
def test_what_is_forbidden_midway_ends_the_file_there(quick: World, act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BETWEEN_LOOKS", 100)
    principal = quick.reader.principal_with()
    given = quick.give(principal)
    pieces = given.read(0, given.size)
    assert next(pieces) == CONTENT[:100]
    exchange, operator = quick.hub.exchange, quick.hub.operator
    {
        "withdraw": lambda: withdraw_first(quick),
        "bar": lambda: bar(exchange, quick.file.file_id),
        "revoke": lambda: revoke_credential(exchange, operator, principal.credential.credential_id),
        "suspend": lambda: change_state(exchange, operator, quick.reader.id, PartnerState.SUSPENDED),
    }[act]()
    with pytest.raises(ForbiddenError if act in {"revoke", "suspend"} else GoneError):
        next(pieces)


def test_what_changed_elsewhere_midway_disturbs_nothing(quick: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BETWEEN_LOOKS", 1000)
    given = quick.give()
    pieces = given.read(0, given.size)
    first = next(pieces)
    quick.publisher.agree()
    quick.publisher.store(stix_objects.indicator(object_marking_refs=[quick.publisher.mark_for(quick.reader)]))
    assert first + b"".join(pieces) == CONTENT


def test_other_credentials_of_the_partner_are_given_it_too_if_they_read_as_far(quick: World) -> None:
    member = quick.reader
    assert quick.give(member.principal_with(tlp_ceiling=Tlp.AMBER, purpose=Purpose.DETECTION))
    for lesser in (
        member.principal_with(tlp_ceiling=Tlp.GREEN),
        member.principal_with(purpose=Purpose.AUDIT),
        member.principal_with(scopes=PARTNER_SCOPES - {Permission.OBJECTS_READ}),
        member.principal_with(scopes=PARTNER_SCOPES - {Permission.EXPORTS_READ}),
        quick.hub.operator,
    ):
        with pytest.raises(ForbiddenError):
            quick.give(lesser)


def test_a_higher_ceiling_of_who_fetches_changes_nothing(quick: World) -> None:
    red = stix_objects.indicator(object_marking_refs=[quick.publisher.mark_for(quick.reader, tlp="amber+strict")])
    quick.publisher.store(red)
    [file] = lay_export(quick.hub.exchange, quick.definition, 2, [b"x"], version_ids(quick.hub, quick.publisher, [red["id"]]))
    with pytest.raises(GoneError):
        quick.give(quick.reader.principal_with(tlp_ceiling=Tlp.RED), file.name)


def test_hidden_and_absent_are_one(quick: World) -> None:
    other = quick.hub.enrol("Other")
    waiting = replace(quick.definition)
    [unfinished] = lay_export(quick.hub.exchange, waiting, 3, [b"x"], state=ExportState.WRITING, manifest=None)
    for asked in (
        {"principal": other.principal},
        {"definition_id": "nothing"},
        {"name": "nothing"},
        {"name": "../../etc/passwd"},
        {"name": unfinished.name},
    ):
        with pytest.raises(NotFoundError):
            quick.give(**asked)


def test_after_the_end_nothing_is_given(quick: World) -> None:
    end_export(quick.hub.exchange, quick.reader.principal, quick.definition.definition_id)
    with pytest.raises(NotFoundError):
        quick.give()


def test_a_file_without_objects_is_given(quick: World) -> None:
    [file] = lay_export(quick.hub.exchange, quick.definition, 2, [b""])
    assert quick.read(name=file.name) == b""
