from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import (
    ConflictError,
    ForbiddenError,
    MalformedInputError,
    NotFoundError,
    UntrustedSignatureError,
)
from app.domain.events import Event
from app.domain.object_vocabulary import RecallAct, RecallOutcome
from app.domain.permissions import Permission
from app.domain.vocabulary import PartnerState
from app.services.answer_once import key_use
from app.services.membership.enrol_partner import change_state
from app.services.membership.manage_keys import revoke_key
from app.services.proving.prove import entry_proof
from app.services.reading.look_up_recalls import own_recall
from app.services.recalling.acknowledge import ForPartner, acknowledge, enter_answer
from app.services.recalling.acknowledgement import Answered
from app.services.recalling.look_up_notices import NoticeRecord
from app.storage import events
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.log_leaf import LeafKind
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.members import PARTNER_SCOPES, Hub, Member, as_seen_by_another_worker, at_once
from tests.factories.policy_values import DAY, SECOND
from tests.factories.recalled import answer_to, notices, recalled
from tests.factories.stix_objects import indicator, newer

LATER = "2026-01-06T10:00:00.000Z"


def answered(
    member: Member, record: NoticeRecord, outcome: RecallOutcome = RecallOutcome.DELETED, **changes: Any
) -> NoticeRecord:
    envelope = answer_to(member, record, outcome, **changes)
    return acknowledge(member.hub.exchange, member.principal, record.sent.notice_id, envelope)


def stated(record: NoticeRecord) -> list[RecallOutcome]:
    return [RecallOutcome(one.outcome) for one in record.outcomes]


def test_an_answer_is_kept_logged_and_seen_by_the_owner(hub: Hub) -> None:
    owner, reader = hub.enrol("Owner"), hub.enrol("Reader")
    recall_id = recalled(owner, reader)
    [record] = notices(reader)
    assert record.addressee.due_at == hub.clock.now + 7 * DAY
    assert (record.addressee.answered_at, record.outcomes, record.answers) == (None, [], [])
    after = answered(reader, record)
    assert (stated(after), after.addressee.answered_at) == ([RecallOutcome.DELETED], hub.clock.now)
    assert notices(reader, only_open=True) == []
    [told] = own_recall(hub.exchange, owner.principal, recall_id).told
    assert (told.partner_id, told.answered_at, [one.outcome for one in told.outcomes]) == (
        reader.id,
        hub.clock.now,
        [RecallOutcome.DELETED],
    )
    [kept] = after.answers
    assert (kept.keyid, kept.credential_id) == (reader.key.public.keyid, reader.principal.credential.credential_id)
    with hub.exchange.database.read() as connection:
        last = events.events(connection, 0, 1_000)[-1][1]
    assert (last.event, last.partner_id, last.subject, last.code) == (Event.RECALL_ANSWER, reader.id, kept.answer_id, "signed")


def test_its_author_proves_that_the_log_has_it_which_names_no_object(quick_hub: Hub, publisher: Member, other: Member) -> None:
    from app.services.proving.checkpoints import checkpoint_now  # noqa: PLC0415  # here alone

    recalled(publisher, other)
    [record] = notices(other)
    log_index = answered(other, record).answers[0].log_index
    checkpoint_now(quick_hub.exchange, quick_hub.operator)
    proved = entry_proof(quick_hub.exchange, other.principal, log_index)
    assert proved["document"]["notice"] == record.sent.notice_id
    assert proved["document"]["outcomes"].keys() == {"deleted"}
    assert record.versions[0].stix_id not in str(proved)
    assert proved["proof"]["kind"] == LeafKind.RECALL_ANSWER
    with pytest.raises(NotFoundError):
        entry_proof(quick_hub.exchange, publisher.principal, log_index)


def test_parts_are_answered_and_a_later_answer_replaces_an_earlier_one(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    other.pull()
    recalled(publisher, other, act=RecallAct.DELETE, values=[newer(value, LATER)])
    [record] = notices(other)
    first, second = (Answered(one.stix_id, one.version, RecallOutcome.DELETED) for one in record.versions)
    part = answered(other, record, outcomes=[first])
    assert (stated(part), part.addressee.answered_at) == ([RecallOutcome.DELETED], None)
    quick_hub.clock.pass_time(SECOND)
    loose = answered(other, record, outcomes=[Answered(second.stix_id, second.version, RecallOutcome.STOPPED_USING)])
    assert loose.addressee.answered_at is None, "it was asked to delete, and did not"
    quick_hub.clock.pass_time(SECOND)
    held = answered(other, record, RecallOutcome.HELD)
    assert held.addressee.answered_at == quick_hub.clock.now
    assert [(one.basis is not None, one.held_until is not None) for one in held.outcomes] == [(True, True)] * 2
    quick_hub.clock.pass_time(SECOND)
    gone = answered(other, record)
    assert (stated(gone), len(gone.answers)) == ([RecallOutcome.DELETED] * 2, 4)
    quick_hub.clock.pass_time(SECOND)
    assert answered(other, record, RecallOutcome.STOPPED_USING).addressee.answered_at is None


def test_an_old_answer_sent_again_takes_nothing_back(quick_hub: Hub, publisher: Member, other: Member) -> None:
    recalled(publisher, other)
    [record] = notices(other)
    held = answer_to(other, record, RecallOutcome.HELD)
    quick_hub.clock.pass_time(SECOND)
    after = answered(other, record)
    with pytest.raises(ConflictError):
        acknowledge(quick_hub.exchange, other.principal, record.sent.notice_id, held)
    again = acknowledge(quick_hub.exchange, other.principal, record.sent.notice_id, answer_to(other, record))
    assert again == after


def test_a_repeated_request_answers_once(quick_hub: Hub, publisher: Member, other: Member) -> None:
    recalled(publisher, other)
    [record] = notices(other)
    use = key_use(other.principal, "notices", "key-1", b"body")
    ends = [
        acknowledge(quick_hub.exchange, other.principal, record.sent.notice_id, answer_to(other, record), use) for _ in range(2)
    ]
    assert ends[0] == ends[1]


def test_it_is_signed_with_an_active_key_of_its_own(quick_hub: Hub, publisher: Member, other: Member) -> None:
    recalled(publisher, other)
    [record] = notices(other)
    pending, revoked = other.add_key(active=False), other.add_key()
    revoke_key(quick_hub.exchange, other.principal, revoked.public.keyid)
    for key in (publisher.key, pending, revoked, PrivateKey.generate()):
        with pytest.raises(UntrustedSignatureError):
            answered(other, record, key=key)
    assert notices(other) == [record]


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said | {"notice": "recall-notice--2a6a3c70-55cf-4d6b-8c43-9b8f1d2e7a34"},
        lambda said: said | {"partner": "2a6a3c70-55cf-4d6b-8c43-9b8f1d2e7a34"},
        lambda said: said | {"acknowledged_at": "2099-01-01T00:00:00Z"},
        lambda said: said | {"outcomes": [said["outcomes"][0] | {"version": "2020-01-01T00:00:00Z"}]},
    ],
    ids=["another notice", "another partner", "to come", "another version"],
)
def test_what_answers_something_else_is_refused(quick_hub: Hub, publisher: Member, other: Member, change: Any) -> None:
    recalled(publisher, other)
    [record] = notices(other)
    said = {
        "type": "recall-acknowledgement",
        "notice": record.sent.notice_id,
        "partner": other.id,
        "acknowledged_at": "2026-01-01T00:00:00Z",
        "outcomes": [{"stix_id": record.versions[0].stix_id, "version": record.versions[0].version, "outcome": "deleted"}],
    }
    envelope = sign_envelope(PayloadType.RECALL_ACKNOWLEDGEMENT, canonical_bytes(change(said)), other.key)
    with pytest.raises(MalformedInputError):
        acknowledge(quick_hub.exchange, other.principal, record.sent.notice_id, envelope)
    assert notices(other) == [record]


def test_nobody_answers_what_is_not_addressed_to_it(quick_hub: Hub, publisher: Member, other: Member) -> None:
    stranger = quick_hub.enrol("Stranger")
    recalled(publisher, other)
    [record] = notices(other)
    for member in (publisher, stranger):
        with pytest.raises(NotFoundError):
            acknowledge(quick_hub.exchange, member.principal, record.sent.notice_id, answer_to(member, record))
    with pytest.raises(NotFoundError):
        acknowledge(quick_hub.exchange, other.principal, "nonsense", answer_to(other, record))


def test_without_the_right_nobody_answers(quick_hub: Hub, publisher: Member, other: Member) -> None:
    recalled(publisher, other)
    [record] = notices(other)
    lesser = other.principal_with(scopes=PARTNER_SCOPES - {Permission.RECALLS_ANSWER})
    for principal in (lesser, quick_hub.operator):
        with pytest.raises(ForbiddenError):
            acknowledge(quick_hub.exchange, principal, record.sent.notice_id, answer_to(other, record))


def test_an_operator_enters_the_answer_of_who_is_shut_out(quick_hub: Hub, publisher: Member, other: Member) -> None:
    recalled(publisher, other)
    [record] = notices(other)
    line = {"stix_id": record.versions[0].stix_id, "version": record.versions[0].version, "outcome": "deleted"}
    told = ForPartner(other.id, [line])
    exchange, notice_id = quick_hub.exchange, record.sent.notice_id
    with pytest.raises(ConflictError):
        enter_answer(exchange, quick_hub.operator, notice_id, told)
    with pytest.raises(ForbiddenError):
        enter_answer(exchange, other.principal, notice_id, told)
    change_state(exchange, quick_hub.operator, other.id, PartnerState.SUSPENDED)
    with pytest.raises(NotFoundError):
        enter_answer(exchange, quick_hub.operator, notice_id, ForPartner(publisher.id, [line]))
    with pytest.raises(MalformedInputError):
        enter_answer(exchange, quick_hub.operator, notice_id, ForPartner(other.id, [line | {"outcome": "burnt"}]))
    use = key_use(quick_hub.operator, "notices", "key-1", b"body")
    for _ in range(2):
        entered = enter_answer(exchange, quick_hub.operator, notice_id, told, use)
        assert [(one.keyid, one.credential_id) for one in entered.answers] == [
            (None, quick_hub.operator.credential.credential_id)
        ]
    assert entered.addressee.answered_at == quick_hub.clock.now


def test_two_answers_at_once_both_stand_in_their_order(hub: Hub) -> None:
    owner, reader = hub.enrol("Owner"), hub.enrol("Reader")
    recalled(owner, reader)
    [record] = notices(reader)
    first = answer_to(reader, record, RecallOutcome.HELD)
    second = answer_to(reader, record, acknowledged_at=hub.clock.now + timedelta(seconds=1))
    elsewhere = as_seen_by_another_worker(hub.exchange)
    try:
        ends = at_once(
            lambda: acknowledge(hub.exchange, reader.principal, record.sent.notice_id, first),
            lambda: acknowledge(elsewhere, reader.principal, record.sent.notice_id, second),
        )
    finally:
        elsewhere.database.dispose()
    assert not isinstance(ends[1], Exception), ends
    assert isinstance(ends[0], (ConflictError, NoticeRecord)), ends
    assert stated(notices(reader)[0]) == [RecallOutcome.DELETED]
