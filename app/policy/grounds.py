"""On which ground somebody sees something: the other side of ``why_hidden``.

Owns the words and their order. What hides is ``app/policy/visibility.py``'s; what of the answer an asker may be told is
``app/policy/telling.py``'s. Kept by ``tests/policy/test_grounds.py``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum, unique

from app.domain.handling import HandlingClass
from app.domain.vocabulary import Channel, Purpose
from app.policy.audiences import excludes
from app.policy.viewer import Viewer
from app.policy.visibility import why_hidden


@unique
class Ground(StrEnum):
    """By what a reader is among those who see an object; the first that holds."""

    ADDRESSED = "addressed"
    """The exchange tells it to this partner by name (a recall)."""
    OWN = "own"
    """It is the partner's own."""
    NAMED = "named"
    """An audience of its publisher names the partner by its id."""
    GROUP = "group"
    """It was posted to a sharing group that the partner reads."""
    KIND = "role-and-jurisdiction"
    """The audiences admit the partner's role and jurisdiction together."""


def why_seen(viewer: Viewer, handling_class: HandlingClass, purpose: Purpose, channel: Channel, now: datetime) -> Ground | None:
    """Give the ground on which this viewer sees objects of this class, None if ``why_hidden`` objects.

    Of several audiences, all of which must admit a reader, the one that names it tells; only the owner's own are asked.
    """
    if why_hidden(viewer, handling_class, purpose, channel, now) is not None:
        return None
    if handling_class.addressed_to is not None:
        return Ground.ADDRESSED
    if handling_class.owner_id == viewer.partner_id:
        return Ground.OWN
    audiences = [audience for handling in handling_class.own for audience in handling.audiences]
    if any(viewer.partner_id in one.partners_in and not excludes(one, viewer.partner_id) for one in audiences):
        return Ground.NAMED
    without_groups = replace(handling_class, shared_with=frozenset())
    bound = any(one.groups for one in audiences)
    if bound or why_hidden(viewer, without_groups, purpose, channel, now) is not None:
        return Ground.GROUP
    return Ground.KIND
