"""Statements of different publishers stay apart, are counted as often as they are independent, and grow old."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from app.domain.errors import NotFoundError
from app.domain.vocabulary import Assertion
from app.services.weighing.weigh_assertions import Weighed, weigh_assertions
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY
from tests.factories.stix_objects import CREATED, context, indicator, newer
from tests.services.intake.test_settle_feedback import dispute, opinion

_OF_ITS_VALUE = uuid.uuid5(uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7"), '{"value":"https://rooms.example.org/1"}')
URL = {"type": "url", "spec_version": "2.1", "id": f"url--{_OF_ITS_VALUE}", "value": "https://rooms.example.org/1"}


def url(**stated: Any) -> dict[str, Any]:
    return URL | {"extensions": context(**stated)}


def weighed(reader: Member, stix_id: str) -> Weighed:
    return weigh_assertions(reader.hub.exchange, reader.reader(), stix_id)


def test_publishers_are_counted_denials_apart_and_nobody_who_is_hidden(hub: Hub) -> None:
    first, second, denies, hidden, reader = (hub.enrol(name) for name in ("First", "Second", "Denies", "Hidden", "Reader"))
    first.store(url())
    second.store(url(assertion="investigation-seed"))
    denies.store(url(assertion="negative"))
    before = weighed(reader, URL["id"])
    hidden.store(url() | {"object_marking_refs": [hidden.mark_for(first)]})
    after = weighed(reader, URL["id"])
    assert (after.publishers, after.denials, after.is_disputed) == (2, 1, False)
    assert [(one.owner_id, one.assertion) for one in after.assertions] == [
        (first.id, Assertion.POSITIVE),
        (second.id, Assertion.INVESTIGATION_SEED),
        (denies.id, Assertion.NEGATIVE),
    ]
    assert before == after
    assert weighed(first, URL["id"]).publishers == 3


def test_what_names_one_source_counts_once(hub: Hub) -> None:
    first, second, third = (hub.enrol(name) for name in ("First", "Second", "Third"))
    source = {"external_references": [{"source_name": "Hotline list", "external_id": "2026-1"}]}
    stated = {"number_observed": 1, "first_observed": CREATED, "last_observed": CREATED, "object_refs": [URL["id"]]}
    observed = {"type": "observed-data", "spec_version": "2.1", "created": CREATED, "modified": CREATED} | stated
    for number, owner in enumerate((first, second), start=1):
        name = f"observed-data--0d9b8f6e-3f0c-4c7e-9a55-51b2a1f6f0a{number}"
        owner.store(url(), observed | {"id": name, "extensions": context(), "confidence": 80} | source)
    third.store(url())
    found = weighed(third, URL["id"])
    assert len(found.assertions) == 5
    assert found.publishers == 2


def test_confidence_decays_with_age_and_what_is_stored_stays(hub: Hub) -> None:
    owner = hub.enrol("Owner")
    value = indicator(confidence=80, created="2026-03-01T12:00:00.000Z", modified="2026-03-01T12:00:00.000Z")
    owner.store(value)
    hub.clock.pass_time(180 * DAY)
    owner.agree()
    [one] = weighed(owner, value["id"]).assertions
    assert (one.confidence, one.effective_confidence, one.age_days) == (80, 40, 180)
    assert weighed(owner, value["id"]).half_life_days == 180


def test_disputes_that_are_seen_are_listed_and_those_that_are_not_are_told_without_a_name(hub: Hub) -> None:
    owner, seen, unseen, reader = (hub.enrol(name) for name in ("Owner", "Seen", "Unseen", "Reader"))
    value, other = indicator(), indicator()
    owner.store(value, other)
    said = dispute(value["id"])
    seen.store(said, opinion(value["id"]))
    unseen.store(dispute(other["id"], object_marking_refs=[unseen.mark_for(owner)]))
    one, two = weighed(reader, value["id"]), weighed(reader, other["id"])
    assert (one.is_disputed, [(each.giver_id, each.kind.value, each.word) for each in one.feedback]) == (
        True,
        [(seen.id, "dispute", "outdated"), (seen.id, "opinion", "strongly-disagree")],
    )
    assert (two.is_disputed, two.feedback, two.publishers) == (True, [], 1)
    seen.store(newer(said, revoked=True))
    assert not weighed(reader, value["id"]).is_disputed


def test_hidden_and_absent_are_one(hub: Hub) -> None:
    owner, reader = hub.enrol("Owner"), hub.enrol("Reader")
    value = indicator(object_marking_refs=[owner.mark_for(owner)])
    owner.store(value)
    reader.store(opinion(value["id"]))
    for stix_id in (value["id"], indicator()["id"], "nonsense"):
        with pytest.raises(NotFoundError):
            weighed(reader, stix_id)
