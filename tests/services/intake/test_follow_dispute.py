"""Who is given what is disputed is told, as long as it is disputed, and no longer."""

from __future__ import annotations

from datetime import timedelta

from app.services.intake.withdraw import WithdrawalRequest, withdraw
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator, newer
from tests.services.intake.test_settle_feedback import dispute

SOON = timedelta(minutes=11)


def marks(member: Member) -> list[bool]:
    return [not one.get("revoked", False) for one in member.pull()[0] if one["type"] == "recall-notice"]


def test_one_dispute_ends_and_another_stands(hub: Hub) -> None:
    owner, first, second, reader = (hub.enrol(name) for name in ("Owner", "First", "Second", "Reader"))
    value = indicator()
    owner.store(value)
    reader.pull()
    said = [dispute(value["id"]), dispute(value["id"])]
    first.store(said[0])
    second.store(said[1])
    hub.work()
    first.store(newer(said[0], revoked=True))
    hub.clock.pass_time(SOON)
    hub.work()
    assert marks(reader) == [True]
    second.store(newer(said[1], revoked=True))
    hub.work()
    assert marks(reader) == [True, False]
    hub.clock.pass_time(SOON)
    hub.work()
    assert marks(reader) == [True, False]


def test_a_dispute_that_ends_before_anybody_was_told_is_told_and_ended(hub: Hub) -> None:
    owner, giver, reader = (hub.enrol(name) for name in ("Owner", "Giver", "Reader"))
    value = indicator()
    owner.store(value)
    reader.pull()
    said = dispute(value["id"])
    giver.store(said)
    giver.store(newer(said, revoked=True))
    hub.work()
    hub.clock.pass_time(SOON)
    hub.work()
    assert marks(reader) == [True, False]


def test_what_is_withdrawn_is_disputed_no_more(hub: Hub) -> None:
    owner, giver, reader = (hub.enrol(name) for name in ("Owner", "Giver", "Reader"))
    value = indicator()
    owner.store(value)
    reader.pull()
    giver.store(dispute(value["id"]))
    hub.work()
    withdraw(hub.exchange, owner.principal, WithdrawalRequest(value["id"]))
    hub.clock.pass_time(SOON)
    hub.work()
    notices = [one for one in reader.pull()[0] if one["type"] == "recall-notice"]
    assert sorted((one["reason"], one.get("revoked", False)) for one in notices) == [
        ("contested", False),
        ("contested", True),
        ("withdrawn", False),
    ]
