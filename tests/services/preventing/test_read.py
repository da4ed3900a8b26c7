"""Reading releases, and the two questions."""

from __future__ import annotations

import pytest

from app.domain.errors import MalformedInputError, NotFoundError
from app.domain.prevention import EffectBand, Measure
from app.domain.vocabulary import Role, Surface
from app.services.preventing.numbers import Told
from app.services.preventing.read import get_release, list_releases, number_of, picture_of, what_helped
from app.services.preventing.release import make_release
from tests.factories.contributors import LIMITS, LIVE, REPEATED_ROOMS, adopt, contributors, saw
from tests.factories.members import Hub

HOSTS = "CM-008"


def test_before_the_first_release_there_is_the_catalogue_and_no_number(quick_hub: Hub) -> None:
    [reader] = contributors(quick_hub.exchange, quick_hub.operator, 1, Role.REGULATOR)
    answer = what_helped(quick_hub.exchange, reader, REPEATED_ROOMS, LIVE)
    assert answer.release is None
    assert {one.countermeasure.code for one in answer.countermeasures} >= {LIMITS, HOSTS}
    assert all(REPEATED_ROOMS in one.countermeasure.mitigates for one in answer.countermeasures)
    assert {told for one in answer.countermeasures for told in one.told.values()} == {Told()}
    assert list_releases(quick_hub.exchange, reader) == []
    with pytest.raises(NotFoundError):
        get_release(quick_hub.exchange, reader, 1)


def test_what_helped_most_comes_first_and_live_declarations_are_not_read(quick_hub: Hub) -> None:
    hub = quick_hub
    everybody = contributors(hub.exchange, hub.operator, 30)
    [researcher] = contributors(hub.exchange, hub.operator, 1, Role.RESEARCHER)
    adopt(hub.exchange, everybody[:20])
    adopt(hub.exchange, everybody[13:23], HOSTS)
    adopt(hub.exchange, everybody[23:], "CM-014")
    saw(hub.exchange, everybody[:8], EffectBand.STRONG)
    saw(hub.exchange, everybody[8:12], EffectBand.ADVERSE)
    make_release(hub.exchange, hub.operator)
    saw(hub.exchange, everybody[12:20], EffectBand.STRONG)
    answer = what_helped(hub.exchange, researcher, REPEATED_ROOMS, LIVE)
    first, second, *_ = answer.countermeasures
    assert (first.countermeasure.code, first.told[Measure.HELPED], first.told[Measure.ADOPTED]) == (LIMITS, Told(8), Told(20))
    assert first.told[Measure.NOT_HELPED] == first.told[Measure.ADVERSE] == Told()
    assert (second.countermeasure.code, second.told[Measure.ADOPTED]) == (HOSTS, Told(10))
    assert answer.elsewhere == ()
    [told] = what_helped(hub.exchange, researcher, "OP-012", LIVE).elsewhere
    assert (told.surface, told.behaviour.code, told.countermeasures) == (LIVE, REPEATED_ROOMS, (LIMITS,))
    picture = picture_of(hub.exchange, researcher, LIVE)
    assert picture.behaviours[0].behaviour.code == REPEATED_ROOMS
    assert {one.behaviour.code for one in picture.behaviours} >= {"OP-011", "OP-016", "OP-017", "OP-020"}
    elsewhere = picture_of(hub.exchange, researcher, Surface.APP_STORE)
    assert {one.reported for one in elsewhere.behaviours} <= {Told()}


def test_what_helped_against_what_the_catalogue_does_not_expect_is_told_as_that(quick_hub: Hub) -> None:
    hub = quick_hub
    everybody = contributors(hub.exchange, hub.operator, 21)
    adopt(hub.exchange, everybody[:14])
    adopt(hub.exchange, everybody[14:], "CM-014")
    saw(hub.exchange, everybody[:7], EffectBand.SLIGHT, "OP-012")
    make_release(hub.exchange, hub.operator)
    answer = what_helped(hub.exchange, everybody[0], "OP-012", LIVE)
    told = {one.countermeasure.code: (one.told[Measure.HELPED], one.mitigates) for one in answer.countermeasures}
    assert told[LIMITS] == (Told(7), False)
    assert {mitigates for _, mitigates in told.values()} == {True, False}


def test_an_unknown_behaviour_is_refused(quick_hub: Hub) -> None:
    with pytest.raises(MalformedInputError) as refused:
        what_helped(quick_hub.exchange, quick_hub.operator, "OP-999", LIVE)
    assert refused.value.pointer == "/behaviour"


@pytest.mark.parametrize("text", ["", "0", "01", "-1", "1.0", "٣", "1 ", "9999999"])
def test_what_is_no_number_of_a_release_is_absent(text: str) -> None:
    with pytest.raises(NotFoundError):
        number_of(text)
