from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.domain.errors import UnavailableError
from app.domain.vocabulary import KeyState, KeyUsage
from app.services.proving.issue_directory import EVERY, LIFE, issue_directory, keep_directory
from app.storage import key_directory
from app.storage.counter import take_order_lock
from app.storage.key_directory import DirectoryVersion
from breakwater_client.trust.key_directory import Directory, Pinned, open_directory
from breakwater_client.trust.keys import PrivateKey
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY, NOW


class AwayKey:
    """A key whose holder cannot be reached."""

    def __init__(self, key: PrivateKey) -> None:
        self.public = key.public

    def sign(self, _message: bytes) -> bytes:
        raise UnavailableError("The signer is away.")


def newest(hub: Hub) -> DirectoryVersion:
    with hub.exchange.database.read() as connection:
        found = key_directory.newest_version(connection)
    assert found is not None
    return found


def opened(hub: Hub) -> Directory:
    envelope = newest(hub).envelope
    assert envelope is not None
    pinned = Pinned(frozenset({hub.exchange.keys.directory.public.keyid}))
    return open_directory(json.loads(envelope), pinned, hub.clock.now)


def issue(hub: Hub) -> None:
    with hub.exchange.database.write() as connection:
        take_order_lock(connection)
        issue_directory(connection, hub.exchange.keys, hub.clock.now)


def test_a_new_exchange_has_a_directory_of_its_own_keys(hub: Hub) -> None:
    directory = opened(hub)
    keys = hub.exchange.keys
    assert {one.keyid: one.usage for one in directory.keys} == {
        keys.statements.public.keyid: KeyUsage.STATEMENT_SIGNING,
        keys.directory.public.keyid: KeyUsage.DIRECTORY_SIGNING,
        keys.checkpoints.public.keyid: KeyUsage.CHECKPOINT_SIGNING,
    }
    assert {one.owner for one in directory.keys} == {f"identity--{directory.exchange}"}
    assert (directory.version, directory.rotations) == (1, ())
    assert (directory.issued_at, directory.expires_at) == (NOW, NOW + LIFE)
    assert directory.log_origin == f"breakwater-exchange/{directory.exchange}"


def test_partners_keys_are_listed_by_identity_once_they_counted(quick_hub: Hub, publisher: Member) -> None:
    pending = publisher.add_key(active=False)
    issue(quick_hub)
    directory = opened(quick_hub)
    listed = directory.find(publisher.key.public.keyid)
    assert listed is not None
    assert (listed.owner, listed.usage, listed.state) == (
        publisher.partner.identity_id,
        KeyUsage.OBJECT_SIGNING,
        KeyState.ACTIVE,
    )
    assert (listed.registered_at, listed.activated_at) == (NOW, NOW)
    assert directory.find(pending.public.keyid) is None


def test_names_of_partners_stand_nowhere_in_it(quick_hub: Hub, publisher: Member) -> None:
    issue(quick_hub)
    assert publisher.partner.name not in str(opened(quick_hub))
    assert publisher.id not in str(opened(quick_hub)).replace(publisher.partner.identity_id, "")


def test_a_version_is_made_every_day_and_not_more_often(quick_hub: Hub) -> None:
    exchange, first = quick_hub.exchange, newest(quick_hub)
    for waited, version in ((EVERY / 2, 1), (EVERY, 2), (EVERY, 2), (EVERY * 9, 3)):
        quick_hub.clock.now = NOW + waited
        with exchange.database.write() as connection:
            again = keep_directory(exchange.keys, connection, {}, quick_hub.clock.now)
        assert newest(quick_hub).version == version
        assert again == newest(quick_hub).issued_at + EVERY
    assert opened(quick_hub).keys == open_directory(json.loads(first.envelope or ""), opened_trust(quick_hub), NOW).keys


def opened_trust(hub: Hub) -> Pinned:
    return Pinned(frozenset({hub.exchange.keys.directory.public.keyid}))


def test_the_ledger_makes_them(quick_hub: Hub) -> None:
    from app.services.do_work import ensure_periodic_work  # noqa: PLC0415  # what only this test needs

    ensure_periodic_work(quick_hub.exchange)
    for day in range(1, 4):
        quick_hub.clock.now = NOW + day * DAY
        quick_hub.work()
        assert newest(quick_hub).version == 2 + day  # the second, as the server starts: it lists the key of overlap checks


def test_a_version_that_cannot_be_signed_is_owed_until_the_signer_is_back(quick_hub: Hub) -> None:
    exchange = quick_hub.exchange
    directory_key = exchange.keys.directory
    assert isinstance(directory_key, PrivateKey)
    away = replace(exchange.keys, directory=AwayKey(directory_key))
    with exchange.database.write() as connection:
        take_order_lock(connection)
        issue_directory(connection, away, NOW)
        issue_directory(connection, away, NOW)
    assert (newest(quick_hub).version, newest(quick_hub).envelope) == (3, None)
    with exchange.database.write() as connection:
        assert keep_directory(away, connection, {"once": True}, NOW) == NOW + timedelta(seconds=5)
    quick_hub.work()
    assert (newest(quick_hub).version, opened(quick_hub).version) == (4, 4)


def test_a_server_with_another_directory_key_than_the_registered_one_owes_it_too(quick_hub: Hub) -> None:
    exchange = quick_hub.exchange
    with exchange.database.write() as connection:
        take_order_lock(connection)
        issue_directory(connection, replace(exchange.keys, directory=PrivateKey.generate()), NOW)
    assert newest(quick_hub).envelope is None


def test_a_number_that_the_signer_used_is_never_used_again(hub: Hub) -> None:
    """Its transaction was rolled back, or whoever took a server over asked for it."""

    class Remembering(PrivateKey):
        def signed_last(self) -> dict[str, Any]:
            return {"version": 41}

    key = hub.exchange.keys.directory
    assert isinstance(key, PrivateKey)
    keys = replace(hub.exchange.keys, directory=Remembering.from_pem(key.to_pem()))
    with hub.exchange.database.write() as connection:
        take_order_lock(connection)
        issue_directory(connection, keys, hub.clock.now)
    assert opened(hub).version == 42
