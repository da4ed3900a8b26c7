"""The handling that something would have: what admission makes of the same statements."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.errors import Code, RefusedError
from app.domain.handling import Audience, HandlingClass
from app.domain.vocabulary import Assurance, Harm, Profile, Purpose, Sensitivity, SubjectStatus, Tlp
from app.policy.handling import EffectiveHandling
from app.services.explaining.handling_to_be import INLINE, HandlingToBe, class_to_be
from app.services.reading.visible_set import viewer_of
from app.storage import narrowings, objects
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY, NOW, SECOND
from tests.factories.stix_objects import context, indicator


def to_be(hub: Hub, member: Member, **stated: Any) -> tuple[EffectiveHandling, HandlingClass]:
    with hub.exchange.database.read() as connection:
        submitter = viewer_of(connection, member.partner, Tlp.RED, hub.clock.now)
        return class_to_be(connection, submitter, HandlingToBe(**stated), hub.clock.now)


def test_it_is_the_class_of_an_object_that_says_the_same(quick_hub: Hub, publisher: Member, other: Member) -> None:
    audience = publisher.add_audience(partners_in=[other.id])
    mark = publisher.mark(audience, tlp="green", purposes=["detection"])
    stated = context(harm_types=["csam"], sensitivity="behavioural", subject_status="adult-believed", review=None)
    value = indicator(object_marking_refs=[mark], extensions=stated)
    publisher.store(value)
    with quick_hub.exchange.database.read() as connection:
        [head] = objects.heads_of(connection, [value["id"]])
        stored = narrowings.classes_of(connection, [head])[head.version_id]
    _, made = to_be(
        quick_hub,
        publisher,
        tlp=Tlp.GREEN,
        sensitivity=Sensitivity.BEHAVIOURAL,
        harm_types=frozenset({Harm.CSAM}),
        subject_status=SubjectStatus.ADULT_BELIEVED,
        purposes=frozenset({Purpose.DETECTION}),
        audience_id=audience,
    )
    assert made == stored


def test_what_is_not_said_the_default_says(quick_hub: Hub, publisher: Member) -> None:
    publisher.agree(default={"tlp": Tlp.AMBER, "sensitivity": Sensitivity.BEHAVIOURAL})
    effective, _ = to_be(quick_hub, publisher)
    assert (effective.handling.tlp, effective.handling.sensitivity) == (Tlp.AMBER, Sensitivity.BEHAVIOURAL)
    assert {one.audience_id for one in effective.handling.audiences} == {publisher.everybody}


def test_an_audience_told_here_counts_beside_the_default(quick_hub: Hub, publisher: Member) -> None:
    audience = Audience(INLINE, "", partners_in=frozenset({"somebody"}))
    effective, _ = to_be(quick_hub, publisher, audience=audience)
    assert {one.audience_id for one in effective.handling.audiences} == {INLINE, publisher.everybody}
    assert replace(audience) in effective.handling.audiences


@pytest.mark.parametrize(
    ("agreement", "stated", "code"),
    [
        ({"ends_at": NOW + SECOND}, {}, Code.AGREEMENT_NOT_IN_FORCE),
        ({"write": {"sensitivities": frozenset()}}, {}, Code.TERMS_EXCEEDED),
        ({"write": {"profiles": frozenset()}}, {}, Code.TERMS_EXCEEDED),
        ({"write": {"profiles": frozenset({Profile.STIX})}}, {"expires_at": NOW + SECOND}, Code.HANDLING_UNRESOLVED),
        ({"write": {"assurances": frozenset({Assurance.CHANNEL_ATTESTED})}}, {}, Code.TERMS_EXCEEDED),
        ({}, {"release_at": NOW + 2 * DAY, "expires_at": NOW + DAY}, Code.HANDLING_UNRESOLVED),
        ({}, {"audience_id": "audience--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"}, Code.AUDIENCE_NOT_FOUND),
    ],
)
def test_what_admission_would_refuse_is_refused(
    quick_hub: Hub, publisher: Member, agreement: dict[str, Any], stated: dict[str, Any], code: Code
) -> None:
    publisher.agree(**agreement)
    quick_hub.clock.pass_time(SECOND)
    with pytest.raises(RefusedError) as caught:
        to_be(quick_hub, publisher, **stated)
    assert caught.value.code is code


def test_anothers_audience_is_answered_as_an_absent_one(quick_hub: Hub, publisher: Member, other: Member) -> None:
    told = []
    for audience_id in (other.everybody, "audience--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"):
        with pytest.raises(RefusedError) as caught:
            to_be(quick_hub, publisher, audience_id=audience_id)
        told.append((caught.value.code, caught.value.sentence, caught.value.pointer))
    assert told[0] == told[1]
