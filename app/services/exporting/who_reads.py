"""As whom an export reads: a definition's credential, over the channel of exports, as it may at that moment.

Owns the question whether it still may; what it then sees is ``reading``'s. Nobody is asking while an export is written, so that
what a request would be refused for is looked at here. Kept by ``tests/services/exporting/test_who_reads.py``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.export import ExportDefinition
from app.domain.partner import Credential, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, PartnerState, Tlp
from app.policy.administration import why_forbidden
from app.services.reading.readers import Reader
from app.storage import credentials
from app.storage.session import Connection


def reader_of(connection: Connection, definition: ExportDefinition, now: datetime) -> Reader | None:
    """Give the reader that a definition makes of its credential at ``now``, None while that may not read for it.

    It reads up to the ceiling of the definition, and no further than the credential does.
    """
    principal = credentials.principal_by_id(connection, definition.credential_id)
    if principal is None or principal.partner is None or principal.partner.partner_id != definition.partner_id:
        return None
    held = principal.credential
    may_read = why_forbidden(principal, Permission.OBJECTS_READ) is None and held.purpose in {None, definition.purpose}
    if principal.partner.state is not PartnerState.ACTIVE or not may_read or not _is_good(connection, held, now):
        return None
    ceiling = lower_of(definition.tlp_ceiling, held.tlp_ceiling)
    capped = Principal(replace(held, tlp_ceiling=ceiling), principal.partner, principal.person)
    return Reader(capped, principal.partner, definition.purpose, Channel.EXPORT)


def lower_of(one: Tlp, other: Tlp) -> Tlp:
    """Give the wider of two labels, which as a ceiling lets less through."""
    return min(one, other, key=lambda label: label.rank)


def _is_good(connection: Connection, held: Credential, now: datetime) -> bool:
    if held.revoked_at is not None or held.expires_at <= now:
        return False
    if held.keyid is None:
        return True
    key = credentials.key_by_id(connection, held.keyid)
    return key is not None and key.counts(now)
