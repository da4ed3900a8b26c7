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
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator, newer

Change = Callable[[Member, Member], None]


@pytest.fixture
def publisher(hub: Hub) -> Member:
    return hub.enrol("hotline")


@pytest.fixture
def reader(hub: Hub) -> Member:
    return hub.enrol("platform")


VALUES = [indicator() for _ in range(4)]


@pytest.fixture
def leaving(publisher: Member, reader: Member, monkeypatch: pytest.MonkeyPatch) -> Iterator[bytes]:
    """Give a large page of four objects, of which the first has left."""
    publisher.store(*VALUES)
    monkeypatch.setattr(bodies, "MAX_HELD_BYTES", 1)
    objects = iter(reader.page(limit=4).objects)
    next(objects)
    return objects


def suspend(_publisher: Member, reader: Member) -> None:
    change_state(reader.hub.exchange, reader.hub.operator, reader.id, PartnerState.SUSPENDED)


def revoke(_publisher: Member, reader: Member) -> None:
    revoke_credential(reader.hub.exchange, reader.hub.operator, reader.principal.credential.credential_id)


def let_expire(_publisher: Member, reader: Member) -> None:
    reader.hub.clock.pass_time(timedelta(days=3651))


def narrow_the_agreement(_publisher: Member, reader: Member) -> None:
    reader.agree(purposes=frozenset({Purpose.AUDIT}))


def take_back_the_last(publisher: Member, _reader: Member) -> None:
    withdraw(publisher.hub.exchange, publisher.principal, WithdrawalRequest(VALUES[-1]["id"]))


def narrow_the_last(publisher: Member, _reader: Member) -> None:
    publisher.store(newer(VALUES[-1], object_marking_refs=[publisher.mark_for(publisher)]))


@pytest.mark.parametrize(
    "change",
    [suspend, revoke, let_expire, narrow_the_agreement, take_back_the_last, narrow_the_last],
    ids=lambda one: one.__name__,
)
def test_what_changed_ends_a_page_that_is_leaving(
    publisher: Member, reader: Member, leaving: Iterator[bytes], change: Change
) -> None:
    next(leaving)
    change(publisher, reader)
    with pytest.raises(ForbiddenError):
        next(leaving)


def take_back_the_first(publisher: Member, _reader: Member) -> None:
    withdraw(publisher.hub.exchange, publisher.principal, WithdrawalRequest(VALUES[0]["id"]))


def widen_the_agreement(_publisher: Member, reader: Member) -> None:
    reader.agree()


def publish_more(publisher: Member, _reader: Member) -> None:
    publisher.store(indicator())


@pytest.mark.parametrize("change", [take_back_the_first, widen_the_agreement, publish_more], ids=lambda one: one.__name__)
def test_what_takes_nothing_of_the_rest_away_ends_nothing(
    publisher: Member, reader: Member, leaving: Iterator[bytes], change: Change
) -> None:
    change(publisher, reader)
    assert len(list(leaving)) == 3
