from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenContentError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.stated_reason import Stop
from app.domain.vocabulary import MemberRole, PartnerState, StaffRole
from app.policy.scopes import SCOPES, PrincipalKind
from app.services.authenticate import authenticate
from app.services.membership.enrol_partner import change_state
from app.services.membership.issue_credentials import Ending, revoke_credential
from app.services.membership.state_reason import reason_of_credential, reasons_about_partner
from app.services.membership.suspend_agreement import end_agreement, suspend_agreement
from app.storage import alarms
from tests.factories.exchanges import Caller, FakePartner, RunningExchange
from tests.factories.furnished import furnished, hotline, platform, running

__all__ = ["furnished", "hotline", "platform", "running"]


def test_what_was_said_is_kept_with_each_thing_that_was_stopped(running: RunningExchange, platform: FakePartner) -> None:
    exchange, operator = running.exchange, authenticate(running.exchange, running.operator.token)
    suspend_agreement(exchange, operator, platform.partner_id, reason="Late.")
    end_agreement(exchange, operator, platform.partner_id, reason=" Gone. ")
    change_state(exchange, operator, platform.partner_id, PartnerState.SUSPENDED, "Sold.")
    change_state(exchange, operator, platform.partner_id, PartnerState.SUSPENDED, "Said again.")
    change_state(exchange, operator, platform.partner_id, PartnerState.ENDED)
    told = reasons_about_partner(exchange, operator, platform.partner_id)
    assert [(one.stop, one.subject, one.reason, one.person_id) for one in told] == [
        (Stop.PARTNER_SUSPENSION, platform.partner_id, "Sold.", operator.credential.person_id),
        (Stop.AGREEMENT_END, "3", "Gone.", operator.credential.person_id),
        (Stop.AGREEMENT_SUSPENSION, "2", "Late.", operator.credential.person_id),
    ]


@pytest.mark.parametrize(
    ("reason", "error"),
    [
        ("", MalformedInputError),
        ("  ", MalformedInputError),
        ("x" * 501, MalformedInputError),
        ("a@example.org", ForbiddenContentError),
    ],
)
def test_a_reason_that_cannot_be_kept_stops_nothing(
    running: RunningExchange, platform: FakePartner, reason: str, error: type[Exception]
) -> None:
    exchange, operator = running.exchange, authenticate(running.exchange, running.operator.token)
    held = authenticate(exchange, platform.token).credential.credential_id
    acts = (
        lambda: change_state(exchange, operator, platform.partner_id, PartnerState.ENDED, reason),
        lambda: suspend_agreement(exchange, operator, platform.partner_id, reason=reason),
        lambda: end_agreement(exchange, operator, platform.partner_id, reason=reason),
        lambda: revoke_credential(exchange, operator, held, ending=Ending(reason=reason)),
    )
    for act in acts:
        with pytest.raises(error):
            act()
    assert authenticate(exchange, platform.token)
    assert reasons_about_partner(exchange, operator, platform.partner_id) == []


def test_whoever_may_not_stop_anything_learns_nothing_of_what_a_reason_holds(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    partner = authenticate(running.exchange, platform.token)
    for reason in ("It was sold.", "a@example.org", ""):
        with pytest.raises(ForbiddenError) as refused:
            change_state(running.exchange, partner, hotline.partner_id, PartnerState.ENDED, reason)
        assert refused.value.pointer is None
    with running.exchange.database.read() as connection:
        assert not any(alarms.counts(connection).values())


def test_why_a_credential_ended_is_read_by_its_administrators_and_staff(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    exchange, operator = running.exchange, authenticate(running.exchange, running.operator.token)
    administrator = authenticate(exchange, running.person(platform, running.operator, MemberRole.ADMINISTRATOR).token)
    theirs = authenticate(exchange, running.person(hotline, running.operator, MemberRole.ADMINISTRATOR).token)
    made = platform.post("credentials", {"account": "feed", "scopes": ["objects:read"], "tlp_ceiling": "amber"}).json
    held = made["credential"]["id"]
    assert reason_of_credential(exchange, administrator, held) is None
    revoke_credential(exchange, authenticate(exchange, platform.token), held, ending=Ending(reason="It leaked."))
    for reader in (administrator, operator):
        told = reason_of_credential(exchange, reader, held)
        assert told is not None
        assert (told.reason, told.person_id) == ("It leaked.", None)
    with pytest.raises(NotFoundError):
        reason_of_credential(exchange, theirs, held)
    with pytest.raises(ForbiddenError):
        reason_of_credential(exchange, authenticate(exchange, platform.token), held)
    assert Caller(running.transport, made["token"]).get("objects").status == 401


def test_staff_alone_reads_why_a_partner_was_stopped(running: RunningExchange, platform: FakePartner) -> None:
    auditor = running.staff(StaffRole.AUDITOR, SCOPES[PrincipalKind.AUDITOR])
    path = f"partners/{platform.partner_id}"
    assert running.operator.patch(path, {"state": "suspended", "reason": "It was sold."}).status == 200
    for caller in (running.operator, auditor):
        [told] = caller.get(f"{path}/reasons").json["reasons"]
        assert (told["stop"], told["reason"]) == ("partner-suspension", "It was sold.")
    assert running.operator.get("partners/00000000-0000-4000-8000-000000000000/reasons").status == 404
