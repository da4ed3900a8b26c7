"""Feedback is bound to what its giver sees, goes to its publisher, and disputes have a bound."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import Code
from app.services.intake import settle_feedback
from app.storage import disputed
from breakwater_client.extensions import DISPUTE
from tests.factories.members import Hub, Member, outcomes
from tests.factories.stix_objects import CREATED, indicator, newer, stix_id, user_account


def opinion(about: str, **changes: Any) -> dict[str, Any]:
    stated = {"type": "opinion", "spec_version": "2.1", "id": stix_id("opinion"), "created": CREATED, "modified": CREATED}
    return stated | {"opinion": "strongly-disagree", "object_refs": [about]} | changes


def dispute(about: str, **changes: Any) -> dict[str, Any]:
    said = {"extension_type": "property-extension", "reason": "outdated", "evidence": "human-review"}
    return opinion(about, extensions={DISPUTE: said}) | changes


def codes(giver: Member, *values: dict[str, Any]) -> list[Code | None]:
    return [one.refusal.code if one.refusal else None for one in giver.submit(*values).results]


def calls(hub: Hub) -> int:
    with hub.exchange.database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM recall WHERE kind = 'dispute'").scalar_one())


def test_a_dispute_calls_once_however_many_dispute(hub: Hub) -> None:
    owner, first, second = (hub.enrol(name) for name in ("Owner", "First", "Second"))
    value = indicator()
    owner.store(value)
    first.store(dispute(value["id"]))
    second.store(dispute(value["id"]))
    assert calls(hub) == 1
    with hub.exchange.database.read() as connection:
        [found] = disputed.standing(connection, [value["id"]], hub.clock.now).values()
    assert found.giver_ids == {first.id, second.id}
    assert (found.owner_id, found.stix_id, found.since) == (owner.id, value["id"], hub.clock.now)


def test_what_its_giver_does_not_see_is_not_disputed(hub: Hub) -> None:
    owner, giver = hub.enrol("Owner"), hub.enrol("Giver")
    value = indicator(object_marking_refs=[owner.mark_for(owner)])
    owner.store(value)
    giver.store(dispute(value["id"]), dispute(indicator()["id"]))
    assert calls(hub) == 0


def test_nobody_disputes_its_own_not_even_in_the_envelope_that_states_it(quick_hub: Hub) -> None:
    owner, value = quick_hub.enrol("Owner"), indicator()
    assert codes(owner, value, dispute(value["id"])) == [None, Code.SELF_DISPUTE]
    assert codes(owner, dispute(value["id"], revoked=True), opinion(value["id"])) == [None, None]


def test_whoever_states_an_observable_itself_does_not_dispute_anothers_statement(quick_hub: Hub) -> None:
    owner, giver = quick_hub.enrol("Owner"), quick_hub.enrol("Giver")
    account = user_account("both")
    owner.store(account | {"object_marking_refs": [owner.mark_for(giver)]})
    giver.store(account)
    assert codes(giver, dispute(account["id"])) == [Code.SELF_DISPUTE]


def test_a_plain_opinion_may_be_kept_from_its_publisher_and_a_dispute_may_not(quick_hub: Hub) -> None:
    owner, giver = quick_hub.enrol("Owner"), quick_hub.enrol("Giver")
    value, label = indicator(), [giver.mark_for(giver)]
    owner.store(value)
    said = (opinion(value["id"], object_marking_refs=label), dispute(value["id"], object_marking_refs=label))
    assert codes(giver, *said) == [None, Code.FEEDBACK_NOT_TOLD]


def test_what_is_addressed_is_its_givers_and_its_publishers_and_can_be_withdrawn(hub: Hub) -> None:
    owner, giver, other = (hub.enrol(name) for name in ("Owner", "Giver", "Other"))
    account = user_account("listed")
    owner.store(account | {"object_marking_refs": [owner.mark_for(giver, other)]})
    said = dispute(account["id"])
    giver.store(said)
    assert [said["id"] in {one["id"] for one in each.pull()[0]} for each in (owner, giver, other)] == [True, True, False]
    giver.store(newer(said, revoked=True))
    assert said["id"] in {one["id"] for one in owner.pull()[0]}


def test_disputes_of_a_day_are_bounded(quick_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle_feedback, "MOST_DISPUTES_A_DAY", 2)
    owner, giver = quick_hub.enrol("Owner"), quick_hub.enrol("Giver")
    values = [indicator() for _ in range(3)]
    owner.store(*values)
    assert codes(giver, dispute(values[0]["id"])) == [None]
    assert codes(giver, *(dispute(one["id"]) for one in values)) == [None, Code.VOLUME_EXHAUSTED, Code.VOLUME_EXHAUSTED]
    assert codes(giver, opinion(values[0]["id"])) == [None]
    assert outcomes(owner.submit(opinion(values[0]["id"])).results) == ["stored"]
