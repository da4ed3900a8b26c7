"""The forms of answers about policy."""

from __future__ import annotations

from app.domain.vocabulary import Channel, Purpose
from app.http.policy_payloads import ExplanationQuery, ReaderPayload, ReadersPayload
from app.policy.clauses import Voice
from app.policy.grounds import Ground
from app.policy.telling import Told, Verdict
from app.services.explaining.explain import PolicyQuestion
from app.services.explaining.who_sees import Reader, Readers
from tests.factories.policy_values import NOW, SECOND

PARTNER = "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
STIX_ID = f"indicator--{PARTNER}"
SEEN, HIDDEN = Told(Verdict.SEEN, ground=Ground.KIND), Told(Verdict.HIDDEN, Voice.AGREEMENT)


def test_a_question_becomes_the_services_value() -> None:
    asked = {"object": STIX_ID, "partner": PARTNER, "purpose": "detection"}
    assert ExplanationQuery().load(asked) == PolicyQuestion(STIX_ID, PARTNER, Purpose.DETECTION, Channel.REST)
    assert ExplanationQuery().load(asked | {"at": "2026-03-01T12:00:00Z"}).at == NOW


def test_purposes_that_are_told_alike_stand_together() -> None:
    told = {Purpose.DETECTION: SEEN, Purpose.INVESTIGATION: SEEN, Purpose.SAFETY_DESIGN: HIDDEN}
    verdicts = ReaderPayload().dump(Reader(PARTNER, "Hotline", told, {}))["verdicts"]
    assert [(one["purposes"], one["verdict"]) for one in verdicts] == [
        (["detection", "investigation"], "seen"),
        (["safety-design"], "hidden"),
    ]
    since = {Purpose.DETECTION: NOW, Purpose.INVESTIGATION: NOW + SECOND}
    apart = ReaderPayload().dump(Reader(PARTNER, "Hotline", told, since))["verdicts"]
    assert [one["purposes"] for one in apart] == [["detection"], ["investigation"], ["safety-design"]]


def test_bands_are_told_from_the_largest() -> None:
    unlisted = {Purpose.DETECTION: 0, Purpose.SAFETY_DESIGN: 0, Purpose.INVESTIGATION: 50}
    bands = ReadersPayload().dump(Readers((), unlisted))["unlisted"]
    assert bands == [{"at_least": 50, "purposes": ["investigation"]}, {"at_least": 0, "purposes": ["detection", "safety-design"]}]
    assert ReadersPayload().dump(Readers((), None))["unlisted"] is None
