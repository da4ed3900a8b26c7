"""As of which state of policies and recalls something may be given.

Owns the short text by which two states are compared: while it is the same, nothing was taken away from a viewpoint. It says
nothing of what merely expired: an export is as of one instant. Kept by ``tests/services/exporting/test_standing.py``.
"""

from __future__ import annotations

from collections.abc import Collection

from app.services.reading.visible_set import Look
from app.storage import documents, export_reading
from app.storage.viewpoints import Viewpoint
from breakwater_client.instant import instant_text


def standing_of(look: Look) -> str:
    """Give the state that a look saw, as JSON."""
    viewpoint = look.viewpoint
    change = export_reading.last_change(look.connection)
    return documents.dump([*_classes(viewpoint), viewpoint.judged_to, look.newest_recall, change])


def _classes(viewpoint: Viewpoint) -> list[int | str]:
    return [viewpoint.viewpoint_id, viewpoint.epoch, instant_text(viewpoint.valid_until)]


def sees_same_classes(standing: str | None, viewpoint: Viewpoint) -> bool:
    """Whether the viewpoint lost no class since that state: its set was evaluated anew for new classes alone."""
    return standing is not None and documents.load(standing)[:3] == _classes(viewpoint)


def may_all_be_given(look: Look, version_ids: Collection[int]) -> bool:
    """Whether the viewpoint may still be given each of these versions, which it saw and which may have expired."""
    return len(export_reading.seen_among(look.connection, look.viewpoint, version_ids)) == len(version_ids)
