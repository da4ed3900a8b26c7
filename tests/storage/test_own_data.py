from __future__ import annotations

from app.storage import own_data
from app.storage.own_data import Stretch
from tests.factories.members import started_hub
from tests.factories.policy_values import DAY, NOW
from tests.factories.stix_objects import indicator


def test_versions_and_receipts_are_the_owners_alone_and_come_in_batches(database_url: str) -> None:
    with started_hub(database_url) as hub:
        one, other = hub.enrol("Platform A"), hub.enrol("Platform B")
        values = [indicator() for _ in range(3)]
        first, second = one.submit(*values[:2]), one.submit(values[2])
        other.submit(indicator())
        with hub.exchange.database.read() as connection:
            found = own_data.own_versions(connection, Stretch(one.id, NOW + DAY, 2), 0)
            rest = own_data.own_versions(connection, Stretch(one.id, NOW + DAY, 2), found[-1].version_id)
            receipts = own_data.own_receipts(connection, Stretch(one.id, NOW + DAY, 9), "")
            later = own_data.own_receipts(connection, Stretch(one.id, NOW + DAY, 9), receipts[0][0])
    assert [version.stix_id for version in (*found, *rest)] == [value["id"] for value in values]
    assert sorted(submission_id for submission_id, _ in receipts) == sorted([first.submission_id, second.submission_id])
    assert later == receipts[1:]
