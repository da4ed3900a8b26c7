"""Organisations that declare countermeasures, for tests of releases: enrolled with a token and nothing more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from app.domain.object_vocabulary import EvidenceGrade
from app.domain.partner import Principal
from app.domain.prevention import AdoptionState, EffectBand
from app.domain.vocabulary import Role, Surface, Tlp
from app.policy.scopes import SCOPES, PrincipalKind
from app.services.authenticate import authenticate
from app.services.exchange import Exchange
from app.services.membership.enrol_partner import NewPartner, enrol_partner
from app.services.membership.issue_credentials import NewCredential, issue_credential
from app.services.preventing.declare import NewAdoption, NewEffect, declare_adoption, declare_effect
from tests.factories.policy_values import DAY

LIMITS, REPEATED_ROOMS, LIVE = "CM-007", "OP-017", Surface.LIVE_STREAM
SINCE, SEEN_UNTIL = date(2025, 6, 1), date(2025, 9, 1)


def contributors(exchange: Exchange, operator: Principal, count: int, role: Role = Role.PLATFORM) -> list[Principal]:
    """Enrol so many organisations of a role, each with the token of a service account."""
    return [_enrolled(exchange, operator, f"{role} {number}", role) for number in range(count)]


def _enrolled(exchange: Exchange, operator: Principal, name: str, role: Role) -> Principal:
    partner = enrol_partner(exchange, operator, NewPartner(name, role, "IE"))
    ends = exchange.clock() + 3650 * DAY
    new = NewCredential(partner.partner_id, "service", SCOPES[PrincipalKind.PARTNER], None, Tlp.RED, ends)
    return authenticate(exchange, str(issue_credential(exchange, operator, new).token))


def adopt(
    exchange: Exchange,
    by: Iterable[Principal],
    countermeasure: str = LIMITS,
    state: AdoptionState = AdoptionState.ADOPTED,
    surface: Surface = LIVE,
) -> None:
    """Have each of them declare a countermeasure."""
    until = SEEN_UNTIL if state is AdoptionState.ENDED else None
    for one in by:
        declare_adoption(exchange, one, NewAdoption(surface, countermeasure, state, SINCE, until))


def saw(exchange: Exchange, by: Iterable[Principal], band: EffectBand, behaviour: str = REPEATED_ROOMS) -> None:
    """Have each of them declare what ``LIMITS`` did on live streams."""
    for one in by:
        new = NewEffect(LIVE, LIMITS, behaviour, band, EvidenceGrade.OBSERVATIONAL, SINCE, SEEN_UNTIL)
        declare_effect(exchange, one, new)
