"""An exchange in which patterns are seen: indicators that name behaviours, sightings of them over weeks, and a release."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from app.domain.prevention import EffectBand
from app.services.authenticate import authenticate
from app.services.preventing.release import make_release
from tests.factories.contributors import adopt, contributors, saw
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.feedback import give
from tests.factories.stix_objects import context, indicator


def publish(partner: FakePartner, *behaviours: str) -> str:
    """Have a partner publish an indicator of these behaviours. Gives its id."""
    value: dict[str, Any] = indicator(stated=context(behaviours=list(behaviours)))
    [result] = partner.submit(value).json["results"]
    assert result["status"] == "stored", result
    stix_id: str = value["id"]
    return stix_id


def sighted(running: RunningExchange, giver: FakePartner, stix_id: str, weekly: Sequence[int]) -> None:
    """Have a partner say so many times a week that it saw something, the last week being that of now."""
    for count in weekly[:-1]:
        for _ in range(count):
            give(giver, stix_id, "sighting")
        running.clock.shift += timedelta(weeks=1)
    for _ in range(weekly[-1]):
        give(giver, stix_id, "sighting")


def reported(running: RunningExchange, organisations: int, *behaviours: str) -> None:
    """Have so many new organisations publish an indicator of each of these behaviours; the first by all, others by fewer."""
    for number in range(organisations):
        partner = running.enrol(f"Synthetic Reporter {behaviours[0]} {number}")
        most = max(1, len(behaviours) - number // 2)
        values = [indicator(stated=context(behaviours=[code])) for code in behaviours[:most]]
        results = partner.submit(*values).json["results"]
        assert {one["status"] for one in results} == {"stored"}, results


def released(running: RunningExchange) -> None:
    """Have a release made of what many organisations declared."""
    operator = authenticate(running.exchange, str(running.operator.token))
    everybody = contributors(running.exchange, operator, 40)
    adopt(running.exchange, everybody[:24])
    adopt(running.exchange, everybody[20:], "CM-008")
    saw(running.exchange, everybody[:12], EffectBand.STRONG)
    make_release(running.exchange, operator)
