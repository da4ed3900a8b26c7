from __future__ import annotations

import hashlib

from app.domain.vocabulary import Channel, Harm
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.reading.visible_set import looking
from app.storage import export_reading
from app.storage.export_reading import Since
from app.storage.session import Database
from tests.factories.members import started_hub
from tests.factories.policy_values import DAY
from tests.factories.recalled import notices
from tests.factories.stix_objects import context, indicator


def test_what_is_read_for_exports_beside_the_feed(database_url: str) -> None:
    with started_hub(database_url) as hub:
        publisher, reader = hub.enrol("Platform A"), hub.enrol("Platform B", harm_types=frozenset(Harm) - {Harm.CSAM})
        gone, stays, hidden = indicator(), indicator(), indicator(stated=context(harm_types=["csam"]))
        publisher.store(gone, stays, hidden)
        key = reader.reader(channel=Channel.EXPORT).key
        reader.pull()
        with looking(hub.exchange, key, hub.clock.now) as look:
            before = Since(look.position, hub.clock.now)
            stored = list(export_reading.stored_versions(look.connection, [2, 99, 3, 1], names=True))
            assert [row[4] for row in stored] == [stays["id"], None, hidden["id"], gone["id"]]
            assert [row[:3] for row in stored] == list(export_reading.stored_versions(look.connection, [2, 99, 3, 1]))
            assert [row[3] for row in stored if row[0]] == [hashlib.sha256(row[0]).digest() for row in stored if row[0]]
            assert export_reading.seen_among(look.connection, look.viewpoint, [1, 2, 3]) == {1, 2}
            assert sorted(export_reading.seen_between(look.connection, look.viewpoint, 1, 3, hub.clock.now)) == [1, 2]
            assert export_reading.changed_since(look.connection, look.viewpoint, before, hub.clock.now + DAY) == set()
            assert export_reading.same_contents(look.connection, [1]) == {}
            assert export_reading.last_change(look.connection) == 0
        withdraw(hub.exchange, publisher.principal, WithdrawalRequest(gone["id"]))
        hub.work()
        with looking(hub.exchange, key, hub.clock.now) as look:
            assert export_reading.changed_since(look.connection, look.viewpoint, before, hub.clock.now) == {1}
            assert export_reading.seen_among(look.connection, look.viewpoint, [1, 2, 3]) == {2}
            [lost] = export_reading.named_losses(look.connection, [1, 99])
            assert (lost.stix_id, lost.is_withdrawn) == (gone["id"], True)
            [told] = export_reading.notices_to(look.connection, reader.id, before.position, look.position)
            assert [told.notice_id] == [one.sent.notice_id for one in notices(reader)]
            assert export_reading.last_change(look.connection) > before.position


def test_a_database_without_changes_has_no_last_one(exchange: Database) -> None:
    with exchange.read() as connection:
        assert export_reading.last_change(connection) == 0
