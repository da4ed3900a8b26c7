from __future__ import annotations

import pytest

from app.domain.errors import MalformedInputError, UntrustedSignatureError
from app.domain.object_vocabulary import RecallOutcome
from app.services.recalling.acknowledgement import Acknowledgement, Answered, acknowledgement_payload
from app.services.signing_tasks.freeze import document_digest, freeze_acknowledgement, freeze_objects
from breakwater_client.documents.well_known import WELL_KNOWN
from breakwater_client.signing.hub_stable import hub_stable
from breakwater_client.trust.canonical import canonical_bytes
from tests.factories.members import Hub
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator

GREEN = next(iter(WELL_KNOWN.values()))


def test_objects_are_frozen_in_the_spelling_that_survives_other_tools() -> None:
    value = indicator() | {"revoked": False}
    assert freeze_objects([value, GREEN], "group") == {"group_id": "group", "objects": [hub_stable(value), GREEN]}


def test_nothing_and_what_is_signed_already_are_refused(hub: Hub) -> None:
    with pytest.raises(MalformedInputError):
        freeze_objects([])
    signed = hub.enrol("Synthetic platform").sign(indicator())
    with pytest.raises(UntrustedSignatureError) as refused:
        freeze_objects([indicator(), signed])
    assert refused.value.pointer == "/objects/1"


def test_an_answer_is_frozen_as_the_bytes_that_are_signed() -> None:
    said = Acknowledgement("notice", "partner", NOW, [Answered("indicator--1", "1", RecallOutcome.DELETED)])
    payload = acknowledgement_payload(said)
    document = freeze_acknowledgement(payload)
    assert canonical_bytes(document) == payload
    assert document_digest(document) == document_digest(dict(reversed(document.items())))
