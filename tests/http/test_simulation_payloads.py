"""The forms of simulations; whole ones are sent in ``test_policy.py``."""

from __future__ import annotations

from app.domain.errors import Code
from app.domain.handling import Audience
from app.domain.vocabulary import Channel, Tlp
from app.http.simulation_payloads import SimulatedPayload, SimulationPayload
from app.services.explaining.handling_to_be import INLINE, HandlingToBe
from app.services.explaining.simulate import Simulated, SimulationRequest
from breakwater_client.submission import ObjectResult, Refusal, ResultStatus


def test_what_is_asked_becomes_the_services_value() -> None:
    audience = {"roles": ["hotline"], "jurisdictions": ["any"]}
    loaded = SimulationPayload().load({"handling": {"tlp": "green", "audience": audience}, "channel": "taxii"})
    reached = Audience(INLINE, "", frozenset({"hotline"}), frozenset({"any"}))
    assert loaded == SimulationRequest(HandlingToBe(tlp=Tlp.GREEN, audience=reached), channel=Channel.TAXII)
    assert SimulationPayload().load({"objects": [5]}).objects == [5]


def test_a_refused_object_is_told_with_its_code() -> None:
    refusal = Refusal(Code.SCHEMA_VIOLATION, "It lacks a type.", "/objects/0/type")
    told = SimulatedPayload().dump(Simulated(ObjectResult("/objects/0", ResultStatus.REFUSED, refusal=refusal), refusal))
    assert (told["pointer"], told["status"], told["code"]) == ("/objects/0", "refused", "schema-violation")
    assert (told["detail"], told["refusal_pointer"], told["reach"]) == (refusal.sentence, refusal.pointer, None)
