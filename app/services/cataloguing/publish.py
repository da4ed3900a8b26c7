"""Publishing a release of the catalogue: its document, what the exchange states of it, and its STIX objects, each of them signed.

Owns that these come in one transaction with a leaf of the log. An object that a release leaves as it was is not signed anew. What
a release says is ``release``'s; the first one is installed here. Kept by ``tests/services/cataloguing/test_publish.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.domain.catalogue import Catalogue
from app.domain.events import Event, EventRecord
from app.domain.stix_object import timestamp_key
from app.services.cataloguing.founding import founding
from app.services.proving.record import Recorded, record_in_log
from app.stix.catalogue_documents import catalogue_document
from app.stix.catalogue_objects import catalogue_objects
from app.storage import catalogue_releases, events, members
from app.storage.catalogue_releases import CatalogueObject, KeptRelease
from app.storage.counter import Order, save_order, take_order_lock
from app.storage.session import Connection
from breakwater_client.instant import instant_text
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.keys import SigningKey
from breakwater_client.trust.log_leaf import LeafKind
from breakwater_client.trust.object_signature import sign_object
from breakwater_client.trust.payload_type import PayloadType

TYPE = "catalogue-release"
INSTALL_CATALOGUE = "install-catalogue"


def publish(
    connection: Connection, order: Order, key: SigningKey, catalogue: Catalogue, by: tuple[str | None, datetime]
) -> KeptRelease:
    """Keep a release that follows the newest one; ``by`` is with which credential (None: nobody's), and when.

    The caller holds the order lock and saves the order. ``key`` is the one by which the exchange states things.
    """
    credential_id, now = by
    home = members.this_exchange(connection)
    document = canonical_bytes(catalogue_document(catalogue))
    newest = catalogue_releases.newest_release(connection)
    statement = {
        "type": TYPE,
        "exchange": home.exchange_id,
        "release": catalogue.release,
        "digest": hashlib.sha256(document).hexdigest(),
        "previous": None if newest is None else newest.digest,
        "created_at": instant_text(now),
    }
    kept = KeptRelease(
        release=catalogue.release,
        document=document.decode(),
        digest=str(statement["digest"]),
        envelope=json.dumps(sign_envelope(PayloadType.CATALOGUE_RELEASE, canonical_bytes(statement), key)),
        released_at=now,
        log_index=record_in_log(connection, order, Recorded(LeafKind.CATALOGUE_RELEASE, str(catalogue.release), statement), now),
        credential_id=credential_id,
    )
    before = catalogue_releases.objects_until(connection, catalogue.release)
    catalogue_releases.add_release(connection, kept)
    signing = _Signing(key, home.identity_id, now)
    catalogue_releases.add_objects(connection, signing.new_objects(order, catalogue, before))
    record = EventRecord(Event.CATALOGUE_RELEASE, now, None, credential_id, subject=str(catalogue.release))
    events.add_events(connection, [record])
    return kept


def ensure_catalogue(connection: Connection, order: Order, key: SigningKey, now: datetime) -> None:
    """Install the first release where there is none. The caller holds the order lock and saves the order."""
    if catalogue_releases.newest_document(connection) is None:
        publish(connection, order, key, founding(), (None, now))


def install_catalogue(key: SigningKey, connection: Connection, payload: Mapping[str, Any], now: datetime) -> None:
    """Install the first release: work that the step of the database leaves to the server that starts after it."""
    del payload
    order = take_order_lock(connection)
    ensure_catalogue(connection, order, key, now)
    save_order(connection, order)


class _Signing:
    """Signs the objects of one release, in the name of the exchange."""

    def __init__(self, key: SigningKey, identity_id: str, now: datetime) -> None:
        self._key = key
        self._identity_id = identity_id
        self._now = now

    def new_objects(self, order: Order, catalogue: Catalogue, before: list[CatalogueObject]) -> Iterator[CatalogueObject]:
        """Give each object that was not stated before, or that says something else by now, in the order of the release."""
        known = {(one.stix_id, one.version_key) for one in before}
        position = before[-1].position if before else 0
        for value in catalogue_objects(catalogue, self._identity_id):
            version_key = str(timestamp_key(value["modified"]))
            if (value["id"], version_key) in known:
                continue
            position += 1
            signed = sign_object(value, self._key, signer=self._identity_id, signed_at=self._now)
            yield CatalogueObject(
                position=position,
                stix_id=value["id"],
                version=value["modified"],
                version_key=version_key,
                release=catalogue.release,
                added_at=order.next_instant(self._now),
                content=canonical_bytes(signed),
            )
