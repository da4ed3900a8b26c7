"""How an accepted version is narrowed by what it refers to and by a newer version of itself.

References narrow at admission only, and only by what the submitter may see; a newest version governs the older ones. Neither
ever widens anything. Kept by ``tests/services/test_narrow.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.handling import HandlingClass
from app.policy.visibility import Viewer, sees_somehow
from app.services.settle_handling import Candidate
from app.storage import handling, objects
from app.storage.objects import StoredVersion
from app.storage.session import Connection


@dataclass(slots=True)
class Accepted:
    """A candidate that will be stored, with its numbers; class and end of visibility are narrowed before it is written."""

    pointer: str
    candidate: Candidate
    version_id: int
    log_index: int
    version: str
    version_key: str
    position: int | None
    added_at: datetime | None
    handling_class: HandlingClass
    visible_until: datetime

    @property
    def stix_id(self) -> str:
        """The object's STIX id."""
        return self.candidate.checked.facts.stix_id

    def narrow(self, others: Iterable[HandlingClass]) -> bool:
        """Take on the handlings of other classes; says whether that changed anything."""
        missing = [other for other in others if not other.handlings <= self.handling_class.handlings]
        if missing:
            self.handling_class = self.handling_class.narrowed_by(missing)
        return bool(missing)


@dataclass(frozen=True, slots=True)
class Move:
    """A stored version that a newer one governs from now on."""

    stored: StoredVersion
    to_class: HandlingClass
    visible_until: datetime


def narrow_by_references(connection: Connection, submitter: Viewer, accepted: Sequence[Accepted], now: datetime) -> None:
    """Narrow each object to what it refers to: the newest stored versions its submitter may see, and its own envelope.

    Ids that the submitter cannot see count as absent, so that nothing can be learned by referring, and nobody can blank another's
    report by posting a restricted object under an id it refers to. Chains and cycles within the envelope are followed to the end.
    """
    references = {one.stix_id: one.candidate.checked.facts.references for one in accepted}
    heads = objects.heads_of(connection, frozenset().union(*references.values()))
    classes = handling.classes_by_id(connection, (head.class_id for head in heads))
    visible = {class_id for class_id, asked in classes.items() if sees_somehow(submitter, asked, now)}
    seen: dict[str, set[HandlingClass]] = defaultdict(set)
    for head in heads:
        if head.visible_until > now and head.class_id in visible:
            seen[head.stix_id].add(classes[head.class_id])
    here: dict[str, list[Accepted]] = defaultdict(list)
    for one in accepted:
        here[one.stix_id].append(one)
        one.narrow(cls for ref in references[one.stix_id] for cls in seen.get(ref, ()))
    changed = True
    while changed:
        changed = False
        for one in accepted:
            others = [other.handling_class for ref in references[one.stix_id] for other in here.get(ref, ())]
            changed |= one.narrow(others)


def narrow_by_newest(
    accepted: Sequence[Accepted], stored: Sequence[StoredVersion], classes: Mapping[int, HandlingClass]
) -> list[Move]:
    """Let the newest version of each id govern the older ones: among the accepted, and of what the owner stored before.

    ``classes`` holds the class of each stored version. Gives the stored versions that move into a narrower class.
    """
    before: dict[str, list[StoredVersion]] = defaultdict(list)
    for version in stored:
        before[version.stix_id].append(version)
    groups: dict[str, list[Accepted]] = defaultdict(list)
    for one in accepted:
        groups[one.stix_id].append(one)
    return [move for stix_id, group in groups.items() for move in _govern(group, before[stix_id], classes)]


def _govern(group: Sequence[Accepted], stored: Sequence[StoredVersion], classes: Mapping[int, HandlingClass]) -> list[Move]:
    newest = max(group, key=lambda one: one.version_key)
    newest_stored = max(stored, key=lambda one: one.version_key, default=None)
    if newest_stored is not None and newest_stored.version_key > newest.version_key:
        governing, until = classes[newest_stored.class_id], newest_stored.visible_until
    else:
        governing, until = newest.handling_class, newest.visible_until
    for one in group:
        one.narrow([governing])
        one.visible_until = min(one.visible_until, until)
    moves = []
    for version in stored:
        to_class = classes[version.class_id].narrowed_by([governing])
        visible_until = min(version.visible_until, until)
        if to_class != classes[version.class_id] or visible_until != version.visible_until:
            moves.append(Move(version, to_class, visible_until))
    return moves
