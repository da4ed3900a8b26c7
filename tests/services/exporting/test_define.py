from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import select

from app.depot.folder import FolderDepot
from app.domain.errors import (
    BreakwaterError,
    Code,
    ConflictError,
    ForbiddenError,
    MalformedInputError,
    NotFoundError,
    UnfitKeyError,
)
from app.domain.events import Event
from app.domain.export import Compression, ExportDefinition, ExportFormat
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole, PartnerState, Purpose, StaffRole, Tlp
from app.services.answer_once import key_use
from app.services.exporting import due
from app.services.exporting.define import (
    MOST_DEFINITIONS,
    NewExport,
    change_export,
    define_export,
    end_export,
    own_definition,
    run_now,
)
from app.services.membership.enrol_partner import change_state
from app.storage import exports
from app.storage.tables import event as event_table
from tests.factories.depots import passing_depots
from tests.factories.exports import EVERY_FIVE_MINUTES, NIGHTLY
from tests.factories.members import PARTNER_SCOPES, Hub, Member

NEW = NewExport("nightly", NIGHTLY.cron, EVERY_FIVE_MINUTES.cron, NIGHTLY.time_zone, Purpose.DETECTION, Tlp.AMBER)


@pytest.fixture
def depots() -> Iterator[Mapping[str, FolderDepot]]:
    with passing_depots() as depots:
        yield depots


@pytest.fixture
def world(hub: Hub, depots: Mapping[str, FolderDepot]) -> Hub:
    hub.exchange = replace(hub.exchange, depots=depots)
    return hub


@pytest.fixture
def quick(quick_hub: Hub, depots: Mapping[str, FolderDepot]) -> Hub:
    quick_hub.exchange = replace(quick_hub.exchange, depots=depots)
    return quick_hub


def kept(hub: Hub, definition_id: str) -> ExportDefinition:
    with hub.exchange.database.read() as connection:
        return own_definition(connection, hub.operator, definition_id)


def due_at(hub: Hub, definition_id: str) -> Any:
    with hub.exchange.database.read() as connection:
        return due.due_at(connection, definition_id)


def events_of(hub: Hub, definition_id: str) -> list[str]:
    with hub.exchange.database.read() as connection:
        asked = select(event_table.c.event).where(event_table.c.subject == definition_id)
        return list(connection.execute(asked.order_by(event_table.c.event_id)).scalars())


def test_what_is_defined_is_kept_recorded_and_due(world: Hub) -> None:
    member = world.enrol("NGO")
    made = define_export(world.exchange, member.principal, NEW)
    assert made == kept(world, made.definition_id)
    assert (made.partner_id, made.credential_id) == (member.id, member.principal.credential.credential_id)
    assert (made.snapshots, made.deltas) == (NIGHTLY, EVERY_FIVE_MINUTES)
    assert (made.purpose, made.tlp_ceiling, made.target) == (Purpose.DETECTION, Tlp.AMBER, "local")
    assert made.snapshot_wanted
    first = due_at(world, made.definition_id)
    assert timedelta(0) < first - world.clock.now <= timedelta(minutes=5)
    assert events_of(world, made.definition_id) == [Event.EXPORT_DEFINE]


def test_purpose_and_ceiling_are_the_credentials_if_nothing_is_said(quick: Hub) -> None:
    principal = quick.enrol("NGO").principal_with(purpose=Purpose.AUDIT, tlp_ceiling=Tlp.GREEN)
    made = define_export(quick.exchange, principal, replace(NEW, purpose=None, tlp_ceiling=None))
    assert (made.purpose, made.tlp_ceiling) == (Purpose.AUDIT, Tlp.GREEN)


@pytest.mark.parametrize(
    ("credential", "new", "kind"),
    [
        ({"purpose": Purpose.AUDIT}, {}, ForbiddenError),
        ({"tlp_ceiling": Tlp.GREEN}, {}, ForbiddenError),
        ({"scopes": PARTNER_SCOPES - {Permission.OBJECTS_READ}}, {}, ForbiddenError),
        ({"scopes": PARTNER_SCOPES - {Permission.EXPORTS_WRITE}}, {}, ForbiddenError),
        ({}, {"purpose": None}, MalformedInputError),
    ],
)
def test_nobody_defines_more_than_their_credential_reads(
    quick: Hub, credential: dict[str, Any], new: dict[str, Any], kind: type[BreakwaterError]
) -> None:
    principal = quick.enrol("NGO").principal_with(**credential)
    with pytest.raises(kind):
        define_export(quick.exchange, principal, replace(NEW, **new))


def test_staff_and_those_who_only_read_define_nothing(quick: Hub) -> None:
    member = quick.enrol("NGO")
    administrator = member.administrator()
    reader = member.person(administrator, MemberRole.ANALYST)
    for principal in (quick.operator, quick.another_operator(StaffRole.AUDITOR), reader):
        with pytest.raises(ForbiddenError):
            define_export(quick.exchange, principal, NEW)
    assert define_export(quick.exchange, administrator, NEW).credential_id == administrator.credential.credential_id


@pytest.mark.parametrize(
    ("new", "pointer"),
    [
        ({"snapshots": None, "deltas": None}, "/snapshots"),
        ({"snapshots": "0 25 * * *"}, "/snapshots"),
        ({"deltas": "often"}, "/deltas"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"target": "elsewhere"}, "/target"),
        ({"encryption_key": bytes(32)}, "/encryption_key"),
    ],
)
def test_what_makes_no_export_is_refused(quick: Hub, new: dict[str, Any], pointer: str) -> None:
    member = quick.enrol("NGO")
    with pytest.raises((MalformedInputError, UnfitKeyError)) as caught:
        define_export(quick.exchange, member.principal, replace(NEW, **new))
    assert caught.value.pointer == pointer


def test_an_exchange_without_a_place_takes_no_definition(quick_hub: Hub) -> None:
    quick_hub.exchange = replace(quick_hub.exchange, depots={})
    with pytest.raises(MalformedInputError):
        define_export(quick_hub.exchange, quick_hub.enrol("NGO").principal, NEW)


def test_names_are_unique_among_what_a_partner_has_and_there_are_not_too_many(quick: Hub) -> None:
    member, other = quick.enrol("NGO"), quick.enrol("Other")
    first = define_export(quick.exchange, member.principal, NEW)
    define_export(quick.exchange, other.principal, NEW)
    with pytest.raises(ConflictError) as caught:
        define_export(quick.exchange, member.principal, NEW)
    assert caught.value.pointer == "/name"
    for number in range(MOST_DEFINITIONS - 1):
        define_export(quick.exchange, member.principal, replace(NEW, name=f"export {number}"))
    with pytest.raises(ConflictError):
        define_export(quick.exchange, member.principal, replace(NEW, name="one more"))
    end_export(quick.exchange, member.principal, first.definition_id)
    define_export(quick.exchange, member.principal, NEW)


def test_one_request_defines_once(quick: Hub) -> None:
    member = quick.enrol("NGO")
    use = key_use(member.principal, "exports", "key", b"body")
    made = define_export(quick.exchange, member.principal, NEW, use)
    assert define_export(quick.exchange, member.principal, NEW, use) == made


def changed(hub: Hub, principal: Principal, known: ExportDefinition, **changes: Any) -> ExportDefinition:
    made = change_export(hub.exchange, principal, known.definition_id, changes)
    assert made == kept(hub, known.definition_id)
    return made


def test_what_is_changed_is_changed_alone(world: Hub) -> None:
    member = world.enrol("NGO")
    known = define_export(world.exchange, member.principal, NEW)
    assert changed(world, member.principal, known, name="hourly", snapshots=None, deltas="0 * * * *", keep_days=30) == replace(
        known, name="hourly", snapshots=None, deltas=replace(EVERY_FIVE_MINUTES, cron="0 * * * *"), keep=timedelta(days=30)
    )
    assert changed(world, member.principal, known, time_zone="UTC").deltas == replace(
        EVERY_FIVE_MINUTES, cron="0 * * * *", time_zone="UTC"
    )
    assert events_of(world, known.definition_id) == [Event.EXPORT_DEFINE, *2 * [Event.EXPORT_CHANGE]]
    changed(world, member.principal, known, time_zone="UTC")
    assert len(events_of(world, known.definition_id)) == 3, "what is so already is no change"


def settle(hub: Hub, known: ExportDefinition) -> ExportDefinition:
    """Let it be as if its first export had been written."""
    settled = replace(known, snapshot_wanted=False)
    with hub.exchange.database.write() as connection:
        exports.change_definition(connection, settled)
    return settled


@pytest.mark.parametrize(
    ("changes", "anew"),
    [
        ({"form": ExportFormat.PARQUET}, True),
        ({"compression": Compression.GZIP}, True),
        ({"encryption_key": X25519PrivateKey.generate().public_key().public_bytes_raw()}, True),
        ({"form": ExportFormat.STIX_NDJSON}, False),
        ({"name": "another"}, False),
        ({"is_paused": True}, False),
    ],
)
def test_files_of_another_kind_begin_with_everything(quick: Hub, changes: dict[str, Any], *, anew: bool) -> None:
    member = quick.enrol("NGO")
    known = settle(quick, define_export(quick.exchange, member.principal, NEW))
    assert changed(quick, member.principal, known, **changes).snapshot_wanted is anew


def test_whoever_changes_an_export_takes_it_over_unless_it_is_paused_alone(quick: Hub) -> None:
    member = quick.enrol("NGO")
    known = define_export(quick.exchange, member.principal, NEW)
    other = member.principal_with(tlp_ceiling=Tlp.AMBER)
    assert changed(quick, other, known, is_paused=True).credential_id == known.credential_id
    assert changed(quick, other, known, is_paused=False).credential_id == other.credential.credential_id


@pytest.mark.parametrize("credential", [{"tlp_ceiling": Tlp.GREEN}, {"purpose": Purpose.AUDIT}])
def test_who_reads_less_takes_nothing_over_and_may_pause_it(quick: Hub, credential: dict[str, Any]) -> None:
    member = quick.enrol("NGO")
    known = define_export(quick.exchange, member.principal, NEW)
    lesser = member.principal_with(**credential)
    with pytest.raises(ForbiddenError):
        change_export(quick.exchange, lesser, known.definition_id, {"name": "mine"})
    assert changed(quick, lesser, known, is_paused=True).is_paused


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"snapshots": None, "deltas": None}, MalformedInputError),
        ({"deltas": "nonsense"}, MalformedInputError),
        ({"time_zone": "nowhere"}, MalformedInputError),
        ({"encryption_key": bytes(32)}, UnfitKeyError),
        ({"name": "taken"}, ConflictError),
    ],
)
def test_a_change_is_checked_as_a_definition_is(quick: Hub, changes: dict[str, Any], kind: type[BreakwaterError]) -> None:
    member = quick.enrol("NGO")
    known = define_export(quick.exchange, member.principal, NEW)
    define_export(quick.exchange, member.principal, replace(NEW, name="taken"))
    with pytest.raises(kind):
        change_export(quick.exchange, member.principal, known.definition_id, changes)
    assert kept(quick, known.definition_id) == known


def test_an_export_is_due_now_when_somebody_asks(world: Hub) -> None:
    member = world.enrol("NGO")
    known = settle(world, define_export(world.exchange, member.principal, NEW))
    assert not run_now(world.exchange, member.principal, known.definition_id).snapshot_wanted
    assert due_at(world, known.definition_id) == world.clock.now
    assert run_now(world.exchange, member.principal, known.definition_id, snapshot=True).snapshot_wanted


def test_one_request_runs_once(quick: Hub) -> None:
    member = quick.enrol("NGO")
    known = settle(quick, define_export(quick.exchange, member.principal, NEW))
    use = key_use(member.principal, "runs", "key", b"body")
    run_now(quick.exchange, member.principal, known.definition_id, use, snapshot=True)
    settle(quick, known)
    assert not run_now(quick.exchange, member.principal, known.definition_id, use, snapshot=True).snapshot_wanted


def test_what_is_paused_is_not_run(quick: Hub) -> None:
    member = quick.enrol("NGO")
    known = define_export(quick.exchange, member.principal, NEW)
    changed(quick, member.principal, known, is_paused=True)
    with pytest.raises(ConflictError):
        run_now(quick.exchange, member.principal, known.definition_id)


def test_what_ended_stays_ended_and_its_work_comes_once_more(world: Hub) -> None:
    member = world.enrol("NGO")
    known = define_export(world.exchange, member.principal, NEW)
    for _twice in range(2):
        assert end_export(world.exchange, member.principal, known.definition_id).ended_at == world.clock.now
    assert due_at(world, known.definition_id) == world.clock.now
    assert events_of(world, known.definition_id) == [Event.EXPORT_DEFINE, Event.EXPORT_END]
    for act in (
        lambda: change_export(world.exchange, member.principal, known.definition_id, {"name": "again"}),
        lambda: run_now(world.exchange, member.principal, known.definition_id),
    ):
        with pytest.raises(ConflictError):
            act()


def test_what_is_anothers_is_absent(quick: Hub, other: Member) -> None:
    member = quick.enrol("NGO")
    known = define_export(quick.exchange, member.principal, NEW)
    for definition_id in (known.definition_id, "00000000-0000-4000-8000-000000000000"):
        for act in (
            lambda one: change_export(quick.exchange, other.principal, one, {"name": "mine"}),
            lambda one: run_now(quick.exchange, other.principal, one),
            lambda one: end_export(quick.exchange, other.principal, one),
        ):
            with pytest.raises(NotFoundError) as caught:
                act(definition_id)
            assert caught.value.code is Code.NOT_FOUND
    assert kept(quick, known.definition_id) == known


def test_what_a_partner_has_exported_ends_with_it_and_not_before(quick: Hub, other: Member) -> None:
    member = quick.enrol("NGO")
    known, theirs = (define_export(quick.exchange, one.principal, NEW) for one in (member, other))
    change_state(quick.exchange, quick.operator, member.id, PartnerState.SUSPENDED)
    assert kept(quick, known.definition_id).ended_at is None
    change_state(quick.exchange, quick.operator, member.id, PartnerState.ENDED)
    assert kept(quick, known.definition_id).ended_at == due_at(quick, known.definition_id) == quick.clock.now
    assert kept(quick, theirs.definition_id) == theirs


def test_an_export_reads_as_another_credential_of_the_partner_if_one_is_named(world: Hub) -> None:
    member, other = world.enrol("NGO"), world.enrol("Another")
    named = member.principal_with().credential.credential_id
    made = define_export(world.exchange, member.principal, replace(NEW, reads_as=named))
    assert made.credential_id == named == kept(world, made.definition_id).credential_id
    again = member.principal_with().credential.credential_id
    changed = change_export(world.exchange, member.principal, made.definition_id, {"is_paused": False, "reads_as": again})
    assert changed.credential_id == again
    low = member.principal_with(tlp_ceiling=Tlp.GREEN).credential.credential_id
    blind = member.principal_with(scopes=frozenset({Permission.EXPORTS_READ})).credential.credential_id
    for wrong in (other.principal.credential.credential_id, "nobody", low, blind):
        with pytest.raises((MalformedInputError, ForbiddenError)):
            define_export(world.exchange, member.principal, replace(NEW, name="other", reads_as=wrong))
    writer = member.principal_with(scopes=PARTNER_SCOPES - {Permission.CREDENTIALS_WRITE})
    with pytest.raises(ForbiddenError):
        define_export(world.exchange, writer, replace(NEW, name="other", reads_as=named))
