"""The first page of one's own organisation: what stands well, what ends soon, and where to go on.

Owns what of each part is worth a warning; each part is shown to whom its own page opens for. Kept by
``tests/portal/organisation/test_overview.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response

from app.domain.agreement import Agreement
from app.domain.partner import PartnerKey
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyState
from app.policy.agreements import agreement_in_force
from app.portal.organisation.blueprint import OrganisationBlueprint, may, own_partner, principal
from app.portal.pages import page
from app.services.calling.keep_webhooks import list_webhooks
from app.services.exporting.look_up import DefinitionRecord, list_exports
from app.services.membership.change_policy import list_agreements
from app.services.membership.keep_persons import list_persons
from app.services.membership.look_up_keys import list_keys
from app.services.signing_in.own_credentials import OwnCredential, own_credentials
from app.services.signing_in.who_signs_in import who_signs_in
from app.web.context import exchange

blueprint = OrganisationBlueprint("organisation")
SOON = timedelta(days=30)
"""What ends within this is worth a warning."""


@dataclass(frozen=True, slots=True)
class Members:
    """How many are members, how many of them administrators, and how many have not set up how they sign in."""

    count: int
    administrators: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Key:
    """A key that counts or waits, and whether its end is near."""

    key: PartnerKey
    ends_soon: bool


@dataclass(frozen=True, slots=True)
class Tokens:
    """How many credentials count beside sessions, the first of those that end soon, and how many these are."""

    count: int
    ending: list[OwnCredential]
    soon: int


@blueprint.page("/organisation", for_everybody=True)
def show() -> Response:
    """Show how everything stands that who is signed in may see."""
    told: dict[str, Any] = {name: look() if may(permission) else None for name, permission, look in _PARTS}
    opens = {name: may(permission) for name, permission, _ in _PARTS}
    return page("organisation/overview.html", partner=own_partner(), opens=opens, **told)


def _members() -> Members:
    here = [one.person for one in list_persons(exchange(), principal()) if one.person.left_at is None]
    signing = who_signs_in(exchange(), principal())
    administrators = sum("administrator" in one.member_roles for one in here)
    return Members(len(here), administrators, sum(not signing[one.person_id].is_set_up for one in here))


def _keys() -> list[Key]:
    now = exchange().clock()
    counting = [one.key for one in list_keys(exchange(), principal()) if one.key.state in {KeyState.ACTIVE, KeyState.PENDING}]
    return [Key(one, ends_soon=one.not_after is not None and one.not_after < now + SOON) for one in counting]


def _tokens() -> Tokens:
    now = exchange().clock()
    held = [one for one in own_credentials(exchange(), principal()) if one.counts(now) and one.session is None]
    soon = [one for one in held if one.credential.expires_at < now + SOON]
    return Tokens(len(held), sorted(soon, key=lambda one: one.credential.expires_at)[:3], len(soon))


def _exports() -> list[DefinitionRecord]:
    return [one for one in list_exports(exchange(), principal()) if one.definition.ended_at is None]


def _agreement() -> Agreement | None:
    return agreement_in_force(list_agreements(exchange(), principal(), None), exchange().clock())


_PARTS: tuple[tuple[str, Permission, Callable[[], Any]], ...] = (
    ("members", Permission.PERSONS_READ, _members),
    ("keys", Permission.KEYS_READ, _keys),
    ("tokens", Permission.CREDENTIALS_READ, _tokens),
    ("exports", Permission.EXPORTS_READ, _exports),
    ("webhooks", Permission.WEBHOOKS_READ, lambda: list_webhooks(exchange(), principal())),
    ("agreement", Permission.AGREEMENTS_READ, _agreement),
)
