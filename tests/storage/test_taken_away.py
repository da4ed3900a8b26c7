from __future__ import annotations

from datetime import timedelta

from app.domain.events import Event
from app.domain.subject_request import SubjectAct
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.storage import log_check, taken_away
from app.storage.taken_away import TakenAway
from tests.factories.erasures import erase
from tests.factories.members import started_hub
from tests.factories.stix_objects import indicator
from tests.factories.subject_requests import ADDRESS, Office


def test_what_was_taken_away_is_told_of_the_first_leaves_and_since_the_event_alone(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        publisher, exchange = hub.enrol("Platform"), hub.exchange
        one, gone, about = indicator(), indicator(), indicator(pattern=f"[email-addr:value = '{ADDRESS}']")
        publisher.store(one, gone, about)
        office = Office(hub)
        with exchange.database.read() as connection:
            size, last = log_check.tree_size(connection), taken_away.last_event(connection)
        publisher.store(later := indicator())
        withdraw(exchange, publisher.principal, WithdrawalRequest(one["id"]))
        withdraw(exchange, publisher.principal, WithdrawalRequest(later["id"]))
        erase(publisher, gone["id"])
        request = office.look_up()
        office.agree(office.propose(request, SubjectAct.RESTRICTION))
        now, kinds = exchange.clock(), {Event.OBJECT_WITHDRAW, Event.SUBJECT_RESTRICT}
        with exchange.database.read() as connection:
            assert taken_away.withdrawn_since(connection, now - timedelta(days=1), size) == [
                TakenAway(publisher.id, one["id"], one["modified"])
            ]
            assert taken_away.withdrawn_since(connection, now + timedelta(days=1), size) == []
            known = taken_away.events_since(connection, last, now, kinds)
            assert [record.event for record in known].count(Event.SUBJECT_RESTRICT) == 1
            assert taken_away.events_since(connection, None, now - timedelta(days=1), kinds) == known
            assert taken_away.events_since(connection, taken_away.last_event(connection), now, kinds) == []
            [restricted] = taken_away.restricted_by(connection, {str(known[-1].subject)})
        assert (restricted.owner_id, restricted.stix_id) == (publisher.id, about["id"])
