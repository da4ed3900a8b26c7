from __future__ import annotations

from datetime import timedelta

from app.domain.vocabulary import Assurance
from app.storage.signed_versions import Window, attested_for, signed_by, submissions_by
from tests.factories.members import Hub, started_hub
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator

HOUR = timedelta(hours=1)


def test_versions_are_found_by_key_or_credential_within_their_window(database_url: str) -> None:
    with started_hub(database_url) as hub:
        _look(hub)


def _look(hub: Hub) -> None:
    publisher = hub.enrol("Platform A")
    publisher.agree(write={"assurances": frozenset(Assurance)})
    for hour in range(3):
        hub.clock.now = NOW + hour * HOUR
        publisher.store(indicator())
        publisher.submit(indicator(), sign=False)
    keyid, credential_id = publisher.key.public.keyid, publisher.principal.credential.credential_id
    window = Window(NOW + HOUR, NOW + 2 * HOUR)
    with hub.exchange.database.read() as connection:
        signed = signed_by(connection, keyid, window, 0, 10)
        attested = attested_for(connection, credential_id, window, 0, 10)
        whole = Window(NOW, NOW + 3 * HOUR)
        first, second = (signed_by(connection, keyid, whole, after, 2) for after in (0, signed[0].version_id))
        ids, count = submissions_by(connection, credential_id, whole, 4)
    assert [one.assurance for one in signed] == [Assurance.PUBLISHER_SIGNED]
    assert [one.assurance for one in attested] == [Assurance.CHANNEL_ATTESTED]
    assert [one.version_id for one in first][1] == signed[0].version_id
    assert len(second) == 1
    assert (len(ids), count) == (4, 6)
