"""Making releases."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.domain.errors import ConflictError, ForbiddenError
from app.domain.events import Event
from app.domain.partner import Principal
from app.domain.vocabulary import StaffRole
from app.policy.prevention import LEAST_BETWEEN_RELEASES
from app.services.answer_once import key_use
from app.services.do_work import ensure_periodic_work
from app.services.preventing.declare import own_adoptions, take_adoption_back
from app.services.preventing.read import list_releases
from app.services.preventing.release import document_of, make_release, numbers_of
from app.services.proving.checkpoints import checkpoint_now
from app.services.proving.prove import entry_proof
from app.storage import events, prevention
from breakwater_client.trust.envelope import open_envelope
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.contributors import LIMITS, adopt, contributors
from tests.factories.members import Hub
from tests.factories.policy_values import DAY

ADOPTED = ("adopted", "live-stream", "", LIMITS)


def some(hub: Hub, count: int) -> list[Principal]:
    """Enrol organisations of which ``count`` adopted, and as many more that only plan to have a report button."""
    everybody = contributors(hub.exchange, hub.operator, count + 7)
    adopt(hub.exchange, everybody[:count])
    adopt(hub.exchange, everybody[count:], "CM-014")
    return everybody


def test_a_release_is_signed_whole_logged_and_read_as_it_was(hub: Hub) -> None:
    some(hub, 9)
    made = make_release(hub.exchange, hub.operator)
    key = hub.exchange.keys.statements.public
    said = json.loads(open_envelope(made.envelope, PayloadType.PREVENTION_RELEASE, {key.keyid: key}).payload)
    assert said == document_of(made)
    assert (said["number"], said["catalogue_release"]) == (1, 1)
    assert numbers_of(said) == {ADOPTED: 9, ("adopted", "live-stream", "", "CM-014"): 7}
    assert list_releases(hub.exchange, hub.operator) == [made]
    checkpoint_now(hub.exchange, hub.operator)
    proved = entry_proof(hub.exchange, hub.operator, made.log_index)
    assert proved["document"]["document"] == said


def test_earlier_releases_stay_whoever_takes_back_and_numbers_wait_for_five(quick_hub: Hub) -> None:
    hub = quick_hub
    everybody = some(hub, 12)
    first = make_release(hub.exchange, hub.operator)

    def take_back(some_of: list[Principal]) -> None:
        for one in some_of:
            [own] = own_adoptions(hub.exchange, one)
            take_adoption_back(hub.exchange, one, own.adoption_id)

    take_back(everybody[:4])
    hub.clock.pass_time(LEAST_BETWEEN_RELEASES)
    second = make_release(hub.exchange, hub.operator)
    take_back(everybody[4:5])
    hub.clock.pass_time(LEAST_BETWEEN_RELEASES)
    third = make_release(hub.exchange, hub.operator)
    assert [numbers_of(document_of(one)).get(ADOPTED) for one in (first, second, third)] == [12, 12, 7]
    assert [cell["trend"] for cell in document_of(third)["cells"] if cell["countermeasure"] == LIMITS] == ["down"]
    with hub.exchange.database.read() as connection:
        assert prevention.release_by_number(connection, 1) == first


def test_releases_lie_apart_and_one_request_makes_one(quick_hub: Hub) -> None:
    hub = quick_hub
    use = key_use(hub.operator, "POST /prevention/releases", "a-key", b"")
    first = make_release(hub.exchange, hub.operator, use)
    assert make_release(hub.exchange, hub.operator, use) == first
    hub.clock.pass_time(LEAST_BETWEEN_RELEASES - timedelta(seconds=1))
    with pytest.raises(ConflictError):
        make_release(hub.exchange, hub.operator)
    hub.clock.pass_time(timedelta(seconds=1))
    assert make_release(hub.exchange, hub.operator).number == 2


def test_operators_alone_make_one(quick_hub: Hub) -> None:
    [partner] = contributors(quick_hub.exchange, quick_hub.operator, 1)
    for one in (partner, quick_hub.another_operator(StaffRole.AUDITOR)):
        with pytest.raises(ForbiddenError):
            make_release(quick_hub.exchange, one)


def test_the_first_comes_by_itself_once_there_is_something_to_tell_and_then_each_quarter(quick_hub: Hub) -> None:
    hub = quick_hub
    ensure_periodic_work(hub.exchange)
    hub.work()
    assert list_releases(hub.exchange, hub.operator) == []
    some(hub, 9)
    hub.clock.pass_time(DAY)
    hub.work()
    assert [one.number for one in list_releases(hub.exchange, hub.operator)] == [1]
    hub.clock.pass_time(90 * DAY)
    hub.work()
    assert [one.number for one in list_releases(hub.exchange, hub.operator)] == [1]
    hub.clock.pass_time(DAY)
    hub.work()
    assert [one.number for one in list_releases(hub.exchange, hub.operator)] == [2, 1]
    with hub.exchange.database.read() as connection:
        told = [record.event for _, record in events.events(connection, 0, 1_000)]
    assert told.count(Event.PREVENTION_RELEASE) == 2
