"""Agreements, version by version."""

from __future__ import annotations

import pytest

from app.domain.errors import ConflictError
from app.storage.agreements import add_agreement, agreements
from app.storage.session import Database
from tests.factories import policy_values
from tests.factories.policy_values import DAY, NOW
from tests.storage.samples import OWNER, READER

FIRST = policy_values.agreement(partner_id=READER, version=1)
SECOND = policy_values.agreement(
    partner_id=READER,
    version=2,
    starts_at=NOW + DAY,
    ends_at=NOW + 2 * DAY,
    read=policy_values.read_terms(publisher_jurisdictions=frozenset({"IE", "FR"}), channels=frozenset()),
    default_handling=policy_values.default_handling(audience_id="audience-1"),
)
OTHER = policy_values.agreement(partner_id=OWNER, version=1)


@pytest.fixture
def kept(exchange: Database) -> Database:
    with exchange.write() as connection:
        for one in (SECOND, OTHER, FIRST):
            add_agreement(connection, one)
    return exchange


def test_versions_of_a_partner_come_back_as_they_were_in_order(kept: Database) -> None:
    with kept.read() as connection:
        assert agreements(connection, READER) == [FIRST, SECOND]


def test_operators_list_all_partners(kept: Database) -> None:
    with kept.read() as connection:
        assert agreements(connection, None) == [OTHER, FIRST, SECOND]


def test_a_partner_without_an_agreement_has_none(exchange: Database) -> None:
    with exchange.read() as connection:
        assert agreements(connection, READER) == []


def test_a_version_is_never_written_twice(kept: Database) -> None:
    with pytest.raises(ConflictError), kept.write() as connection:
        add_agreement(connection, FIRST)
