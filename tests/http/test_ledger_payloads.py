from __future__ import annotations

import pytest
from marshmallow import ValidationError

from app.domain.vocabulary import Channel, Extent, Purpose, Sensitivity
from app.http.ledger_payloads import BreachPayload, DisclosurePagePayload, DisclosureQuery, DisclosureSearchPayload, PartPayload
from app.policy.grounds import Ground
from app.services.ledger.answers import GivenVersion, LedgerAnswer
from app.services.ledger.breach_report import Part
from app.services.ledger.look_up_disclosures import DisclosurePage, LedgerQuestion, PageAsked
from tests.factories.policy_values import NOW

AN_ID = "00000000-0000-4000-8000-000000000001"


def test_a_disclosure_is_written_without_its_number_and_what_is_erased_without_names() -> None:
    given = (GivenVersion("p", "a--1", "v1", Ground.GROUP, frozenset({"g"})), GivenVersion("p", None, None))
    row = LedgerAnswer(7, "r", "Hotline A", None, Purpose.DETECTION, Channel.REST, 2, NOW, Extent.IDS, given)
    [written] = DisclosurePagePayload().dump(DisclosurePage([row], "c", more=True))["disclosures"]
    assert written == {
        "recipient_id": "r",
        "recipient_name": "Hotline A",
        "credential_id": None,
        "purpose": "detection",
        "channel": "rest",
        "extent": "ids",
        "agreement_version": 2,
        "disclosed_at": "2026-03-01T12:00:00.000000Z",
        "objects": [
            {"id": "a--1", "version": "v1", "publisher_id": "p", "erased": False, "ground": "group", "groups": ["g"]},
            {"id": None, "version": None, "publisher_id": "p", "erased": True, "ground": None, "groups": []},
        ],
    }


def test_an_owner_and_staff_ask_by_different_names() -> None:
    own = DisclosureQuery().load({"object": f"indicator--{AN_ID}", "until": "2026-03-01T12:00:00Z"})
    assert own == {"asked": LedgerQuestion(f"indicator--{AN_ID}", until=NOW), "page": PageAsked(None, 100)}
    any_ = DisclosureSearchPayload().load({"id": "nonsense", "credential_id": AN_ID, "limit": 1})
    assert any_ == {"asked": LedgerQuestion("nonsense", credential_id=AN_ID), "page": PageAsked(None, 1)}
    with pytest.raises(ValidationError):
        DisclosureQuery().load({"credential_id": AN_ID})


def test_a_breach_is_about_ids_of_ours() -> None:
    assert BreachPayload().load({"credential_id": AN_ID, "issued_too": True}).issued_too
    with pytest.raises(ValidationError):
        BreachPayload().load({"credential_id": "a token"})


def test_a_part_is_written_by_its_words() -> None:
    part = Part(versions=2, purposes={Purpose.DETECTION})
    part.sensitivities[Sensitivity.IDENTIFYING] = 2
    written = PartPayload().dump(part)
    assert (written["sensitivities"], written["purposes"], written["publisher_id"]) == ({"identifying": 2}, ["detection"], None)
    assert written["listed"] is None
