from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.subject_request import SubjectRequest
from app.domain.vocabulary import Harm
from app.storage import counter, objects, restrictions
from app.storage.columns import FOREVER
from app.storage.objects import StoredVersion
from app.storage.session import Connection, Database
from app.storage.tables import object_version, restricted_version
from app.storage.withdrawals import OVER, end_versions
from tests.factories.policy_values import DAY, NOW
from tests.storage import samples
from tests.storage.samples import OWNER
from tests.storage.test_subjects import REQUEST, add

A = Harm.CSAM


ANOTHER = replace(REQUEST, request_id="request-2")


def _restrict(connection: Connection, stix_id: str, request: SubjectRequest = REQUEST) -> list[int]:
    order = counter.take_order_lock(connection)
    hidden = restrictions.restrict(connection, order, request.request_id, {(OWNER, stix_id)}, NOW)
    counter.save_order(connection, order)
    return hidden


def _lift(connection: Connection, stix_id: str, request: SubjectRequest = REQUEST) -> list[int]:
    order = counter.take_order_lock(connection)
    back = restrictions.lift(connection, order, request.request_id, {(OWNER, stix_id)}, NOW)
    counter.save_order(connection, order)
    return back


def _until(connection: Connection) -> datetime:
    return connection.execute(object_version.select()).one().visible_until


def _own(connection: Connection, stix_id: str) -> StoredVersion:
    [one] = objects.own_versions(connection, OWNER, [stix_id])
    return one


def test_a_restricted_version_is_over_and_admission_sees_it_as_it_was(exchange: Database) -> None:
    stored = samples.checked()
    samples.publish(exchange, [A], stored)
    stix_id = stored.facts.stix_id
    with exchange.write() as connection:
        add(connection, REQUEST)
        [version_id] = _restrict(connection, stix_id)
        assert _restrict(connection, stix_id) == []
        assert (_until(connection), _own(connection, stix_id).visible_until) == (OVER, FOREVER)
        assert restrictions.is_restricted(connection, OWNER, [stix_id, "other"]) == {stix_id}
        assert _lift(connection, stix_id) == [version_id]
        assert _until(connection) == FOREVER
        assert restrictions.is_restricted(connection, OWNER, [stix_id]) == frozenset()
        assert connection.execute(restricted_version.select()).all() == []


def test_what_two_requests_restrict_is_seen_again_once_neither_does(exchange: Database) -> None:
    stored = samples.checked()
    samples.publish(exchange, [A], stored)
    stix_id = stored.facts.stix_id
    with exchange.write() as connection:
        add(connection, REQUEST, ANOTHER)
        for first, second in ((REQUEST, ANOTHER), (ANOTHER, REQUEST)):
            [version_id] = _restrict(connection, stix_id, REQUEST)
            assert _restrict(connection, stix_id, ANOTHER) == [version_id]
            assert restrictions.restricting(connection, OWNER, stix_id) == {REQUEST.request_id, ANOTHER.request_id}
            assert _lift(connection, stix_id, first) == []
            assert (_until(connection), _lift(connection, stix_id, first)) == (OVER, [])
            assert _lift(connection, stix_id, second) == [version_id]
            assert _until(connection) == FOREVER


def test_what_is_to_end_sooner_meanwhile_does(exchange: Database) -> None:
    stored = samples.checked()
    samples.publish(exchange, [A], stored)
    stix_id = stored.facts.stix_id
    with exchange.write() as connection:
        add(connection, REQUEST)
        [version_id] = _restrict(connection, stix_id)
        for until in (NOW + DAY, NOW + 2 * DAY):
            restrictions.shorten(connection, [version_id], until)
            assert _own(connection, stix_id).visible_until == NOW + DAY
        _lift(connection, stix_id)
        assert _until(connection) == NOW + DAY


def test_what_was_withdrawn_meanwhile_stays_so(exchange: Database) -> None:
    stored = samples.checked()
    samples.publish(exchange, [A], stored)
    stix_id = stored.facts.stix_id
    with exchange.write() as connection:
        add(connection, REQUEST)
        [version_id] = _restrict(connection, stix_id)
        order = counter.take_order_lock(connection)
        end_versions(connection, order, [version_id], NOW)
        counter.save_order(connection, order)
        assert _own(connection, stix_id).visible_until == OVER
        assert _lift(connection, stix_id) == []
        assert _until(connection) == OVER


def test_new_versions_of_a_restricted_object_are_born_hidden_and_others_are_not(exchange: Database) -> None:
    stored, other = samples.checked(), samples.checked()
    samples.publish(exchange, [A], stored)
    with exchange.write() as connection:
        add(connection, REQUEST)
        _restrict(connection, stored.facts.stix_id)
    samples.publish(exchange, [A], other)
    with exchange.read() as connection:
        rows = {row.stix_id: row.visible_until for row in connection.execute(object_version.select())}
    assert rows == {stored.facts.stix_id: OVER, other.facts.stix_id: FOREVER}
