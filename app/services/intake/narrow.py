"""How an accepted version is narrowed by what it refers to and by a newer version of itself.

References narrow at admission by what the submitter may see, and a newest version governs the older ones; neither ever widens
anything. What an owner narrows later is ``narrow_later``'s. Kept by ``tests/services/intake/test_narrow.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.handling import Handling, HandlingClass
from app.domain.vocabulary import Tlp
from app.policy.visibility import Viewer, sees_somehow
from app.services.intake.reference_graph import components
from app.services.intake.settle_handling import Candidate
from app.storage import narrowings, objects
from app.storage.objects import StoredVersion
from app.storage.session import Connection

MAX_HANDLINGS = 50
"""Most different handlings that one class may have: each is asked for every reader, and chains of references add them up."""


@dataclass(slots=True)
class Accepted:
    """A candidate that is about to be stored; class and end of visibility are narrowed before it is written.

    ``narrowed_by`` are the statements (owner, id) that it depends on; whatever their owners do to them later, it must follow.
    ``narrowing_ids`` are those of the ids by which it became narrower than it says itself.
    ``version_id`` and ``log_index`` are given last, when nothing can refuse it any more.
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
    targets = [
        [target for ref in one.references for target in statements[one.owner_id].of(one.owner_id, ref)] for one in accepted
    ]
    within = [[number[id(target)] for target in each if isinstance(target, Accepted)] for each in targets]
    needed: list[frozenset[Handling]] = [frozenset()] * len(accepted)
    for component in components(within):
        # All members of a circle refer to each other, and so need the same.
        sets = [accepted[place].handling_class.handlings for place in component]
        sets += [needed[target] for place in component for target in within[place]]
        sets += [one.handling_class.handlings for place in component for one in targets[place] if isinstance(one, _Seen)]
        union = _bounded_union(sets)
        for place in component:
            needed[place] = union
    own = [one.handling_class.handlings for one in accepted]
    for one, narrowing, before, handlings in zip(accepted, targets, own, needed, strict=True):
        one.narrowed_by = frozenset((each.owner_id, each.stix_id) for each in narrowing)
        demanded = {each.stix_id: _demanded(each, needed, number) for each in narrowing}
        one.narrowing_ids = frozenset(stix_id for stix_id, demand in demanded.items() if not demand <= before)
        one.handling_class = replace(one.handling_class, handlings=handlings)
    return [one for one in accepted if len(one.handling_class.handlings) > MAX_HANDLINGS]


def _demanded(target: Accepted | _Seen, needed: Sequence[frozenset[Handling]], number: Mapping[int, int]) -> frozenset[Handling]:
    """Give what a statement demands of who refers to it: one of this envelope all that it needs itself."""
    return needed[number[id(target)]] if isinstance(target, Accepted) else target.handling_class.handlings


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
            if owner not in newest or one.version_key > newest[owner].version_key:
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
    """Give what any of the viewers sees under these ids: the newest version of each owner that is out and that it may see."""
    own = {viewer.partner_id for viewer in viewers}
    newest = [one for head in objects.heads_of(connection, stix_ids) for one in _released(connection, own, head)]
    heads = [one for one in newest if one.visible_until > now]
    classes = narrowings.classes_of(connection, heads)
    visible = {one for one in set(classes.values()) if any(sees_somehow(viewer, one, now) for viewer in viewers)}
    seen: dict[str, list[_Seen]] = defaultdict(list)
    for head in heads:
        if classes[head.version_id] in visible:
            seen[head.stix_id].append(_Seen(head.owner_id, head.stix_id, head.version_key, classes[head.version_id]))
    return seen


def _released(connection: Connection, own: Collection[str], head: StoredVersion) -> Sequence[StoredVersion]:
    """Give the newest version that is under no embargo, which its owner alone sees; empty if there is none yet."""
    if head.position is not None or head.owner_id in own:
        return [head]
    before = objects.own_versions(connection, head.owner_id, [head.stix_id])
    return [one for one in before if one.position is not None and one.withdrawn_at is None][-1:]


def narrow_by_newest(
    accepted: Sequence[Accepted], stored: Sequence[StoredVersion], classes: Mapping[int, HandlingClass]
) -> list[Move]:
    """Let the newest version of each id govern the older ones: among the accepted, and of what the owner stored before.

    ``classes`` holds the class of each stored version, by its row id. Gives the stored versions that move into a narrower class.
    """
    before: dict[tuple[str, str], list[StoredVersion]] = defaultdict(list)
    for version in stored:
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
    """Give the class of what is stored already, narrowed by another's handlings.

    Where too many handlings would come together, its owner alone sees it.
    """
    both = one.narrowed_by([further])
    if len(both.handlings) <= MAX_HANDLINGS:
        return both
    own = next(each for each in one.handlings if each.publisher.partner_id == one.owner_id)
    return replace(one, handlings=frozenset({replace(own, audiences=frozenset(), tlp=Tlp.RED)}))
