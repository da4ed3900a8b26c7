"""Where a submission is posted: to the exchange or into one sharing group; and the end of a posting.

Owns what a posting does to the class of a version: a new one reaches the collection it came by, a stored one that collection as
well, and one whose posting ends what is left of them. Handlings never widen here: what was said of a stored version stays said.
The order lock is held throughout; see decision 20. Kept by ``tests/services/intake/test_post.py`` and
``tests/promises/test_sharing_equals_recomputation.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.errors import Code, ForbiddenError, NotFoundError, RefusedError
from app.domain.handling import GroupShare, Handling, HandlingClass
from app.domain.partner import Partner
from app.domain.vocabulary import Role, Sensitivity, Tlp
from app.policy.audiences import is_nobody, may_admit
from app.services.intake.narrow_later import begin_narrowings
from app.services.reading.visible_set import evaluate
from app.storage import displacement, embargoes, feed, handling, members, narrowings, objects, sharing, viewpoints
from app.storage.columns import FOREVER
from app.storage.counter import Order
from app.storage.objects import StoredVersion
from app.storage.session import Connection
from app.storage.sharing import Membership, Posting


@dataclass(frozen=True, slots=True)
class Target:
    """The collection a submission is posted to. ``share`` None: the exchange.

    ``reader_ids`` are all that are listed as readers of the group, and may be nobody's; ``ending_ids`` those of them that write
    there, too: they can end postings.
    """

    feed: int = 0
    share: GroupShare | None = None
    reader_ids: frozenset[str] = frozenset()
    ending_ids: frozenset[str] = frozenset()

    def posted(self, handling_class: HandlingClass) -> HandlingClass:
        """Give the class of a new version that is posted here and nowhere else."""
        if self.share is None:
            return handling_class
        return replace(handling_class, in_exchange=False, shared_with=frozenset({self.share}))

    def also_posted(self, handling_class: HandlingClass, shares: Collection[GroupShare]) -> HandlingClass:
        """Give the class of a stored version that is posted here, too; ``shares`` are its postings to groups until now."""
        own = frozenset() if self.share is None else frozenset({self.share})
        in_exchange = handling_class.in_exchange or self.share is None
        return replace(handling_class, in_exchange=in_exchange, shared_with=frozenset(shares) | own)

    def refuse_passed_on(self, owner_id: str) -> None:
        """Refuse an object that somebody else passes on, unless its publisher reads and writes in the group itself.

        A posting names the group's readers, and whoever names readers must be able to end that: it is the publisher's to do.

        Raises:
            RefusedError: ``group-excluded``; whatever is stored of the object, and in the same words whoever is in the group.
        """
        if self.share is not None and owner_id not in self.ending_ids:
            sentence = "An object that is passed on goes into a group only where its publisher could post it itself."
            raise RefusedError(sentence, code=Code.GROUP_EXCLUDED)

    def refuse_excluded(self, handling_class: HandlingClass, submitter_id: str) -> None:
        """Refuse what its publisher itself says is for nobody else in the group: its own handlings are looked at alone.

        The submitter can tell by what it knows, the list of members and its own audiences. Nobody's role, jurisdiction or
        existence is asked; nor is the audience of somebody else whose object is passed on.

        Raises:
            RefusedError: ``group-excluded``: RED goes to persons and never to a group; or an audience is nobody; or the group
                lists other readers, and the audiences leave room for none of their ids.
        """
        if self.share is None:
            return
        own = handling_class.own
        if any(one.tlp is Tlp.RED for one in own):
            raise RefusedError("TLP:RED is for named persons and never for a group.", code=Code.GROUP_EXCLUDED)
        others = self.reader_ids - {handling_class.owner_id}
        if submitter_id == handling_class.owner_id and not all(_has_room(one, others) for one in own):
            sentence = "The object's audiences leave room for no other reader of the group; change the one or the other."
            raise RefusedError(sentence, code=Code.GROUP_EXCLUDED)


def _has_room(handling: Handling, partner_ids: Collection[str]) -> bool:
    if not handling.audiences or any(map(is_nobody, handling.audiences)):
        return False
    return not partner_ids or any(all(may_admit(one, each) for one in handling.audiences) for each in partner_ids)


NOT_POSTED_TO = "It goes to a sharing group that your organisation cannot post to."
"""What people are told whose organisation may not: the same for a group that was left, is hidden or never was."""


def check_target(connection: Connection, submitter_id: str, group_id: str) -> Membership:
    """Give the submitter's membership of the group that it posts to; ``group_id`` is unverified.

    Raises:
        ForbiddenError: ``group-not-writable``: the submitter is a member that may only read.
        NotFoundError: no such group, or none that the submitter is in.
    """
    own = sharing.membership(connection, submitter_id, group_id)
    if own is None:
        raise NotFoundError
    if not own.member.can_write:
        raise ForbiddenError("Your organisation may read in this group and not write.", code=Code.GROUP_NOT_WRITABLE)
    return own


def find_target(connection: Connection, submitter_id: str, group_id: str | None) -> Target:
    """Give where a submission goes: a group that the submitter may write to, or the exchange. Raises as ``check_target``."""
    if group_id is None:
        return Target()
    group = check_target(connection, submitter_id, group_id).group
    in_group = sharing.members(connection, group_id)
    reader_ids = frozenset(member.partner_id for member in in_group if member.can_read)
    ending_ids = frozenset(member.partner_id for member in in_group if member.can_read and member.can_write)
    return Target(group.feed, GroupShare(group_id, group.generation), reader_ids, ending_ids)


def add_postings(connection: Connection, order: Order, target: Target, is_out: Mapping[int, bool], now: datetime) -> None:
    """Put versions into the group's collection, each at a place of its own; what is not out gets one when its embargo ends."""
    if target.share is None:
        return
    postings = []
    order.end_on_a_millisecond(sum(is_out.values()), now)
    for version_id, released in is_out.items():
        position, added_at = order.next_position(now) if released else (None, None)
        postings.append(Posting(target.feed, version_id, target.share.generation, position, added_at))
    sharing.add_postings(connection, postings)


@dataclass(frozen=True, slots=True)
class Reposting:
    """A stored version that is posted to a further collection: its class, the one it comes to, and how long it is seen."""

    stored: StoredVersion
    before: HandlingClass
    to_class: HandlingClass
    visible_until: datetime

    @property
    def widens(self) -> bool:
        """Whether anybody may gain it."""
        return not self.to_class.is_within(self.before)


def look_from_all_that_see(connection: Connection, order: Order, repostings: Sequence[Reposting], now: datetime) -> None:
    """Bring up to date whoever may see what is about to be widened: only then it is known who has read it, and who has not."""
    partners = members.partners(connection)
    for before in {one.before for one in repostings if one.widens}:
        for partner_id in _may_see(connection, before, partners):
            for viewpoint in viewpoints.partner_viewpoints(connection, partner_id):
                evaluate(connection, viewpoint.key, now, held=order)


def _may_see(connection: Connection, before: HandlingClass, partners: Sequence[Partner]) -> set[str]:
    """Give the partners that may see a class which can be widened: it is in groups alone, or identifying and named by groups."""
    found = {before.owner_id}
    bounds = frozenset().union(*(audience.groups for one in before.own for audience in one.audiences))
    for group in {share.group_id for share in before.shared_with | bounds}:
        found |= {member.partner_id for member in sharing.members(connection, group)}
    if before.in_exchange:
        identifying = [one for one in before.own if one.sensitivity is Sensitivity.IDENTIFYING]
        found |= {one.partner_id for one in partners if one.role is Role.LAW_ENFORCEMENT}
        found = found.union(*(audience.partners_in for one in identifying for audience in one.audiences))
    return found


def repost(
    connection: Connection, order: Order, repostings: Sequence[Reposting], class_ids: Mapping[HandlingClass, int], now: datetime
) -> None:
    """Move stored versions into the classes that their further posting gives them.

    Who gains one finds it at a new place at the end; whoever saw it keeps its place by an entry of its own.
    """
    for one in repostings:
        to_class = class_ids[one.to_class]
        if to_class == one.stored.class_id and one.visible_until >= one.stored.visible_until:
            continue
        anew = one.widens and one.stored.position is not None
        displaced = displacement.displaced_by(connection, [one.stored], to_class, anew=anew)
        objects.reclassify(connection, [one.stored.version_id], to_class, one.visible_until, order.next_moment(now))
        if anew:
            embargoes.renew_place(connection, order, one.stored.version_id, now)
        feed.give_places(connection, order, displaced, now)


def end_posting(
    connection: Connection, order: Order, versions: Sequence[StoredVersion], feed_number: int, now: datetime
) -> list[int]:
    """Take versions of one owner out of a group's collection. Gives those (row ids) that are in no collection any more.

    Who sees one through nothing but this group loses it from this commit on; everybody else keeps it at its place. What is left
    in no collection is its owner's alone; the caller withdraws it. What was admitted in the sight of what is in groups alone, and
    now in fewer of them, follows it from this commit on, as after any narrowing by the owner; nobody is told. That all versions
    are one owner's own is NOT checked.
    """
    posted = sharing.postings_of(connection, [one.version_id for one in versions])
    ending = [one for one in versions if feed_number in posted.get(one.version_id, {})]
    classes = handling.classes_by_id(connection, (one.class_id for one in ending))
    targets: dict[int, HandlingClass] = {}
    for one in ending:
        left = frozenset(share for number, share in posted[one.version_id].items() if number != feed_number)
        targets[one.version_id] = replace(classes[one.class_id], shared_with=left & classes[one.class_id].shared_with)
    class_ids = handling.ensure_classes(connection, order, targets.values())
    groups: dict[int, list[StoredVersion]] = defaultdict(list)
    for one in ending:
        groups[class_ids[targets[one.version_id]]].append(one)
    for class_id, moved in groups.items():
        displaced = displacement.displaced_by(connection, moved, class_id)
        objects.reclassify(connection, [one.version_id for one in moved], class_id, FOREVER, order.next_moment(now))
        feed.give_places(connection, order, displaced, now)
    sharing.drop_postings(connection, feed_number, [one.version_id for one in ending])
    fewer = {one: target for one, target in targets.items() if target.shared_with and not target.in_exchange}
    _narrow_what_depends_on(connection, order, fewer, now)
    nowhere = [one.version_id for one in ending if not targets[one.version_id].in_exchange]
    return [one for one in nowhere if not targets[one].shared_with]


def _narrow_what_depends_on(connection: Connection, order: Order, fewer: Mapping[int, HandlingClass], now: datetime) -> None:
    """Let what depends on versions (row ids) that are in fewer groups now keep to these groups as well."""
    depended_on = narrowings.depended_on(connection, fewer, before=order.version_id + 1)
    demanded = {one: HandlingClass(fewer[one].owner_id, fewer[one].demands) for one in depended_on}
    class_ids = handling.ensure_classes(connection, order, demanded.values())
    roots: dict[int, list[int]] = defaultdict(list)
    for one, demand in sorted(demanded.items(), key=lambda each: each[0]):
        roots[class_ids[demand]].append(one)
    begin_narrowings(connection, order, roots, now, with_history=False)
