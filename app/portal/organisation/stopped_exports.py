"""Exports that stop with the credentials that they read as: what pages name before these are ended.

Kept by ``tests/portal/organisation/test_stopped_exports.py``.
"""

from __future__ import annotations

from collections.abc import Collection

from app.domain.permissions import Permission
from app.portal.organisation.blueprint import may, principal
from app.services.exporting.look_up import list_exports
from app.web.context import exchange


def stopped_exports(credential_ids: Collection[str]) -> list[str] | None:
    """Give the names of our exports that read as one of these credentials; None: who asks may not see exports."""
    if not may(Permission.EXPORTS_READ):
        return None
    found = [one.definition for one in list_exports(exchange(), principal())]
    return [one.name for one in found if one.ended_at is None and one.credential_id in credential_ids]
