"""Keeps the form of our STIX extension ids."""

from __future__ import annotations

from uuid import UUID

import pytest

from breakwater_client import extensions

IDS = [value for name, value in vars(extensions).items() if name.isupper()]


@pytest.mark.parametrize("extension_id", IDS)
def test_an_extension_id_is_a_stix_id_with_a_random_uuid(extension_id: str) -> None:
    kind, _separator, uuid = extension_id.partition("--")
    assert kind == "extension-definition"
    assert (UUID(uuid).version, str(UUID(uuid))) == (4, uuid)


def test_the_exchange_has_seventeen_extensions() -> None:
    assert len(IDS) == 17


def test_no_two_extensions_share_an_id() -> None:
    assert len(set(IDS)) == len(IDS)
