from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from app.domain.errors import ForbiddenError
from app.domain.vocabulary import PartnerState, Purpose
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.membership.enrol_partner import change_state
from app.services.membership.issue_credentials import revoke_credential
from app.services.reading import bodies
from app.services.reading.pull import list_versions, pull_object
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator, newer

Change = Callable[[list[Member], Member], None]


@pytest.fixture
def reader(hub: Hub) -> Member:
    return hub.enrol("platform")


VALUE = indicator()


@pytest.fixture
def publishers(hub: Hub, reader: Member) -> list[Member]:
    """Give four publishers of one id, in the order in which their versions are given."""
    members = {one.id: one for one in (hub.enrol(f"hotline {number}") for number in range(4))}
    for one in members.values():
        one.store(VALUE)
    return [members[one.owner_id] for one in list_versions(hub.exchange, reader.reader(), VALUE["id"])]


@pytest.fixture
def leaving(publishers: list[Member], reader: Member, monkeypatch: pytest.MonkeyPatch) -> Iterator[bytes]:
    """Give a large answer of four objects, of which the first has left."""
    monkeypatch.setattr(bodies, "MAX_HELD_BYTES", 1)
    given = pull_object(reader.hub.exchange, reader.reader(), VALUE["id"])
    assert not isinstance(given.objects, list)
    assert len(given.objects) == len(publishers)
    objects = iter(given.objects)
    next(objects)
    return objects


def suspend(_publishers: list[Member], reader: Member) -> None:
    change_state(reader.hub.exchange, reader.hub.operator, reader.id, PartnerState.SUSPENDED)


def revoke(_publishers: list[Member], reader: Member) -> None:
    revoke_credential(reader.hub.exchange, reader.hub.operator, reader.principal.credential.credential_id)


def let_expire(_publishers: list[Member], reader: Member) -> None:
    reader.hub.clock.pass_time(timedelta(days=3651))


def narrow_the_agreement(_publishers: list[Member], reader: Member) -> None:
    reader.agree(purposes=frozenset({Purpose.AUDIT}))


def take_back_the_last(publishers: list[Member], _reader: Member) -> None:
    take_back(publishers[-1])


def take_back(publisher: Member) -> None:
    withdraw(publisher.hub.exchange, publisher.principal, WithdrawalRequest(VALUE["id"]))


def narrow_the_last(publishers: list[Member], _reader: Member) -> None:
    publishers[-1].store(newer(VALUE, object_marking_refs=[publishers[-1].mark_for(publishers[-1])]))


@pytest.mark.parametrize(
    "change",
    [suspend, revoke, let_expire, narrow_the_agreement, take_back_the_last, narrow_the_last],
    ids=lambda one: one.__name__,
)
def test_what_changed_ends_an_answer_that_is_leaving(
    publishers: list[Member], reader: Member, leaving: Iterator[bytes], change: Change
) -> None:
    next(leaving)
    change(publishers, reader)
    with pytest.raises(ForbiddenError):
        next(leaving)


def take_back_the_first(publishers: list[Member], _reader: Member) -> None:
    take_back(publishers[0])


def widen_the_agreement(_publishers: list[Member], reader: Member) -> None:
    reader.agree()


def publish_more(publishers: list[Member], _reader: Member) -> None:
    publishers[0].store(indicator())


@pytest.mark.parametrize("change", [take_back_the_first, widen_the_agreement, publish_more], ids=lambda one: one.__name__)
def test_what_takes_nothing_of_the_rest_away_ends_nothing(
    publishers: list[Member], reader: Member, leaving: Iterator[bytes], change: Change
) -> None:
    change(publishers, reader)
    assert len(list(leaving)) == 3
