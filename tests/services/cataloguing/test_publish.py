"""A release is stated, logged and signed as a whole, and what it leaves as it was is not signed anew."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.catalogue import Catalogue
from app.domain.catalogue_release import Changes, following_release
from app.domain.events import Event
from app.services.cataloguing.founding import founding
from app.services.cataloguing.publish import ensure_catalogue, install_catalogue, publish
from app.stix.catalogue_documents import catalogue_document
from app.stix.catalogue_objects import behaviour_id, catalogue_objects
from app.storage import catalogue_releases, log, members
from app.storage.catalogue_releases import CatalogueObject, KeptRelease
from app.storage.counter import read_order, save_order, start_order, take_order_lock
from app.storage.schema import downgrade, migrate
from app.storage.tables import event
from breakwater_client.signing.hub_stable import hub_stable
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import open_envelope
from breakwater_client.trust.log_leaf import LeafKind
from breakwater_client.trust.object_signature import read_signature, verify_object
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.members import Clock, Hub, serving, started_hub
from tests.factories.policy_values import NOW


@pytest.fixture
def hub(database_url: str) -> Iterator[Hub]:
    with started_hub(database_url) as hub:
        yield hub


def published(hub: Hub, catalogue: Catalogue) -> KeptRelease:
    with hub.exchange.database.write() as connection:
        order = take_order_lock(connection)
        kept = publish(connection, order, hub.exchange.keys.statements, catalogue, ("credential", hub.clock.now))
        save_order(connection, order)
    return kept


def stated(hub: Hub) -> list[CatalogueObject]:
    with hub.exchange.database.read() as connection:
        return catalogue_releases.objects_until(connection, 1_000)


def second_release() -> Catalogue:
    changed = replace(founding().behaviours[0], name="Said otherwise")
    return following_release(founding(), Changes(behaviours=(changed,)), founding().released_at + timedelta(days=1))


def test_a_new_exchange_has_the_first_release_signed_and_logged(hub: Hub) -> None:
    key = hub.exchange.keys.statements.public
    with hub.exchange.database.read() as connection:
        kept = catalogue_releases.newest_release(connection)
        home = members.this_exchange(connection)
        [statement] = log.statements(connection, LeafKind.CATALOGUE_RELEASE, "1")
    assert kept is not None
    assert kept.document.encode() == canonical_bytes(catalogue_document(founding()))
    said = json.loads(open_envelope(json.loads(kept.envelope), PayloadType.CATALOGUE_RELEASE, {key.keyid: key}).payload)
    digest = hashlib.sha256(kept.document.encode()).hexdigest()
    assert (said["exchange"], said["release"], said["digest"]) == (home.exchange_id, 1, digest)
    assert statement.log_index == kept.log_index
    assert json.loads(statement.document)["digest"] == kept.digest == digest


def test_each_object_is_signed_by_the_exchange_in_a_spelling_that_tools_keep(hub: Hub) -> None:
    key = hub.exchange.keys.statements.public
    with hub.exchange.database.read() as connection:
        home = members.this_exchange(connection)
    objects = stated(hub)
    assert len(objects) == len(catalogue_objects(founding(), home.identity_id))
    assert len({one.added_at for one in objects}) == len(objects)
    for one in objects:
        value = json.loads(one.content)
        entry = read_signature(value)
        verify_object(value, entry, key)
        assert entry.signer == home.identity_id
        assert hub_stable(value) == value


def test_a_release_states_what_changed_and_nothing_else(hub: Hub) -> None:
    before = stated(hub)
    kept = published(hub, second_release())
    new = stated(hub)[len(before) :]
    assert [one.stix_id for one in new] == [behaviour_id(founding().behaviours[0].code)]
    assert (new[0].release, kept.credential_id) == (2, "credential")
    assert new[0].added_at > before[-1].added_at
    with hub.exchange.database.read() as connection:
        rows = connection.execute(select(event.c.event, event.c.subject, event.c.credential_id)).all()
    assert (Event.CATALOGUE_RELEASE, "2", "credential") in [tuple(row) for row in rows]


def test_the_first_release_is_installed_once(hub: Hub) -> None:
    with hub.exchange.database.write() as connection:
        order = take_order_lock(connection)
        before = order.log_index
        ensure_catalogue(connection, order, hub.exchange.keys.statements, hub.clock.now)
        assert order.log_index == before
    assert len(stated(hub)) == len(catalogue_objects(founding(), "identity--x"))


def test_an_exchange_of_an_earlier_version_gets_it_from_the_work_ledger(database_url: str) -> None:
    clock = Clock(NOW)
    with serving(database_url, clock) as exchange:
        with exchange.database.write() as connection:
            members.add_exchange(connection, str(uuid.uuid4()), clock.now)
            start_order(connection, clock.now)
        for expected in (0, 0):
            with exchange.database.write() as connection:
                assert install_catalogue(exchange.keys.statements, connection, {}, clock.now) is None
                assert read_order(connection).log_index == expected
                assert catalogue_releases.newest_document(connection) is not None


def test_the_step_of_the_database_leaves_the_first_release_to_the_next_server(database_url: str) -> None:
    """An exchange that was there before the catalogue has none until its work is done; nothing else of it changes."""
    with started_hub(database_url) as hub:
        hub.exchange.database.dispose()
        downgrade(database_url, "0023")
        migrate(database_url)
        with hub.exchange.database.read() as connection:
            assert catalogue_releases.newest_document(connection) is None
            before = read_order(connection).log_index
        hub.work()
        with hub.exchange.database.read() as connection:
            assert catalogue_releases.newest_document(connection) is not None
            assert read_order(connection).log_index == before + 1
        assert len(stated(hub)) == len(catalogue_objects(founding(), "identity--x"))
