from __future__ import annotations

import json
from dataclasses import replace

from app.services.membership.agreement_documents import (
    agreed_version,
    agreement_document,
    compare,
    document_digest,
    kept,
    proposal_document,
    sign_agreement,
)
from breakwater_client.instant import instant_text
from breakwater_client.trust.envelope import open_envelope
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.payload_type import PayloadType
from tests.factories import policy_values
from tests.factories.policy_values import DAY, NOW

KEY = PrivateKey.generate()
EXCHANGE = "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
AGREEMENT = policy_values.agreement(ends_at=NOW + DAY, is_listed=True)


def test_a_version_is_read_back_from_what_was_agreed_to_but_for_when_and_by_whom_it_was_made() -> None:
    later = replace(AGREEMENT, version=4, starts_at=NOW + DAY / 2)
    for starts_when_approved, starts_at in ((False, later.starts_at), (True, NOW)):
        document = proposal_document(compare([], later), EXCHANGE, starts_when_approved=starts_when_approved)
        made = agreed_version(json.loads(json.dumps(document)), NOW, "credential-2")
        assert made == replace(later, starts_at=starts_at, created_at=NOW, created_by="credential-2")


def test_a_proposal_names_the_digests_of_what_it_was_compared_with_and_every_change() -> None:
    before = kept(AGREEMENT, None, EXCHANGE)
    read = policy_values.read_terms(purposes=frozenset())
    new = replace(AGREEMENT, version=4, starts_at=NOW, ends_at=NOW + 2 * DAY, read=read)
    document = proposal_document(compare([before], new), EXCHANGE, starts_when_approved=False)
    [against] = document["compared_with"]
    assert (against["version"], against["digest"]) == (3, document_digest(agreement_document(AGREEMENT, EXCHANGE)))
    assert against["changes"] == [
        {
            "pointer": "/ends_at",
            "direction": "widens",
            "before": instant_text(NOW + DAY),
            "after": instant_text(NOW + 2 * DAY),
        },
        {"pointer": "/read/purposes", "direction": "narrows", "before": ["detection", "investigation"], "after": []},
    ]


def test_where_nothing_governs_there_is_nothing_to_name() -> None:
    [against] = proposal_document(compare([], AGREEMENT), EXCHANGE, starts_when_approved=True)["compared_with"]
    assert (against["version"], against["digest"]) == (None, None)
    assert [one["pointer"] for one in against["changes"]] == [""]


def test_the_signed_document_is_the_one_that_is_shown() -> None:
    document = agreement_document(AGREEMENT, EXCHANGE, "approval-1")
    envelope = sign_agreement(document, KEY)
    shown = kept(AGREEMENT, envelope, EXCHANGE)
    payload = open_envelope(envelope, PayloadType.AGREEMENT, {KEY.public.keyid: KEY.public}).payload
    assert json.loads(payload) == shown.document == document
    assert kept(AGREEMENT, None, EXCHANGE).document == document | {"approval_id": None}
