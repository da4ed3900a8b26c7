"""Finding partners in the list of all: by part of a name, an id, what they are and their state, a page at a time.

Owns the order (by name) and where a page goes on. Staff only; who enrols partners is told what each is missing. Writes nothing.
Kept by ``tests/services/membership/test_find_partners.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import NotFoundError
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import PartnerState, Role
from app.policy.administration import why_forbidden
from app.services.exchange import Exchange
from app.services.membership.enrol_partner import list_partners
from app.services.membership.onboarding import Standing, list_standings


@dataclass(frozen=True, slots=True)
class PartnersWanted:
    """Which partners: ``words`` are part of the name, whatever its case, or a whole id of ours or of a STIX identity.

    Empty and None: any.
    """

    words: str = ""
    role: Role | None = None
    state: PartnerState | None = None


@dataclass(frozen=True, slots=True)
class FoundPartners:
    """A page of partners by name; ``next`` is what the following one is asked with (None: this is the last).

    ``count`` is how many there are on all pages, ``known`` how many partners there are whatever was asked. ``missing`` is empty
    for whoever does not enrol partners.
    """

    standings: list[Standing]
    next: str | None
    count: int
    known: int


def find_partners(
    exchange: Exchange, principal: Principal, wanted: PartnersWanted, after: str | None, limit: int
) -> FoundPartners:
    """Find partners; ``after`` is what an earlier page gave as ``next`` (unverified): one that was enrolled meanwhile moves none.

    Raises:
        ForbiddenError: the caller is not of the exchange's staff.
        NotFoundError: ``after`` was given by no page.
    """
    known = _standings(exchange, principal)
    found = [one for one in known if _is_wanted(one.partner, wanted)]
    last = None if after is None else next((one.partner for one in known if one.partner.partner_id == after), None)
    if after is not None and last is None:
        raise NotFoundError
    left = found if last is None else [one for one in found if _place(one.partner) > _place(last)]
    page = left[:limit]
    return FoundPartners(page, page[-1].partner.partner_id if len(left) > limit else None, len(found), len(known))


def _standings(exchange: Exchange, principal: Principal) -> list[Standing]:
    if why_forbidden(principal, Permission.PARTNERS_WRITE) is None:
        found = list_standings(exchange, principal)
    else:
        found = [Standing(one, ()) for one in list_partners(exchange, principal)]
    return sorted(found, key=lambda one: _place(one.partner))


def _place(partner: Partner) -> tuple[str, str]:
    return partner.name.casefold(), partner.partner_id


def _is_wanted(partner: Partner, wanted: PartnersWanted) -> bool:
    words = " ".join(wanted.words.split()).casefold()
    named = words in partner.name.casefold() or words in {partner.partner_id, partner.identity_id}
    return named and wanted.role in {None, partner.role} and wanted.state in {None, partner.state}
