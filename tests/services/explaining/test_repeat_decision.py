"""That a decision of the past comes out as it was; random histories are ``tests/promises/test_decisions_are_repeated.py``'s."""

from __future__ import annotations

from datetime import timedelta

from app.domain.vocabulary import Channel, Purpose, Tlp
from app.policy.clauses import Clause
from app.policy.grounds import Ground
from app.services.explaining.repeat_decision import Asking, decisions_at, decisions_of_row
from app.storage.history import AsOf
from app.storage.ledger_search import Numbers, Sought, rows_sought
from tests.factories.members import Hub, Member
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator

HOUR = timedelta(hours=1)
ASKING = Asking(Purpose.DETECTION, Channel.PORTAL, Tlp.RED)


def test_a_decision_of_the_past_is_what_the_agreement_of_then_said(quick_hub: Hub, publisher: Member, other: Member) -> None:
    publisher.store(indicator())
    quick_hub.clock.pass_time(HOUR)
    other.agree(purposes=frozenset({Purpose.AUDIT}))
    with quick_hub.exchange.database.read() as connection:
        then = decisions_at(connection, other.partner, [1], ASKING, AsOf(NOW))[1]
        now = decisions_at(connection, other.partner, [1], ASKING, AsOf(NOW + HOUR))[1]
        before = decisions_at(connection, other.partner, [1], ASKING, AsOf(NOW - HOUR))[1]
    assert then.was_seen
    assert (then.ground, then.agreement_version) == (Ground.KIND, 1)
    assert now.hidden is not None
    assert (now.hidden.clause, now.hidden.agreement_version) == (Clause.PURPOSE_NOT_AGREED, 2)
    assert not before.was_seen
    assert before.is_out_of_time


def test_a_row_of_the_ledger_is_exact_whatever_was_changed_at_its_instant(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    publisher.store(indicator())
    other.page()
    other.agree(purposes=frozenset({Purpose.AUDIT}))
    with quick_hub.exchange.database.read() as connection:
        [row] = rows_sought(connection, Sought(), Numbers(0, 10, 10))
        by_row = decisions_of_row(connection, other.partner, row.disclosure, [1], Tlp.RED)[1]
        by_instant = decisions_at(connection, other.partner, [1], ASKING, AsOf(row.disclosure.disclosed_at))[1]
    assert by_row.was_seen
    assert not by_instant.was_seen
