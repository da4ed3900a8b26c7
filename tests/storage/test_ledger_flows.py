"""Answers are counted by owner and reader, the newest of each owner."""

from __future__ import annotations

from dataclasses import replace

from app.storage.ledger_flows import Given, answers_given
from app.storage.session import Database
from tests.factories.policy_values import DAY, NOW
from tests.storage.samples import OTHER_OWNER, OTHER_READER, OWNER, READER
from tests.storage.test_disclosures import VALUE, _add


def test_answers_are_counted_by_owner_and_reader_and_from_when_on(exchange: Database) -> None:
    for days, reader, owner in ((0, READER, OWNER), (2, READER, OWNER), (3, OTHER_READER, OWNER), (3, READER, OTHER_OWNER)):
        _add(exchange, replace(VALUE, partner_id=reader, disclosed_at=NOW + days * DAY), owner)
    _add(exchange, replace(VALUE, partner_id=OWNER, disclosed_at=NOW + 4 * DAY), OWNER)
    with exchange.read() as connection:
        everything, is_cut = answers_given(connection, {OWNER, OTHER_OWNER}, NOW, 9)
        assert {(one.owner_id, one.reader_id): one.answers for one in everything} == {
            (OTHER_OWNER, READER): 1,
            (OWNER, OTHER_READER): 1,
            (OWNER, READER): 2,
        }
        assert not is_cut
        assert answers_given(connection, {OWNER}, NOW + 3 * DAY, 9) == ([Given(OWNER, OTHER_READER, 1)], False)
        assert answers_given(connection, {OWNER}, NOW, 2) == ([Given(OWNER, OTHER_READER, 1)], True)
        assert answers_given(connection, (), NOW, 9) == ([], False)
