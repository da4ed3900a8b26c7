from __future__ import annotations

from app.policy.grounds import Ground
from app.services.ledger.answers import LedgerReader
from app.storage.ledger_search import Numbers, Sought, rows_sought
from tests.factories.groups import make_group
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator


def test_staff_are_told_the_credential_and_an_owner_is_not(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher, other)
    publisher.submit(indicator(), group_id=group_id)
    other.page()
    with quick_hub.exchange.database.read() as connection:
        [row] = rows_sought(connection, Sought(), Numbers(0, 10, 10))
        answers = []
        for owner_id in (None, publisher.id):
            reader = LedgerReader(connection, owner_id)
            [held] = reader.held([row], Sought())
            answers += reader.answers([(row, held)])
    for_staff, for_owner = answers
    assert for_staff.credential_id == other.principal.credential.credential_id
    assert for_owner.credential_id is None
    assert for_staff.given == for_owner.given
    [given] = for_staff.given
    assert (given.ground, given.groups, given.publisher_id) == (Ground.GROUP, {group_id}, publisher.id)


def test_of_what_is_anothers_an_owner_is_told_nothing(quick_hub: Hub, publisher: Member, other: Member) -> None:
    publisher.store(indicator())
    other.page()
    with quick_hub.exchange.database.read() as connection:
        [row] = rows_sought(connection, Sought(), Numbers(0, 10, 10))
        assert LedgerReader(connection, other.id).held([row], Sought()) == [{}]
