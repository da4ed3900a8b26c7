"""Reading the directory of keys: the same bytes for everybody, newest or by number, and as a JSON Web Key Set.

Owns what is served; issuing is ``issue_directory``'s. Kept by ``tests/services/proving/test_read_directory.py``.
"""

from __future__ import annotations

import json
from typing import Any

from app.crypto.jwk import jwk
from app.domain.errors import NotFoundError, UnavailableError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyState
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.storage import key_directory
from breakwater_client.trust.envelope import unverified_payload
from breakwater_client.trust.key_directory import read_directory
from breakwater_client.trust.payload_type import PayloadType


def newest_directory(exchange: Exchange, principal: Principal) -> str:
    """Give the newest version: the JSON text of its envelope, the same for everybody.

    Raises:
        UnavailableError: a newer one is owed, and what is there no longer says all that is known.
    """
    require(principal, Permission.KEYS_READ)
    with exchange.database.read() as connection:
        newest = key_directory.newest_version(connection)
    if newest is None or newest.envelope is None:
        raise UnavailableError("A new version of the directory of keys is being made.")
    return newest.envelope


def directory_version(exchange: Exchange, principal: Principal, version: int) -> str:
    """Give one version, also an old or expired one: consumers go from version to version through rotations.

    Raises:
        NotFoundError: there is none of this number.
    """
    require(principal, Permission.KEYS_READ)
    with exchange.database.read() as connection:
        found = key_directory.version_by_number(connection, version)
    if found is None or found.envelope is None:
        raise NotFoundError
    return found.envelope


def web_keys(exchange: Exchange, principal: Principal) -> dict[str, Any]:
    """Give the keys of the newest version that count now, as a JSON Web Key Set (RFC 7517). It carries no signature.

    Raises:
        UnavailableError: as ``newest_directory``.
    """
    envelope = json.loads(newest_directory(exchange, principal))
    directory = read_directory(unverified_payload(envelope, PayloadType.KEY_DIRECTORY))
    now = exchange.clock()
    counting = [one for one in directory.keys if one.state is KeyState.ACTIVE and one.counts_at(now)]
    return {"keys": [jwk(one.public_key) | {"usage": one.usage.value, "owner": one.owner} for one in counting]}
