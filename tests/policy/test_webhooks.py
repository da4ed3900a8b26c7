"""Whose webhooks are called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.agreement import Agreement
from app.domain.errors import Code
from app.domain.partner import Partner
from app.domain.vocabulary import Channel, PartnerState, Role
from app.policy.webhooks import NotCalled, why_not_called
from tests.factories.policy_values import DAY, NOW, agreement

PARTNER = Partner("p", "Platform A", Role.PLATFORM, "IE", "identity--p", PartnerState.ACTIVE, NOW)
SENTENCES = {
    Code.PARTNER_NOT_ACTIVE: "Your organisation is not active here.",
    Code.AGREEMENT_NOT_IN_FORCE: "You have no agreement in force.",
    Code.TERMS_EXCEEDED: "Your agreement does not have the channel webhook.",
}
WITH = agreement()
WITHOUT = replace(WITH, read=replace(WITH.read, channels=frozenset(Channel) - {Channel.WEBHOOK}))


def test_an_active_partner_with_the_channel_is_called() -> None:
    assert why_not_called(PARTNER, [WITH], NOW) is None


@pytest.mark.parametrize(
    ("state", "agreements", "code"),
    [
        (PartnerState.SUSPENDED, [WITH], Code.PARTNER_NOT_ACTIVE),
        (PartnerState.ENDED, [WITH], Code.PARTNER_NOT_ACTIVE),
        (PartnerState.ACTIVE, [], Code.AGREEMENT_NOT_IN_FORCE),
        (PartnerState.ACTIVE, [replace(WITH, ends_at=NOW)], Code.AGREEMENT_NOT_IN_FORCE),
        (PartnerState.ACTIVE, [replace(WITH, starts_at=NOW + DAY)], Code.AGREEMENT_NOT_IN_FORCE),
        (PartnerState.ACTIVE, [replace(WITH, is_suspended=True)], Code.AGREEMENT_NOT_IN_FORCE),
        (PartnerState.ACTIVE, [WITHOUT], Code.TERMS_EXCEEDED),
        (PartnerState.ACTIVE, [WITH, replace(WITHOUT, version=WITH.version + 1)], Code.TERMS_EXCEEDED),
    ],
)
def test_others_are_not(state: PartnerState, agreements: list[Agreement], code: Code) -> None:
    reason = why_not_called(replace(PARTNER, state=state), agreements, NOW)
    assert reason == NotCalled(code, SENTENCES[code])
