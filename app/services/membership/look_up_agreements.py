"""Looking agreements up: one version with its signed document, and what changes between versions, kept or to be.

Owns whose agreements a caller may look at: a partner its own, staff everybody's. Changes nothing. Kept by
``tests/services/membership/test_look_up_agreements.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.domain.errors import NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.policy.agreement_changes import Direction, changes
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.membership.agreement_documents import KeptAgreement, compare, spelled_comparison
from app.services.membership.agreement_versions import (
    NewAgreement,
    kept_agreements,
    known_agreements,
    next_version,
    subject_of,
)
from app.storage import approvals, log
from app.storage.session import Connection
from breakwater_client.trust.log_leaf import LeafKind


@dataclass(frozen=True, slots=True)
class ShownAgreement:
    """A version, and the index of the leaf by which the log commits to it (None: it is older than such leaves).

    ``approved_digest`` is that of the document which two persons agreed to, as approvals show it: it says what was compared, and
    not yet when the version was made, so it is another one than the version's own. None where one person sufficed.
    """

    kept: KeptAgreement
    log_index: int | None
    approved_digest: str | None = None


def get_agreement(exchange: Exchange, principal: Principal, partner_id: str, version: int) -> ShownAgreement:
    """Give one version with its document and envelope.

    Raises:
        ForbiddenError: the caller may not look at agreements.
        NotFoundError: there is no such version that the caller may see.
    """
    with exchange.database.read() as connection:
        found = _version(_known(connection, principal, partner_id), version)
        logged = log.statements(connection, LeafKind.AGREEMENT_VERSION.value, subject_of(found.agreement))
        approval_id = found.document.get("approval_id")
        approval = approvals.approval_by_id(connection, approval_id) if approval_id else None
    return ShownAgreement(found, logged[-1].log_index if logged else None, approval.digest if approval else None)


def diff_versions(exchange: Exchange, principal: Principal, partner_id: str, versions: tuple[int, int]) -> dict[str, Any]:
    """Give what changes from one kept version to another, term by term, and whether that widens anything.

    Raises as ``get_agreement``.
    """
    with exchange.database.read() as connection:
        known = _known(connection, principal, partner_id)
    before, after = (_version(known, one) for one in versions)
    against = changes(before.agreement, after.agreement)
    return {
        "partner_id": partner_id,
        "version": after.agreement.version,
        "widens": any(one.direction is Direction.WIDENS for one in against),
        "compared_with": [spelled_comparison(before, against)],
    }


def compare_agreement(exchange: Exchange, principal: Principal, new: NewAgreement) -> dict[str, Any]:
    """Give what a version to be would change of whatever would govern from its start on; nothing is kept of it.

    Raises:
        ForbiddenError: the caller is no operator.
        MalformedInputError: as ``agreement_versions.next_version``.
        NotFoundError: there is no such partner.
    """
    require(principal, Permission.AGREEMENTS_WRITE)
    with exchange.database.read() as connection:
        known = known_agreements(connection, new.partner_id)
        version = next_version(connection, new, known, exchange.clock(), principal.credential.credential_id)
    found = compare(known, version)
    return {
        "partner_id": new.partner_id,
        "version": found.new.version,
        "widens": any(one.direction is Direction.WIDENS for _kept, against in found.against for one in against),
        "compared_with": [spelled_comparison(one, against) for one, against in found.against],
    }


def _known(connection: Connection, principal: Principal, partner_id: str) -> list[KeptAgreement]:
    require(principal, Permission.AGREEMENTS_READ)
    if principal.partner is not None and principal.partner.partner_id != partner_id:
        raise NotFoundError
    return kept_agreements(connection, partner_id)


def _version(known: list[KeptAgreement], version: int) -> KeptAgreement:
    found = next((one for one in known if one.agreement.version == version), None)
    if found is None:
        raise NotFoundError
    return found
