"""An answer has its row in the ledger, and what holds nothing has none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.domain.errors import UnavailableError
from app.services.reading import disclosing
from app.services.reading.disclosing import disclosed
from app.services.reading.record_disclosure import Manner
from app.services.reading.visible_set import Look
from app.storage import feed
from app.storage.feed import VisibleVersion
from tests.factories.members import Hub
from tests.factories.stix_objects import indicator


def test_what_is_given_is_in_the_ledger_and_an_empty_answer_is_not(hub: Hub) -> None:
    owner, reader = hub.enrol("Owner"), hub.enrol("Reader")
    value = indicator()
    owner.store(value)

    def read(stix_id: str) -> list[VisibleVersion]:
        def look_up(look: Look) -> tuple[Sequence[VisibleVersion], list[VisibleVersion]]:
            found = feed.versions_of(look.connection, look.viewpoint, stix_id, look.now)
            return found, found

        return disclosed(hub.exchange, reader.reader(), look_up, Manner())

    def rows() -> int:
        with hub.exchange.database.read() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM disclosure").scalar_one())

    assert (read(indicator()["id"]), rows()) == ([], 0)
    assert (len(read(value["id"])), rows()) == (1, 1)


def test_what_keeps_being_withdrawn_is_not_given(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = hub.enrol("Owner")
    value = indicator()
    owner.store(value)
    monkeypatch.setattr(disclosing, "record_disclosure", lambda *_: False)

    def read(look: Look) -> tuple[Sequence[VisibleVersion], int]:
        return feed.versions_of(look.connection, look.viewpoint, value["id"], look.now), 1

    with pytest.raises(UnavailableError):
        disclosed(hub.exchange, owner.reader(), read, Manner())
