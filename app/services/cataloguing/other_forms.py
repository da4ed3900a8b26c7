"""Releases of the catalogue in forms made for others, and what changed between two of them. Public, as ``look_up`` is.

Owns nothing of what they say (``app/stix/navigator_layer.py``, ``compare``); made anew each time, the same for everybody. Kept by
``tests/services/cataloguing/test_other_forms.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.services.cataloguing.compare import compare
from app.services.cataloguing.current import read_release
from app.services.cataloguing.look_up import found_release
from app.services.exchange import Exchange
from app.stix.navigator_layer import navigator_bundle, navigator_layer
from app.storage import members


def layer_bytes(exchange: Exchange, number: int | None) -> bytes:
    """Give a release, the newest if no number is given, as an ATT&CK Navigator layer. Raises as ``found_release``."""
    with exchange.database.read() as connection:
        return _bytes(navigator_layer(read_release(found_release(connection, number).document)))


def scored_layer_bytes(exchange: Exchange, scores: Mapping[str, float]) -> bytes:
    """Give the newest release as a layer with scores of behaviours in force, by their codes. Raises as ``found_release``."""
    with exchange.database.read() as connection:
        return _bytes(navigator_layer(read_release(found_release(connection, None).document), scores))


def navigator_data_bytes(exchange: Exchange, number: int | None) -> bytes:
    """Give a release as the data set that the Navigator draws a layer over, unsigned. Raises as ``found_release``."""
    with exchange.database.read() as connection:
        release = read_release(found_release(connection, number).document)
        return _bytes(navigator_bundle(release, members.this_exchange(connection).identity_id))


def changes_since(exchange: Exchange, before: int, after: int | None) -> dict[str, Any]:
    """Give what one release, the newest if no number is given, changed since another. Raises as ``found_release``."""
    with exchange.database.read() as connection:
        old, new = found_release(connection, before), found_release(connection, after)
    return compare(read_release(old.document), read_release(new.document)).document()


def _bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
