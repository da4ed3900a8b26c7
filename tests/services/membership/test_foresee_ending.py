"""What ends with a key, foreseen."""

from __future__ import annotations

import pytest

from app.domain.errors import NotFoundError
from app.services.membership.foresee_ending import KeyEnding, foresee_ending
from app.storage import credentials
from tests.factories.members import Hub, Member


def _keyid(hub: Hub, member: Member) -> str:
    with hub.exchange.database.read() as connection:
        return credentials.keys(connection, member.id)[0].keyid


def test_the_last_key_of_its_use_is_said_to_be_that(quick_hub: Hub, publisher: Member) -> None:
    keyid = _keyid(quick_hub, publisher)
    assert foresee_ending(quick_hub.exchange, publisher.principal, keyid) == KeyEnding(others=0, credentials=0)
    assert foresee_ending(quick_hub.exchange, quick_hub.operator, keyid) == KeyEnding(others=0, credentials=0)


def test_anothers_key_is_not_there(quick_hub: Hub, publisher: Member, other: Member) -> None:
    for keyid in (_keyid(quick_hub, other), "0" * 64):
        with pytest.raises(NotFoundError):
            foresee_ending(quick_hub.exchange, publisher.principal, keyid)
