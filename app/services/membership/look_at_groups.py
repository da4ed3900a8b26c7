"""Sharing groups as those see them who are in them, manage them, or run the exchange; for anybody else they do not exist.

Owns what one sees of a group; changing it is ``keep_groups``'. Kept by ``tests/services/membership/test_look_at_groups.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.sharing import GroupMember, SharingGroup
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.list_pages import ListAsked, Listing, ListPage, page_of, stretch_asked
from app.storage import sharing
from app.storage.session import Connection
from app.storage.stretches import Found

MOST_COUNTED = 10_000
"""So far what is posted to a group is counted."""


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """A group as the caller sees it: its own rights there, and who else is in it; ``members`` None: the caller has just left.

    Who posts there must know with whom it shares, and so every member sees them all.
    """

    group: SharingGroup
    can_read: bool
    can_write: bool
    is_managed: bool
    members: Sequence[GroupMember] | None


def list_groups(exchange: Exchange, principal: Principal) -> list[GroupRecord]:
    """List the groups that the caller is in or manages, by title; operators see all."""
    require(principal, Permission.GROUPS_READ)
    with exchange.database.read() as connection:
        return _visible(connection, principal)


def page_of_groups(exchange: Exchange, principal: Principal, asked: ListAsked) -> ListPage[GroupRecord]:
    """Give a page of the same. Raises ``MalformedInputError`` (``cursor-invalid``)."""
    require(principal, Permission.GROUPS_READ)
    caller = caller_id(principal)
    listing: Listing[GroupRecord] = Listing(("groups", caller), lambda one: sharing.place_of(one.group), str)
    with exchange.database.read() as connection:
        found = sharing.groups_listed(connection, caller, stretch_asked(exchange, listing, asked))
        records = _records(connection, caller, found.rows, _own_rows(connection, caller))
    return page_of(exchange, listing, asked, Found(records, found.before, found.count))


def get_group(exchange: Exchange, principal: Principal, group_id: str) -> GroupRecord:
    """Give one group that the caller is in or manages; operators see all.

    Raises:
        NotFoundError: no such group, or none that the caller may see; the id may be anything.
    """
    require(principal, Permission.GROUPS_READ)
    with exchange.database.read() as connection:
        return group_record(connection, principal, group_id)


def count_posted(exchange: Exchange, principal: Principal, group_id: str) -> int:
    """Count the objects that are posted to a group now, up to ``MOST_COUNTED``: what its readers see through it.

    Raises as ``get_group``, and ``ForbiddenError`` for whoever may not change groups: a member is told what it sees alone.
    """
    require(principal, Permission.GROUPS_WRITE)
    with exchange.database.read() as connection:
        record = group_record(connection, principal, group_id)
        if principal.partner is not None and not record.is_managed:
            raise ForbiddenError("Only who manages a group is told how much is posted there.")
        return sharing.posted_now(connection, record.group.feed, exchange.clock(), MOST_COUNTED)


def group_record(connection: Connection, principal: Principal, group_id: str) -> GroupRecord:
    """Give one group as ``get_group`` does, in the caller's own transaction."""
    found = next((one for one in _visible(connection, principal) if one.group.group_id == group_id), None)
    if found is None:
        raise NotFoundError
    return found


def caller_id(principal: Principal) -> str | None:
    """Give the partner that asks, None for staff."""
    return None if principal.partner is None else principal.partner.partner_id


def _visible(connection: Connection, principal: Principal) -> list[GroupRecord]:
    caller = caller_id(principal)
    if caller is None:
        return _records(connection, caller, sorted(sharing.groups(connection), key=lambda one: one.title), {})
    memberships = sharing.memberships(connection, caller)
    groups = {one.group.group_id: one.group for one in memberships}
    groups |= {one.group_id: one for one in sharing.managed_groups(connection, caller)}
    own = {one.group.group_id: one.member for one in memberships}
    return _records(connection, caller, sorted(groups.values(), key=lambda one: one.title), own)


def _own_rows(connection: Connection, caller: str | None) -> Mapping[str, GroupMember]:
    return {} if caller is None else {one.group.group_id: one.member for one in sharing.memberships(connection, caller)}


def _records(
    connection: Connection, caller: str | None, groups: Sequence[SharingGroup], own: Mapping[str, GroupMember]
) -> list[GroupRecord]:
    listed = sharing.members_of(connection, {one.group_id for one in groups})
    return [
        GroupRecord(
            group=one,
            can_read=one.group_id in own and own[one.group_id].can_read,
            can_write=one.group_id in own and own[one.group_id].can_write,
            is_managed=one.manager_id == caller,
            members=listed.get(one.group_id, []),
        )
        for one in groups
    ]
