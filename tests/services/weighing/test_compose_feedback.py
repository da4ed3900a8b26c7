"""Feedback is composed for who sees what it is about."""

from __future__ import annotations

import pytest

from app.domain.errors import BreakwaterError, ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.object_vocabulary import DisputeEvidence, FeedbackKind, FeedbackOutcome
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Purpose
from app.services.reading.readers import reader
from app.services.weighing.compose_feedback import FeedbackAsked, compose_feedback
from breakwater_client.extensions import DISPOSITION
from tests.factories.members import Hub
from tests.factories.stix_objects import indicator, user_account


@pytest.mark.parametrize("outcome", FeedbackOutcome)
def test_each_outcome_is_a_sighting_that_the_exchange_takes(quick_hub: Hub, outcome: FeedbackOutcome) -> None:
    owner, giver = quick_hub.enrol("Owner"), quick_hub.enrol("Giver")
    value = indicator()
    owner.store(value)
    asked = FeedbackAsked(FeedbackKind.OUTCOME, outcome.value)
    composed = compose_feedback(quick_hub.exchange, giver.reader(), value["id"], asked)
    assert composed.owner_ids == [owner.id]
    assert composed.value["count"] == (0 if outcome is FeedbackOutcome.NO_MATCH else 1)
    assert composed.value["extensions"][DISPOSITION]["outcome"] == outcome
    giver.store(composed.value)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (FeedbackAsked(FeedbackKind.OPINION, "guilty"), MalformedInputError),
        (FeedbackAsked(FeedbackKind.SIGHTING, "agree"), MalformedInputError),
        (FeedbackAsked(FeedbackKind.DISPUTE, "outdated"), MalformedInputError),
        (FeedbackAsked(FeedbackKind.MARK, "reviewed", DisputeEvidence.HUMAN_REVIEW), MalformedInputError),
        (FeedbackAsked(FeedbackKind.MARK, "reviewed", count=0), MalformedInputError),
        (FeedbackAsked(FeedbackKind.DISPUTE, "outdated", DisputeEvidence.HUMAN_REVIEW), ConflictError),
    ],
)
def test_nonsense_is_refused(quick_hub: Hub, asked: FeedbackAsked, refusal: type[BreakwaterError]) -> None:
    owner = quick_hub.enrol("Owner")
    value = indicator()
    owner.store(value)
    with pytest.raises(refusal):
        compose_feedback(quick_hub.exchange, owner.reader(), value["id"], asked)


def test_stix_has_no_sightings_of_observables(quick_hub: Hub) -> None:
    owner = quick_hub.enrol("Owner")
    account = user_account("own")
    owner.store(account)
    with pytest.raises(MalformedInputError):
        compose_feedback(quick_hub.exchange, owner.reader(), account["id"], FeedbackAsked(FeedbackKind.SIGHTING))
    composed = compose_feedback(quick_hub.exchange, owner.reader(), account["id"], FeedbackAsked(FeedbackKind.MARK, "reviewed"))
    assert composed.value["type"] == "note"


def test_who_may_not_submit_or_does_not_see_it_is_given_none(quick_hub: Hub) -> None:
    owner, giver = quick_hub.enrol("Owner"), quick_hub.enrol("Giver")
    value = indicator(object_marking_refs=[owner.mark_for(owner)])
    owner.store(value)
    for stix_id in (value["id"], indicator()["id"], "nonsense"):
        with pytest.raises(NotFoundError):
            compose_feedback(quick_hub.exchange, giver.reader(), stix_id, FeedbackAsked(FeedbackKind.SIGHTING))
    reading = giver.principal_with(scopes=frozenset({Permission.OBJECTS_READ}))
    with pytest.raises(ForbiddenError):
        compose_feedback(
            quick_hub.exchange,
            reader(reading, Purpose.DETECTION, Channel.REST),
            value["id"],
            FeedbackAsked(FeedbackKind.SIGHTING),
        )
