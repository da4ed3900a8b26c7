from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.domain.errors import ForbiddenError, NotFoundError, UnavailableError
from app.domain.permissions import Permission
from app.services.proving.read_directory import directory_version, newest_directory, web_keys
from app.storage import key_directory
from breakwater_client.trust.key_directory import Pinned, open_directory
from tests.factories.members import PARTNER_SCOPES, Hub, Member
from tests.factories.policy_values import DAY, NOW


def test_everybody_is_served_the_same_bytes(quick_hub: Hub, publisher: Member, other: Member) -> None:
    served = {newest_directory(quick_hub.exchange, one) for one in (publisher.principal, other.principal, quick_hub.operator)}
    assert len(served) == 1
    directory = quick_hub.exchange.keys.directory.public
    opened = open_directory(json.loads(served.pop()), Pinned(frozenset({directory.keyid})), NOW)
    assert opened.find(publisher.key.public.keyid)


def test_versions_are_served_by_number(quick_hub: Hub, publisher: Member) -> None:
    exchange = quick_hub.exchange
    newest = newest_directory(exchange, publisher.principal)
    with exchange.database.read() as connection:
        found = key_directory.newest_version(connection)
    assert found is not None
    assert directory_version(exchange, publisher.principal, found.version) == newest
    assert directory_version(exchange, publisher.principal, 1) != newest
    for absent in (0, found.version + 1):
        with pytest.raises(NotFoundError):
            directory_version(exchange, publisher.principal, absent)


def test_while_a_version_is_owed_nobody_is_served_an_older_one(quick_hub: Hub, publisher: Member) -> None:
    exchange = quick_hub.exchange
    with exchange.database.write() as connection:
        last = key_directory.newest_version(connection)
        assert last is not None
        owed = key_directory.DirectoryVersion(last.version + 1, last.keyid, None, NOW, NOW + DAY)
        key_directory.add_version(connection, owed)
    for read in (newest_directory, web_keys):
        with pytest.raises(UnavailableError):
            read(exchange, publisher.principal)
    with pytest.raises(NotFoundError):
        directory_version(exchange, publisher.principal, owed.version)
    assert directory_version(exchange, publisher.principal, last.version) == last.envelope


def test_the_web_key_set_holds_what_counts_now(quick_hub: Hub, publisher: Member) -> None:
    exchange = quick_hub.exchange
    own = {"owner": publisher.partner.identity_id, "usage": "object-signing"}
    found = {one["kid"]: one for one in web_keys(exchange, publisher.principal)["keys"]}
    assert found[publisher.key.public.keyid].items() >= own.items()
    assert len(found) == 4
    quick_hub.clock.pass_time(-timedelta(days=1))
    assert web_keys(exchange, publisher.principal)["keys"] == []


def test_reading_needs_the_permission(quick_hub: Hub, publisher: Member) -> None:
    lesser = publisher.principal_with(scopes=PARTNER_SCOPES - {Permission.KEYS_READ})
    for refused in (newest_directory, web_keys):
        with pytest.raises(ForbiddenError):
            refused(quick_hub.exchange, lesser)
    with pytest.raises(ForbiddenError):
        directory_version(quick_hub.exchange, lesser, 1)
