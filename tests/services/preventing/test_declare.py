"""A partner's own declarations."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event
from app.domain.object_vocabulary import EvidenceGrade
from app.domain.partner import Principal
from app.domain.prevention import AdoptionState, EffectBand
from app.domain.vocabulary import Role, Surface
from app.services.answer_once import key_use
from app.services.preventing.declare import (
    NewAdoption,
    NewEffect,
    SeenEffect,
    beside_the_catalogue,
    declare_adoption,
    declare_effect,
    own_adoptions,
    own_effects,
    take_adoption_back,
    take_effect_back,
)
from app.storage import events
from tests.factories.contributors import LIMITS, LIVE, REPEATED_ROOMS, contributors
from tests.factories.members import Hub

SINCE = date(2025, 6, 1)


def new_adoption(**changes: Any) -> NewAdoption:
    values = {"surface": LIVE, "countermeasure": LIMITS, "state": AdoptionState.ADOPTED, "since": SINCE}
    return NewAdoption(**values | changes)


def new_effect(**changes: Any) -> NewEffect:
    values = {
        "surface": LIVE,
        "countermeasure": LIMITS,
        "behaviour": REPEATED_ROOMS,
        "band": EffectBand.STRONG,
        "evidence": EvidenceGrade.OBSERVATIONAL,
        "observed_from": SINCE,
        "observed_until": SINCE,
    }
    return NewEffect(**values | changes)


@pytest.fixture
def two(quick_hub: Hub) -> list[Principal]:
    return contributors(quick_hub.exchange, quick_hub.operator, 2)


def test_what_is_declared_is_ones_own_and_the_last_word_counts(quick_hub: Hub, two: list[Principal]) -> None:
    exchange, (one, other) = quick_hub.exchange, two
    declare_adoption(exchange, one, new_adoption(state=AdoptionState.PLANNED))
    adopted = declare_adoption(exchange, one, new_adoption())
    seen = declare_effect(exchange, one, new_effect())
    assert own_adoptions(exchange, one) == [adopted]
    assert own_effects(exchange, one) == [seen]
    assert beside_the_catalogue(exchange, [seen]) == [SeenEffect(seen, mitigates=True)]
    assert own_adoptions(exchange, other) == own_effects(exchange, other) == []
    for take_back, known in ((take_adoption_back, adopted.adoption_id), (take_effect_back, seen.effect_id)):
        with pytest.raises(NotFoundError):
            take_back(exchange, other, known)
    take_effect_back(exchange, one, seen.effect_id)
    declare_effect(exchange, one, new_effect())
    take_adoption_back(exchange, one, adopted.adoption_id)
    assert own_adoptions(exchange, one) == own_effects(exchange, one) == []
    with exchange.database.read() as connection:
        told = [record.event for _, record in events.events(connection, 0, 1_000)]
    assert told.count(Event.PREVENTION_DECLARE) == 4
    assert told.count(Event.PREVENTION_TAKE_BACK) == 2


def test_the_same_request_twice_is_one_declaration(quick_hub: Hub, two: list[Principal]) -> None:
    exchange, one = quick_hub.exchange, two[0]
    use = key_use(one, "POST /prevention/adoptions", "a-key", b"{}")
    first = declare_adoption(exchange, one, new_adoption(), use)
    assert declare_adoption(exchange, one, new_adoption(), use) == first
    effect_use = key_use(one, "POST /prevention/effects", "a-key", b"{}")
    seen = declare_effect(exchange, one, new_effect(), effect_use)
    assert declare_effect(exchange, one, new_effect(), effect_use) == seen
    for take_back, known in ((take_effect_back, seen.effect_id), (take_adoption_back, first.adoption_id)):
        removal = key_use(one, f"removal of {known}", "a-key", b"{}")
        take_back(exchange, one, known, removal)
        take_back(exchange, one, known, removal)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"countermeasure": "CM-999"}, "/countermeasure"),
        ({"since": date(1999, 1, 1)}, "/since"),
        ({"since": date(2099, 1, 1)}, "/since"),
        ({"since": date(2099, 1, 1), "state": AdoptionState.PLANNED}, "/since"),
        ({"until": SINCE}, "/until"),
        ({"state": AdoptionState.ENDED}, "/until"),
        ({"state": AdoptionState.ENDED, "until": SINCE - timedelta(days=1)}, "/until"),
        ({"state": AdoptionState.ENDED, "until": date(2099, 1, 1)}, "/until"),
    ],
)
def test_an_adoption_that_cannot_be_is_refused_by_place(
    quick_hub: Hub, two: list[Principal], changes: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(MalformedInputError) as refused:
        declare_adoption(quick_hub.exchange, two[0], new_adoption(**changes))
    assert refused.value.pointer == pointer


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"countermeasure": "CM-999"}, "/countermeasure"),
        ({"behaviour": "OP-999"}, "/behaviour"),
        ({"observed_until": SINCE - timedelta(days=1)}, "/observed_until"),
        ({"observed_until": date(2099, 1, 1)}, "/observed_until"),
        ({"observed_from": date(1999, 1, 1)}, "/observed_until"),
    ],
)
def test_an_effect_that_cannot_be_is_refused_by_place(
    quick_hub: Hub, two: list[Principal], changes: dict[str, Any], pointer: str
) -> None:
    declare_adoption(quick_hub.exchange, two[0], new_adoption())
    with pytest.raises(MalformedInputError) as refused:
        declare_effect(quick_hub.exchange, two[0], new_effect(**changes))
    assert refused.value.pointer == pointer


def test_an_effect_is_of_what_was_adopted_there(quick_hub: Hub, two: list[Principal]) -> None:
    exchange, one = quick_hub.exchange, two[0]
    with pytest.raises(ConflictError):
        declare_effect(exchange, one, new_effect())
    declare_adoption(exchange, one, new_adoption(state=AdoptionState.PLANNED))
    with pytest.raises(ConflictError):
        declare_effect(exchange, one, new_effect())
    declare_adoption(exchange, one, new_adoption(state=AdoptionState.ENDED, until=SINCE))
    declare_effect(exchange, one, new_effect())
    with pytest.raises(ConflictError):
        declare_effect(exchange, one, new_effect(surface=Surface.VOICE))


def test_who_only_reads_releases_declares_nothing(quick_hub: Hub) -> None:
    exchange = quick_hub.exchange
    for role in (Role.REGULATOR, Role.RESEARCHER, Role.LAW_ENFORCEMENT):
        [one] = contributors(exchange, quick_hub.operator, 1, role)
        with pytest.raises(ForbiddenError):
            declare_adoption(exchange, one, new_adoption())
        with pytest.raises(ForbiddenError):
            own_adoptions(exchange, one)
    with pytest.raises(ForbiddenError):
        own_effects(exchange, quick_hub.operator)
    with pytest.raises(ForbiddenError):
        declare_effect(exchange, quick_hub.operator, new_effect())
