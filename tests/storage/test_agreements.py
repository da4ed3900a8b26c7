from __future__ import annotations

import pytest

from app.domain.agreement import Agreement
from app.domain.errors import ConflictError
from app.domain.vocabulary import Assurance, Channel, Harm, Profile, Purpose, Sensitivity, Tlp
from app.storage import agreements
from app.storage.session import Database
from tests.factories import policy_values
from tests.factories.policy_values import DAY, NOW
from tests.storage.samples import OTHER_READER, OWNER, READER

EMPTY = policy_values.agreement(
    read=policy_values.read_terms(
        publisher_roles=frozenset(),
        publisher_jurisdictions=frozenset(),
        purposes=frozenset(),
        sensitivities=frozenset(),
        harm_types=frozenset(),
        channels=frozenset(),
        tlp_ceiling=Tlp.CLEAR,
    ),
    write=policy_values.write_terms(
        profiles=frozenset(), assurances=frozenset(), sensitivities=frozenset(), harm_types=frozenset()
    ),
    default_handling=policy_values.default_handling(purposes=frozenset(), permitted_uses=frozenset(), harm_types=frozenset()),
)
FULL = policy_values.agreement(
    ends_at=NOW + DAY,
    read=policy_values.read_terms(
        publisher_roles=frozenset({"ngo", "platform"}),
        publisher_jurisdictions=frozenset({"IE", "GB"}),
        purposes=frozenset(Purpose),
        sensitivities=frozenset(Sensitivity),
        harm_types=frozenset(Harm),
        channels=frozenset(Channel),
    ),
    write=policy_values.write_terms(
        profiles=frozenset(Profile), assurances=frozenset(Assurance), sensitivities=frozenset(Sensitivity)
    ),
    default_handling=policy_values.default_handling(audience_id="audience-1"),
)


def _add(database: Database, *values: Agreement) -> None:
    with database.write() as connection:
        for value in values:
            agreements.add_agreement(connection, value)


@pytest.mark.parametrize("value", [policy_values.agreement(), EMPTY, FULL])
def test_an_agreement_comes_back_as_it_was(exchange: Database, value: Agreement) -> None:
    _add(exchange, value)
    with exchange.read() as connection:
        assert agreements.agreements(connection, READER) == [value]


def test_agreements_are_listed_version_by_version_for_their_partner_or_for_all(exchange: Database) -> None:
    versions = [policy_values.agreement(version=version) for version in (10, 9, 1)]
    others = policy_values.agreement(partner_id=OWNER, version=1)
    _add(exchange, *versions, others)
    with exchange.read() as connection:
        assert [one.version for one in agreements.agreements(connection, READER)] == [1, 9, 10]
        assert agreements.agreements(connection, OTHER_READER) == []
        assert [(one.partner_id, one.version) for one in agreements.agreements(connection, None)] == [
            (OWNER, 1),
            (READER, 1),
            (READER, 9),
            (READER, 10),
        ]


def test_a_version_is_never_written_again(exchange: Database) -> None:
    _add(exchange, FULL)
    with pytest.raises(ConflictError):
        _add(exchange, EMPTY)
