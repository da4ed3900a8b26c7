"""What can be corrected of an object of one's own: its newest version, which members, and where a newer one belongs.

Owns why something is not corrected. Kept by ``tests/services/drafting/test_correctable.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.errors import NotFoundError, UntrustedSignatureError
from app.domain.handling import HandlingClass
from app.domain.permissions import Permission
from app.services.authenticate import require
from app.services.drafting.posting import why_not_posted
from app.services.exchange import Exchange
from app.services.reading.readers import Reader
from app.services.showing.history import object_history
from app.storage import handling
from breakwater_client.signing.correction import correctable_members, said_of
from breakwater_client.trust.object_signature import check_creator

_OTHER_KIND = (
    "What this says is not corrected here: a value that is recognised, a connection or an answer is recalled, and entered anew."
)
_TAKEN_BACK = "Your organisation has taken this back: it is not corrected any more."
_NOT_OURS = "Another identity made this: who made it corrects it."
_SEVERAL_PLACES = (
    "This stands in several places (sharing groups, or one beside the exchange): a new version is sent to each by a program."
)
_GROUP_LOST = "It stands where your organisation cannot post any more, as in a sharing group that it left: recall it if wrong."
_AHEAD = "Its newest version has a date that is still to come: it cannot be corrected before."


@dataclass(frozen=True, slots=True)
class Correctable:
    """The newest version of an object of the reader's own; ``group_id`` is where a newer one goes, None: to the exchange.

    ``why_not``: why people do not correct it; None if they do, by ``members``.
    """

    stix_id: str
    version: str
    value: Mapping[str, Any] = field(repr=False)
    members: tuple[str, ...]
    group_id: str | None
    why_not: str | None

    def said(self, member: str) -> Any:
        """Give what it says under a member that can be corrected; None where it says nothing."""
        return said_of(self.value, member)


def correctable(exchange: Exchange, reader: Reader, stix_id: str) -> Correctable:
    """Give what can be corrected of an object.

    Raises:
        ExhaustedError: as ``object_history``.
        ForbiddenError: the caller may not draft.
        NotFoundError: absent, hidden, or another's; the id may be anything.
    """
    require(reader.principal, Permission.DRAFTS_WRITE)
    partner = reader.partner
    newest = object_history(exchange, reader, stix_id, partner.partner_id, None).versions[0]
    if newest.version.owner_id != partner.partner_id:
        raise NotFoundError
    with exchange.database.read() as connection:
        [posted] = handling.classes_by_id(connection, {newest.version.class_id}).values()
        groups = _groups(posted)
        astray = any(why_not_posted(connection, partner.partner_id, one) for one in groups)
    members = correctable_members(newest.value)
    why_not = None if members else _OTHER_KIND
    why_not = why_not or _why_not(newest.value, partner.identity_id, exchange.clock())
    if len(groups) + posted.in_exchange > 1:
        why_not = why_not or _SEVERAL_PLACES
    if astray or not (groups or posted.in_exchange):
        why_not = why_not or _GROUP_LOST
    group_id = None if posted.in_exchange else next(iter(groups), None)
    return Correctable(stix_id, newest.version.version, newest.value, members, group_id, why_not)


def _groups(posted: HandlingClass) -> set[str]:
    return {one.group_id for one in posted.shared_with}


def _why_not(value: Mapping[str, Any], identity_id: str, now: datetime) -> str | None:
    if value.get("revoked") is True:
        return _TAKEN_BACK
    try:
        check_creator(dict(value), identity_id)
    except UntrustedSignatureError:
        return _NOT_OURS
    return _AHEAD if datetime.fromisoformat(value["modified"]) >= now else None
