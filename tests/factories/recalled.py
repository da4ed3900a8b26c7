"""A recall that somebody has to answer, on the level of services, and answers to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.domain.object_vocabulary import HeldBasis, RecallAct, RecallOutcome, RecallReason
from app.domain.recall import AnyOutcome, outcome_words
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.recalling.acknowledge import acknowledge
from app.services.recalling.look_up_notices import NoticeRecord, NoticesAsked, list_notices
from breakwater_client.signing.acknowledgement import Acknowledgement, Answered, sign_acknowledgement
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator


def recalled(owner: Member, *readers: Member, act: RecallAct = RecallAct.STOP_USING, values: Sequence[Any] = ()) -> str:
    """Store an object (or the versions of one), let these read it, withdraw it and tell them. Gives the recall's id."""
    versions = list(values) or [indicator()]
    owner.store(*versions)
    for each in readers:
        each.pull()
    request = WithdrawalRequest(versions[0]["id"], reason=RecallReason.ERROR, act=act)
    recall_id = withdraw(owner.hub.exchange, owner.principal, request)
    owner.hub.work()
    return recall_id


def hold_round(hub: Hub) -> None:
    """Let contests be spread, and a day pass, so that their notices go out."""
    hub.work()
    hub.clock.pass_time(timedelta(days=1))
    hub.work()


def notices(member: Member, *, only_open: bool = False) -> list[NoticeRecord]:
    """List the notices addressed to a partner."""
    return list_notices(member.hub.exchange, member.principal, NoticesAsked(only_open=only_open)).notices


def answer_to(
    member: Member, record: NoticeRecord, outcome: AnyOutcome = RecallOutcome.DELETED, **changes: Any
) -> dict[str, Any]:
    """Give a signed answer to all that a notice calls back; ``changes`` are those of ``Acknowledgement``, or another ``key``."""
    signing = changes.pop("key", member.key)
    held = (HeldBasis.LEGAL_CLAIM, member.hub.clock.now + timedelta(days=90)) if outcome is RecallOutcome.HELD else (None, None)
    lines = [Answered(one.stix_id, one.version, outcome, *held) for one in record.versions]
    said = Acknowledgement(record.sent.notice_id, member.id, member.hub.clock.now, lines)
    return sign_acknowledgement(replace(said, **changes), signing)


def answer_all(hub: Hub, member: Member, outcome: AnyOutcome = RecallOutcome.DELETED) -> None:
    """Answer every notice that is open, as not held where the outcome is no answer to its kind."""
    for record in notices(member, only_open=True):
        words = outcome_words(record.recall.kind)
        said = outcome if isinstance(outcome, words) else words("not-held")
        acknowledge(hub.exchange, member.principal, record.sent.notice_id, answer_to(member, record, said))
