from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from app.domain.errors import Code, ForbiddenError, NotFoundError
from app.domain.permissions import Permission
from app.services.intake.receipts import object_receipt, read_back, sign_receipt, submission_of
from app.services.start_exchange import identity
from app.storage.submissions import KeptSubmission
from breakwater_client.instant import instant_text
from breakwater_client.submission import ObjectResult, Refusal, ResultStatus, Submission
from breakwater_client.trust.envelope import open_envelope
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.members import PARTNER_SCOPES, Hub, Member
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator, newer, stix_id, user_account

ABSENT = "00000000-0000-4000-8000-000000000000"


def _opened(hub: Hub, receipt: dict[str, Any]) -> dict[str, Any]:
    public = hub.exchange.keys.statements.public
    document: dict[str, Any] = json.loads(open_envelope(receipt, PayloadType.RECEIPT, {public.keyid: public}).payload)
    return document


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOW, "2026-03-01T12:00:00.000000Z"),
        (datetime(2026, 3, 1, 13, 0, 0, 7, tzinfo=timezone(timedelta(hours=1))), "2026-03-01T12:00:00.000007Z"),
    ],
)
def test_time_is_spelled_in_utc_with_microseconds(moment: datetime, text: str) -> None:
    assert instant_text(moment) == text


def test_a_receipt_states_who_when_and_what_became_of_each_object(quick_hub: Hub, publisher: Member) -> None:
    log_index = quick_hub.next_log_index
    made = publisher.submit(publisher.sign(indicator()), indicator(), sign=False)
    stored, refused = made.results
    assert refused.refusal is not None
    assert _opened(quick_hub, made.receipt) == {
        "type": "submission-receipt",
        "exchange": identity(quick_hub.exchange).exchange_id,
        "submission": made.submission_id,
        "partner": publisher.id,
        "received_at": instant_text(NOW),
        "objects": [
            {
                "pointer": "/objects/0",
                "decision": "stored",
                "id": stored.stix_id,
                "version": stored.version,
                "payload_digest": stored.payload_digest,
                "log_index": log_index,
            },
            {
                "pointer": "/objects/1",
                "decision": "refused",
                "refusal": {
                    "code": "signature-missing",
                    "detail": refused.refusal.sentence,
                    "pointer": refused.refusal.pointer,
                },
            },
        ],
    }


def test_results_are_read_back_as_they_were_signed(quick_hub: Hub) -> None:
    results = (
        ObjectResult("/objects/0", ResultStatus.STORED, "indicator--1", "2026-01-01T00:00:00Z", "00" * 32, 7),
        ObjectResult("/objects/1", ResultStatus.ALREADY_STORED, "marking-definition--1", "2022-10-01T00:00:00.000Z"),
        ObjectResult("/objects/2", ResultStatus.REFUSED, refusal=Refusal(Code.TERMS_EXCEEDED, "No.", None)),
    )
    kept = KeptSubmission("submission-1", "partner-1", NOW, {})
    receipt = sign_receipt(quick_hub.exchange, "exchange-1", kept, results)
    again = read_back(KeptSubmission("submission-1", "partner-1", NOW, receipt))
    assert again == Submission("submission-1", "partner-1", NOW, results, receipt)


def test_a_partner_looks_its_own_submissions_up_and_no_others(hub: Hub) -> None:
    publisher, other = hub.enrol("Platform A"), hub.enrol("Platform B")
    made = publisher.submit(indicator(), indicator())
    assert submission_of(hub.exchange, publisher.principal, made.submission_id) == made
    for member, submission_id in ((other, made.submission_id), (publisher, ABSENT), (publisher, "nonsense")):
        with pytest.raises(NotFoundError):
            submission_of(hub.exchange, member.principal, submission_id)


def test_a_stored_version_has_a_receipt_that_is_always_the_same(quick_hub: Hub, publisher: Member) -> None:
    value, log_index = indicator(), quick_hub.next_log_index
    first = publisher.submit(value)
    receipt = object_receipt(quick_hub.exchange, publisher.principal, value["id"], value["modified"])
    quick_hub.clock.pass_time(timedelta(hours=1))
    second = publisher.submit(newer(value))
    for spelling in (value["modified"], "2026-01-05T10:00:00Z", "2026-01-05T10:00:00.000000Z"):
        assert object_receipt(quick_hub.exchange, publisher.principal, value["id"], spelling) == receipt
    document = _opened(quick_hub, receipt)
    assert document == {
        "type": "object-receipt",
        "exchange": identity(quick_hub.exchange).exchange_id,
        "submission": first.submission_id,
        "partner": publisher.id,
        "received_at": instant_text(NOW),
        "decision": "stored",
        "id": value["id"],
        "version": value["modified"],
        "payload_digest": first.results[0].payload_digest,
        "log_index": log_index,
    }
    newest = _opened(quick_hub, object_receipt(quick_hub.exchange, publisher.principal, value["id"], None))
    assert (newest["submission"], newest["version"], newest["log_index"]) == (
        second.submission_id,
        "2026-01-06T10:00:00.000Z",
        log_index + 1,
    )


def test_the_receipt_of_an_observable_names_the_version_it_was_given(quick_hub: Hub, publisher: Member) -> None:
    (result,) = publisher.store(user_account())
    for version in (None, result.version):
        document = _opened(quick_hub, object_receipt(quick_hub.exchange, publisher.principal, result.stix_id or "", version))
        assert document["version"] == result.version


def test_there_is_no_receipt_for_what_is_not_ones_own(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    assert other.look_up(value["id"])
    for member, wanted, version in (
        (other, value["id"], None),
        (other, value["id"], value["modified"]),
        (publisher, stix_id("indicator"), None),
        (publisher, value["id"], "2026-01-06T10:00:00.000Z"),
        (publisher, "nonsense", None),
    ):
        with pytest.raises(NotFoundError):
            object_receipt(quick_hub.exchange, member.principal, wanted, version)


def test_whoever_may_not_submit_has_no_receipts(quick_hub: Hub, publisher: Member) -> None:
    value = indicator()
    made = publisher.submit(value)
    lesser = publisher.principal_with(scopes=PARTNER_SCOPES - {Permission.OBJECTS_SUBMIT})
    for principal in (lesser, quick_hub.operator):
        with pytest.raises(ForbiddenError):
            submission_of(quick_hub.exchange, principal, made.submission_id)
        with pytest.raises(ForbiddenError):
            object_receipt(quick_hub.exchange, principal, value["id"], None)
