from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import ForbiddenError, MalformedInputError, NotFoundError
from app.domain.object_vocabulary import HeldBasis, RecallOutcome
from app.services.recalling.acknowledge import acknowledge
from app.services.recalling.acknowledgement import Answered
from app.services.recalling.prepare_acknowledgement import prepare_acknowledgement
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.members import Hub, Member
from tests.factories.recalled import notices, recalled


def said(member: Member, outcome: RecallOutcome = RecallOutcome.DELETED) -> tuple[str, list[Answered]]:
    [record] = notices(member)
    return record.sent.notice_id, [Answered(one.stix_id, one.version, outcome) for one in record.versions]


def test_what_is_prepared_and_then_signed_answers_the_notice(quick_hub: Hub, publisher: Member, other: Member) -> None:
    recalled(publisher, other)
    notice_id, lines = said(other)
    prepared = prepare_acknowledgement(quick_hub.exchange, other.principal, notice_id, lines)
    assert notices(other)[0].addressee.answered_at is None
    envelope = sign_envelope(PayloadType.RECALL_ACKNOWLEDGEMENT, prepared.payload, other.key)
    answered = acknowledge(quick_hub.exchange, other.principal, notice_id, envelope)
    assert [one.outcome for one in answered.outcomes] == [RecallOutcome.DELETED]


def test_what_would_be_refused_is_refused_before_anybody_signs(quick_hub: Hub, publisher: Member, other: Member) -> None:
    recalled(publisher, other)
    notice_id, lines = said(other)
    ago = quick_hub.clock.now - timedelta(days=1)
    for wrong in (
        [],
        [*lines, *lines],
        [replace(lines[0], outcome=RecallOutcome.HELD)],
        [replace(lines[0], outcome=RecallOutcome.HELD, basis=HeldBasis.LEGAL_CLAIM, until=ago)],
        [replace(lines[0], stix_id="indicator--0d9b8f6e-3f0c-4c7e-9a55-51b2a1f6f0aa")],
    ):
        with pytest.raises(MalformedInputError):
            prepare_acknowledgement(quick_hub.exchange, other.principal, notice_id, wrong)


def test_nobody_prepares_an_answer_to_anothers_notice(quick_hub: Hub, publisher: Member, other: Member) -> None:
    recalled(publisher, other)
    notice_id, lines = said(other)
    for principal, asked in ((publisher.principal, notice_id), (other.principal, "nothing")):
        with pytest.raises(NotFoundError):
            prepare_acknowledgement(quick_hub.exchange, principal, asked, lines)
    with pytest.raises(ForbiddenError):
        prepare_acknowledgement(quick_hub.exchange, quick_hub.operator, notice_id, lines)
