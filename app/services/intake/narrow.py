"""How an accepted version is narrowed by what it refers to and by a newer version of itself.

References narrow at admission by what the submitter may see, and a newest version governs the older ones; neither ever widens
anything. What an owner narrows later is ``narrow_later``'s. Kept by ``tests/services/intake/test_narrow.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.handling import Handling, HandlingClass
from app.domain.vocabulary import Tlp
from app.policy.visibility import Viewer, sees_somehow
from app.services.intake.reference_graph import components
from app.services.intake.settle_handling import Candidate
from app.storage import narrowings, objects
from app.storage.columns import FOREVER
from app.storage.objects import StoredVersion
from app.storage.session import Connection

MAX_HANDLINGS = 50
"""Most different handlings that one class may have: each is asked for every reader, and chains of references add them up."""


@dataclass(slots=True)
class Accepted:
    """A candidate that is about to be stored; class and end of visibility are narrowed before it is written.

    ``narrowed_by`` are the statements (owner, id) that it depends on; whatever their owners do to them later, it must follow.
    ``narrowing_ids`` are those of the ids by which it became narrower than it says itself.
    ``version_id`` and ``log_index`` are given last, when nothing can refuse it any more. ``stored`` is the version that it is, if
    it is stored already and posted to a further collection.
    """

    pointer: str
    candidate: Candidate
    version: str
    version_key: str
    position: int | None
    added_at: datetime | None
    handling_class: HandlingClass
    visible_until: datetime
    narrowed_by: frozenset[tuple[str, str]] = frozenset()
    narrowing_ids: frozenset[str] = frozenset()
    version_id: int = 0
    log_index: int = -1
    stored: StoredVersion | None = None
    retain_until: datetime = FOREVER

    @property
    def stix_id(self) -> str:
        """The object's STIX id."""
        return self.candidate.checked.facts.stix_id

    @property
    def references(self) -> frozenset[str]:
        """The ids that narrow it."""
        return self.candidate.checked.facts.references

    @property
    def owner_id(self) -> str:
        """The partner whose object it is."""
        return self.handling_class.owner_id


@dataclass(frozen=True, slots=True)
class Move:
    """A stored version that a newer one governs from now on."""

    stored: StoredVersion
    to_class: HandlingClass
    visible_until: datetime


@dataclass(frozen=True, slots=True)
class _Seen:
    """A stored version that its submitter sees under an id it refers to."""

    owner_id: str
    stix_id: str
    version_key: str
    handling_class: HandlingClass


Viewers = Mapping[str, Sequence[Viewer]]
"""Whose eyes count for the objects of each owner: the submitter's, and the owner's own if the submitter passes them on."""


def narrow_by_references(connection: Connection, viewers: Viewers, accepted: Sequence[Accepted], now: datetime) -> list[Accepted]:
    """Narrow each object to what it refers to: the newest versions its submitter may see, those of its own envelope included.

    Ids that the submitter cannot see count as absent, so that nothing can be learned by referring, and nobody can blank another's
    report by posting a restricted object under an id it refers to. Chains and cycles within the envelope are followed to the end.
    Gives those that would need more than ``MAX_HANDLINGS`` handlings: they must not be stored.
    """
    here = _newest_here(accepted)
    statements = {
        owner_id: _Statements(here, _seen_by(connection, eyes, _references(accepted, owner_id), now))
        for owner_id, eyes in viewers.items()
    }
    number = {id(one): place for place, one in enumerate(accepted)}
    before = [one.handling_class for one in accepted]
    targets = [
        [target for ref in one.references for target in statements[one.owner_id].of(one.owner_id, ref)] for one in accepted
    ]
    within = [[number[id(target)] for target in each if isinstance(target, Accepted)] for each in targets]
    for component in map(frozenset, components(within)):
        # What comes later in a chain has been narrowed by now: one of this envelope demands all that it needs itself.
        outside = [one for place in component for one in targets[place] if number.get(id(one)) not in component]
        _narrow_together([accepted[place] for place in component], [one.handling_class.demands for one in outside])
    for one, narrowing, stated in zip(accepted, targets, before, strict=True):
        one.narrowed_by = frozenset((each.owner_id, each.stix_id) for each in narrowing)
        known = stated.handlings | stated.demands
        one.narrowing_ids = frozenset(each.stix_id for each in narrowing if not each.handling_class.demands <= known)
    return [one for one in accepted if len(one.handling_class.handlings) > MAX_HANDLINGS]


def _narrow_together(component: Sequence[Accepted], demands: Sequence[frozenset[Handling]]) -> None:
    """Narrow the members of a circle by what they refer to: they refer to each other, and need the same. One may stand alone."""
    union = _bounded_union([*(one.handling_class.handlings for one in component), *demands])
    while True:
        for one in component:
            one.handling_class = replace(one.handling_class, handlings=union)
        if len(component) == 1:
            return
        wider = _bounded_union([union, *(one.handling_class.demands for one in component)])
        if wider == union:
            return
        union = wider


@dataclass(frozen=True, slots=True)
class _Statements:
    """What is stated under each id: by the envelope (id -> owner -> its newest there), and by what is stored and seen."""

    here: Mapping[str, Mapping[str, Accepted]]
    seen: Mapping[str, Sequence[_Seen]]

    def of(self, owner_id: str, stix_id: str) -> list[Accepted | _Seen]:
        """Give the newest statement of each owner under an id; of one who states it itself, that one alone.

        Who states an id itself refers to its own statement: else anybody could blank its reports by stating that id too.
        """
        newest: dict[str, Accepted | _Seen] = {one.owner_id: one for one in self.seen.get(stix_id, ())}
        for owner, one in self.here.get(stix_id, {}).items():
            if owner not in newest or one.version_key >= newest[owner].version_key:
                newest[owner] = one
        return [newest[owner_id]] if owner_id in newest else list(newest.values())


def _references(accepted: Iterable[Accepted], owner_id: str) -> frozenset[str]:
    return frozenset().union(*(one.references for one in accepted if one.owner_id == owner_id))


def _newest_here(accepted: Iterable[Accepted]) -> dict[str, dict[str, Accepted]]:
    newest: dict[str, dict[str, Accepted]] = defaultdict(dict)
    for one in accepted:
        before = newest[one.stix_id].get(one.owner_id)
        if before is None or one.version_key > before.version_key:
            newest[one.stix_id][one.owner_id] = one
    return newest


def _bounded_union(sets: Iterable[frozenset[Handling]]) -> frozenset[Handling]:
    """Give the union; once it is too large it may stay incomplete, since its object is refused."""
    union: set[Handling] = set()
    for handlings in sets:
        if len(union) <= MAX_HANDLINGS:
            union |= handlings
    return frozenset(union)


def _seen_by(
    connection: Connection, viewers: Sequence[Viewer], stix_ids: frozenset[str], now: datetime
) -> dict[str, list[_Seen]]:
    """Give what any of the viewers sees under these ids: the newest version of each owner that is out and that it may see.

    The statements are the same whatever is stored and hidden there, and policy is asked about each class once.
    """
    if not stix_ids:
        return {}
    standing = objects.standing_versions(connection, stix_ids, {viewer.partner_id for viewer in viewers}, now)
    classes = narrowings.classes_of(connection, standing, evenly=True)
    visible = {one for one in set(classes.values()) if any(sees_somehow(viewer, one, now) for viewer in viewers)}
    newest: dict[tuple[str, str], _Seen] = {}
    for one in standing:  # newest first
        if classes[one.version_id] in visible:
            newest.setdefault(
                (one.owner_id, one.stix_id), _Seen(one.owner_id, one.stix_id, one.version_key, classes[one.version_id])
            )
    seen: dict[str, list[_Seen]] = defaultdict(list)
    for found in newest.values():
        seen[found.stix_id].append(found)
    return seen


def narrow_by_newest(
    accepted: Sequence[Accepted], stored: Sequence[StoredVersion], classes: Mapping[int, HandlingClass]
) -> list[Move]:
    """Let the newest version of each id govern the older ones: among the accepted, and of what the owner stored before.

    ``classes`` holds the class of each stored version, by its row id. Gives the stored versions that move into a narrower class.
    """
    reposted = {one.stored.version_id for one in accepted if one.stored is not None}
    before: dict[tuple[str, str], list[StoredVersion]] = defaultdict(list)
    for version in stored:
        if version.version_id not in reposted:
            before[version.owner_id, version.stix_id].append(version)
    groups: dict[tuple[str, str], list[Accepted]] = defaultdict(list)
    for one in accepted:
        groups[one.owner_id, one.stix_id].append(one)
    return [move for stated, group in groups.items() for move in _govern(group, before[stated], classes)]


def _govern(group: Sequence[Accepted], stored: Sequence[StoredVersion], classes: Mapping[int, HandlingClass]) -> list[Move]:
    newest = max(group, key=lambda one: one.version_key)
    newest_stored = max(stored, key=lambda one: one.version_key, default=None)
    if newest_stored is not None and newest_stored.version_key > newest.version_key:
        governing, until = classes[newest_stored.version_id], newest_stored.visible_until
    else:
        governing, until = newest.handling_class, newest.visible_until
    for one in group:
        one.handling_class = narrowed(one.handling_class, governing)
        one.visible_until = min(one.visible_until, until)
    moves = []
    for version in stored:
        to_class = narrowed(classes[version.version_id], governing)
        visible_until = min(version.visible_until, until)
        if to_class != classes[version.version_id] or visible_until != version.visible_until:
            moves.append(Move(version, to_class, visible_until))
    return moves


def narrowed(one: HandlingClass, further: HandlingClass) -> HandlingClass:
    """Give the class of what is stored already, narrowed by another's handlings; where that was posted plays no part.

    Where too many handlings would come together, its owner alone sees it.
    """
    both = one.narrowed_by([further])
    if len(both.handlings) <= MAX_HANDLINGS:
        return both
    own = next(each for each in one.handlings if each.publisher.partner_id == one.owner_id)
    return replace(one, handlings=frozenset({replace(own, audiences=frozenset(), tlp=Tlp.RED)})).normal
