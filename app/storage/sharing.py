"""Sharing groups, their members, and which versions were posted to them at which places.

Owns the rows; who may change them is the services', who sees what was posted is policy's. Deleted groups keep their row, so that
their title and feed stay taken, and have no members any more. Kept by ``tests/storage/test_sharing.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, exists, func, insert, or_, select, update

from app.domain.handling import GroupShare
from app.domain.sharing import GroupMember, SharingGroup
from app.storage import history
from app.storage.batches import batches
from app.storage.prepared import Prepared
from app.storage.stretches import Found, Place, SortedBy, Stretch, find_stretch
from app.storage.tables import feed_entry, group_member, group_posting, object_version, sharing_group

_GROUP = [sharing_group.c[one.name] for one in fields(SharingGroup)]
_MEMBER = [group_member.c[one.name] for one in fields(GroupMember)]


# --- groups ---------------------------------------------------------------------------------------------------------------------


def next_feed(connection: Connection) -> int:
    """Give a feed number that no group ever had. The order lock must be held."""
    newest: int = connection.execute(select(func.coalesce(func.max(sharing_group.c.feed), 0))).scalar_one()
    return newest + 1


def titles(connection: Connection) -> list[str]:
    """Give the titles of all groups, deleted ones included."""
    return list(connection.execute(select(sharing_group.c.title)).scalars())


def add_group(connection: Connection, value: SharingGroup) -> None:
    """Keep a new group."""
    connection.execute(insert(sharing_group).values(asdict(value)))


def group_by_id(connection: Connection, group_id: str) -> SharingGroup | None:
    """Give one group that is not deleted."""
    return next(iter(_groups(connection, select(*_GROUP).where(sharing_group.c.group_id == group_id))), None)


def groups(connection: Connection) -> list[SharingGroup]:
    """List all groups that are not deleted, by title; for operators."""
    return _groups(connection, select(*_GROUP))


def groups_listed(connection: Connection, partner_id: str | None, stretch: Stretch) -> Found[SharingGroup]:
    """Give some of the groups that a partner is in or manages, by title; None: of all, for operators."""
    c = sharing_group.c
    statement = select(*_GROUP).where(c.deleted_at.is_(None))
    if partner_id is not None:
        is_in = exists().where(group_member.c.group_id == c.group_id, group_member.c.partner_id == partner_id)
        statement = statement.where(or_(c.manager_id == partner_id, is_in))
    title = c.title.collate("C") if connection.dialect.name == "postgresql" else c.title  # as SQLite and Python sort
    return find_stretch(connection, statement, SortedBy(title, c.group_id), stretch, lambda row: SharingGroup(*row))


def place_of(group: SharingGroup) -> Place:
    """Give where a group stands in this list."""
    return Place(group.title, group.group_id)


def managed_groups(connection: Connection, partner_id: str) -> list[SharingGroup]:
    """List the groups that a partner manages, by title."""
    return _groups(connection, select(*_GROUP).where(sharing_group.c.manager_id == partner_id))


def _groups(connection: Connection, statement: Select[Any]) -> list[SharingGroup]:
    there = statement.where(sharing_group.c.deleted_at.is_(None)).order_by(sharing_group.c.title)
    return [SharingGroup(*row) for row in connection.execute(there)]


def set_description(connection: Connection, group_id: str, description: str) -> None:
    """Change what a group says of itself."""
    connection.execute(update(sharing_group).where(sharing_group.c.group_id == group_id).values(description=description))


def set_generation(connection: Connection, group_id: str, generation: int) -> None:
    """Begin a new generation of a group's members."""
    connection.execute(update(sharing_group).where(sharing_group.c.group_id == group_id).values(generation=generation))


def delete_group(connection: Connection, group_id: str, now: datetime) -> None:
    """Delete a group: it has no members any more, and never will. Before epochs begin for them."""
    for one in members(connection, group_id):
        history.keep_member(connection, group_id, one.partner_id, now)
    connection.execute(delete(group_member).where(group_member.c.group_id == group_id))
    connection.execute(update(sharing_group).where(sharing_group.c.group_id == group_id).values(deleted_at=now))


# --- members --------------------------------------------------------------------------------------------------------------------


def members(connection: Connection, group_id: str) -> list[GroupMember]:
    """List the members of one group by their ids."""
    statement = select(*_MEMBER).where(group_member.c.group_id == group_id).order_by(group_member.c.partner_id)
    return [GroupMember(*row) for row in connection.execute(statement)]


def members_of(connection: Connection, group_ids: Collection[str]) -> dict[str, list[GroupMember]]:
    """Give the members of each of these groups."""
    found: dict[str, list[GroupMember]] = defaultdict(list)
    for some in batches(sorted(group_ids)):
        statement = select(*_MEMBER).where(group_member.c.group_id.in_(some)).order_by(group_member.c.partner_id)
        for row in connection.execute(statement):
            one = GroupMember(*row)
            found[one.group_id].append(one)
    return dict(found)


@dataclass(frozen=True, slots=True)
class Membership:
    """A partner in a group: the group, and the partner's own row of it."""

    group: SharingGroup
    member: GroupMember


def memberships(connection: Connection, partner_id: str) -> list[Membership]:
    """List the groups that a partner is in, by title, with its own rights there."""
    statement = (
        select(*_GROUP, *_MEMBER)
        .join_from(group_member, sharing_group, group_member.c.group_id == sharing_group.c.group_id)
        .where(group_member.c.partner_id == partner_id, sharing_group.c.deleted_at.is_(None))
        .order_by(sharing_group.c.title)
    )
    return [_membership(row) for row in connection.execute(statement)]


def membership(connection: Connection, partner_id: str, group_id: str) -> Membership | None:
    """Give one partner's membership of one group that is not deleted."""
    return next((one for one in memberships(connection, partner_id) if one.group.group_id == group_id), None)


def _membership(row: Any) -> Membership:
    return Membership(SharingGroup(*row[: len(_GROUP)]), GroupMember(*row[len(_GROUP) :]))


_READING_FROM = Prepared(
    select(group_member.c.group_id, group_member.c.from_generation)
    .join_from(group_member, sharing_group, group_member.c.group_id == sharing_group.c.group_id)
    .where(group_member.c.partner_id == bindparam("partner_id"), group_member.c.can_read, sharing_group.c.deleted_at.is_(None))
)


def reading_from(connection: Connection, partner_id: str) -> dict[str, int]:
    """Give the groups that a partner reads, each with the generation from which on."""
    return dict(_READING_FROM.rows(connection, partner_id=partner_id))


def reading_of(connection: Connection, partner_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """Give the same of each of these partners; of one that reads none, nothing."""
    gm, found = group_member.c, defaultdict[str, dict[str, int]](dict)
    statement = (
        select(gm.partner_id, gm.group_id, gm.from_generation)
        .join_from(group_member, sharing_group, gm.group_id == sharing_group.c.group_id)
        .where(gm.partner_id.in_(sorted(partner_ids)), gm.can_read, sharing_group.c.deleted_at.is_(None))
    )
    for partner_id, group_id, from_generation in connection.execute(statement):
        found[partner_id][group_id] = from_generation
    return found


def put_member(connection: Connection, value: GroupMember, now: datetime) -> None:
    """Make a partner a member, or give a member other rights; what it could do before is kept. Before an epoch begins for it."""
    remove_member(connection, value.group_id, value.partner_id, now)
    connection.execute(insert(group_member).values(asdict(value)))


def remove_member(connection: Connection, group_id: str, partner_id: str, now: datetime) -> None:
    """Take a partner out of a group; what it could do there is kept. Before an epoch begins for it."""
    history.keep_member(connection, group_id, partner_id, now)
    this = (group_member.c.group_id == group_id) & (group_member.c.partner_id == partner_id)
    connection.execute(delete(group_member).where(this))


# --- postings -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Posting:
    """A version in a group's collection; place and date are None while it is under embargo."""

    feed: int
    version_id: int
    generation: int
    position: int | None
    added_at: datetime | None


def add_postings(connection: Connection, postings: Collection[Posting]) -> None:
    """Post versions to groups. The order lock must be held."""
    if postings:
        connection.execute(insert(group_posting), [asdict(one) for one in postings])


def postings_of(connection: Connection, version_ids: Collection[int]) -> dict[int, dict[int, GroupShare]]:
    """Give for each of these versions the feeds it was posted to, each with its share; groups deleted since included."""
    gp, sg = group_posting.c, sharing_group.c
    statement = select(gp.version_id, gp.feed, sg.group_id, gp.generation)
    statement = statement.join_from(group_posting, sharing_group, gp.feed == sg.feed)
    found: dict[int, dict[int, GroupShare]] = defaultdict(dict)
    for some in batches(sorted(version_ids)):
        for version_id, feed, group_id, generation in connection.execute(statement.where(gp.version_id.in_(some))):
            found[version_id][feed] = GroupShare(group_id, generation)
    return dict(found)


def posted_now(connection: Connection, feed: int, now: datetime, most: int) -> int:
    """Count the objects' newest versions in a group's collection that are neither withdrawn nor ended, ``most`` at most."""
    ov, gp = object_version.c, group_posting.c
    there = select(gp.version_id).join(object_version, ov.version_id == gp.version_id)
    there = there.where(gp.feed == feed, ov.visible_until > now, ov.withdrawn_at.is_(None), ~ov.is_superseded).limit(most)
    number: int = connection.execute(select(func.count()).select_from(there.subquery())).scalar_one()
    return number


def drop_postings(connection: Connection, feed: int, version_ids: Collection[int]) -> None:
    """Take versions out of a group's collection, with the places that viewpoints have for them there."""
    for some in batches(sorted(version_ids)):
        for table in (group_posting, feed_entry):
            connection.execute(delete(table).where(table.c.feed == feed, table.c.version_id.in_(some)))
