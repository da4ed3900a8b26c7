"""Sharing groups of a hub, made through the services as an operator or a partner would."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from app.services.membership.keep_groups import NewGroup, NewMember, create_group, put_member, remove_member
from tests.factories.members import Hub, Member

_serial = itertools.count(1)


def make_group(
    hub: Hub,
    *both: Member,
    readers: Iterable[Member] = (),
    writers: Iterable[Member] = (),
    by: Member | None = None,
    title: str | None = None,
    shares_history: bool = True,
) -> str:
    """Make a group of members that read and write, only read, or only write; ``by`` None: an operator's. Gives its id."""
    members = [NewMember(one.id, can_read=True, can_write=True) for one in both]
    members += [NewMember(one.id, can_read=True, can_write=False) for one in readers]
    members += [NewMember(one.id, can_read=False, can_write=True) for one in writers]
    new = NewGroup(title or f"Group {next(_serial)}", "For tests", shares_history, tuple(members))
    return create_group(hub.exchange, hub.operator if by is None else by.principal, new).group.group_id


def let_in(hub: Hub, group_id: str, member: Member, *, can_read: bool = True, can_write: bool = True) -> None:
    """Make a partner a member of an operator's group, or give it other rights."""
    put_member(hub.exchange, hub.operator, group_id, NewMember(member.id, can_read, can_write))


def put_out(hub: Hub, group_id: str, member: Member) -> None:
    """Take a partner out of an operator's group."""
    remove_member(hub.exchange, hub.operator, group_id, member.id)
