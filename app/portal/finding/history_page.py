"""The versions of an object: when each came, and what it says otherwise than the one before.

Kept by ``tests/portal/finding/test_history_page.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from flask import Response, request

from app.domain.permissions import Permission
from app.portal.blueprint import PortalBlueprint
from app.portal.finding.differences import Difference, differences
from app.portal.finding.names import names_told
from app.portal.finding.object_page import is_own
from app.portal.finding.titles import title_of
from app.portal.pages import page
from app.portal.reading import for_a_purpose, own_reader
from app.services.showing.history import History, object_history
from app.services.showing.look_around import Stated
from app.web.context import exchange

blueprint = PortalBlueprint("object_versions", section="search.show")


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version: its own date, when it came for the reader, and what it changed; None where nothing older is seen."""

    version: str
    stated_at: datetime | None
    added_at: datetime | None
    changed: list[Difference] | None
    is_revoked: bool


@blueprint.page("/objects/<stix_id>/versions", Permission.OBJECTS_READ, query=["owner", "upto"])
@for_a_purpose
def show(stix_id: str) -> Response:
    """Show the versions of one owner, the newest first."""
    found = object_history(exchange(), own_reader(), stix_id, request.args.get("owner"), request.args.get("upto"))
    return page(
        "finding/versions.html",
        stix_id=stix_id,
        title=title_of(found.versions[0].value),
        is_own=is_own(list(found.owner_ids)),
        found=found,
        names=names_told(),
        versions=shown_versions(found),
    )


def shown_versions(found: History) -> list[ShownVersion]:
    """Give versions with what each changed."""
    return [_shown(one, before) for one, before in pairwise([*found.versions, found.before]) if one is not None]


def _shown(one: Stated, before: Stated | None) -> ShownVersion:
    changed = None if before is None else differences(before.value, one.value)
    stated = one.value.get("modified") or one.value.get("created")
    moment = datetime.fromisoformat(stated) if stated else one.version.added_at
    return ShownVersion(one.version.version, moment, one.version.added_at, changed, one.value.get("revoked") is True)
