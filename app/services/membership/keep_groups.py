"""Sharing groups: making one, changing who is in it with which rights, and deleting it.

Whoever made a group manages it, a partner its own and the operators those of the exchange; members see who is in it, and for
anybody else it does not exist. Who may change what is ``app/policy/sharing_groups.py``'s. Who comes to read or no longer reads
sees so in every request that starts after the commit. An id that no partner has is taken like any other, so that naming one
tells nothing. Kept by ``tests/services/membership/test_keep_groups.py``.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError
from app.domain.events import Event, EventRecord
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.plain_text import is_plain
from app.domain.sharing import GroupMember, SharingGroup, folded, is_reserved
from app.policy.group_keys import why_followed
from app.policy.sharing_groups import GroupChange, why_group_stays
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.membership.change_policy import EVALUATE
from app.services.membership.look_at_groups import GroupRecord, caller_id, group_record
from app.services.membership.renew_group_keys import renew_for_members
from app.storage import events, group_keys, members, sharing, submissions, viewpoints, work
from app.storage.session import Connection
from app.storage.submissions import KeyUse

MOST_MEMBERS = 500
MOST_GROUPS = 50
MOST_GROUPS_OF_OPERATORS = 500
LONGEST_TITLE = 100
LONGEST_DESCRIPTION = 2_000
_PARTNER_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class NewMember:
    """A member to be, with its rights: at least one. The id has the form of a partner's, and may be nobody's."""

    partner_id: str
    can_read: bool
    can_write: bool


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group to be. Whoever makes it manages it, and is a member only if it is among them."""

    title: str
    description: str
    shares_history: bool
    members: tuple[NewMember, ...] = ()


def create_group(exchange: Exchange, principal: Principal, new: NewGroup, use: KeyUse | None = None) -> GroupRecord:
    """Make a group.

    Raises:
        ConflictError: the title is taken, perhaps by a group that was deleted or that the caller cannot see; or the caller has
            ``MOST_GROUPS`` already (operators ``MOST_GROUPS_OF_OPERATORS``).
        MalformedInputError: title or description are not as people can read them, a member is listed twice or without a right,
            or there are too many.
    """
    require(principal, Permission.GROUPS_WRITE)
    _check_members(new.members)
    title = _checked_title(new.title)
    description = _checked_description(new.description)
    manager_id = caller_id(principal)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return group_record(connection, principal, earlier)
        if is_reserved(title) or folded(title) in map(folded, sharing.titles(connection)):
            raise ConflictError("This title is taken; titles are unique, those of deleted groups included.")
        most = MOST_GROUPS_OF_OPERATORS if manager_id is None else MOST_GROUPS
        if len(_managed_groups(connection, manager_id)) >= most:
            raise ConflictError(f"There are {most} groups already; delete one first.")
        group = SharingGroup(
            group_id=str(uuid.uuid4()),
            feed=sharing.next_feed(connection),
            title=title,
            description=description,
            manager_id=manager_id,
            shares_history=new.shares_history,
            generation=0,
            created_at=now,
        )
        sharing.add_group(connection, group)
        for one in new.members:
            _join(connection, group, one, now)
        events.add_events(connection, [_event(Event.GROUP_CREATE, principal, group, now)])
        if use is not None:
            submissions.add_key_use(connection, use, group.group_id, now)
        return group_record(connection, principal, group.group_id)


def describe_group(exchange: Exchange, principal: Principal, group_id: str, description: str) -> GroupRecord:
    """Change what a group says of itself. Its title stays for ever, and so does whether it shares its history.

    Raises:
        ForbiddenError: the caller is a member and does not manage it.
        MalformedInputError: it is too long, or has characters that nobody sees.
        NotFoundError: no such group, or none that the caller may see.
    """
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        group = _changeable(connection, principal, group_id, GroupChange.OTHER)
        description = _checked_description(description)
        if description != group.description:
            sharing.set_description(connection, group_id, description)
            events.add_events(connection, [_event(Event.GROUP_CHANGE, principal, group, now)])
        return group_record(connection, principal, group_id)


def put_member(exchange: Exchange, principal: Principal, group_id: str, new: NewMember) -> GroupRecord:
    """Make a partner a member, or give a member other rights; saying the same twice changes nothing more.

    Operators may take a right away in any group.

    Raises:
        ConflictError: there are ``MOST_MEMBERS`` already.
        ForbiddenError: the caller does not manage it.
        MalformedInputError: it would have no right.
        NotFoundError: no such group, or none that the caller may see.
    """
    _check_members([new])
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        group = _seen(connection, principal, group_id)
        known = {one.partner_id: one for one in sharing.members(connection, group_id)}
        before = known.get(new.partner_id)
        _check_change(principal, group, GroupChange.NARROW if _is_within(new, before) else GroupChange.OTHER)
        if before is None and len(known) >= MOST_MEMBERS:
            raise ConflictError(f"A group has {MOST_MEMBERS} members at most.")
        if before is None or (before.can_read, before.can_write) != (new.can_read, new.can_write):
            group = _with_new_generation(connection, group, before, new)
            _join(connection, group, new, now, before)
            cause = why_followed(before, can_read=new.can_read, shares_history=group.shares_history)
            renew_for_members(exchange, connection, group, cause, now)
            record = replace(_event(Event.GROUP_CHANGE, principal, group, now), code="member-put")
            events.add_events(connection, [record])
        return group_record(connection, principal, group_id)


def remove_member(exchange: Exchange, principal: Principal, group_id: str, partner_id: str) -> GroupRecord:
    """Take a partner out of a group: from now on it sees nothing through it. Removing who is none changes nothing.

    A member may take itself out, and operators anybody. Who has left is told no members.

    Raises:
        ForbiddenError: the caller is another member and does not manage it.
        NotFoundError: no such group, or none that the caller may see.
    """
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        caller = caller_id(principal)
        group = _changeable(connection, principal, group_id, GroupChange.LEAVE if caller == partner_id else GroupChange.NARROW)
        before = next((one for one in sharing.members(connection, group_id) if one.partner_id == partner_id), None)
        if before is not None:
            sharing.remove_member(connection, group_id, partner_id, now)
            _evaluate_anew(connection, [before], now)
            cause = why_followed(before, can_read=False, shares_history=group.shares_history)
            renew_for_members(exchange, connection, group, cause, now)
            record = replace(_event(Event.GROUP_CHANGE, principal, group, now), code="member-removed")
            events.add_events(connection, [record])
        if caller == partner_id != group.manager_id:
            return GroupRecord(group, can_read=False, can_write=False, is_managed=False, members=None)
        return group_record(connection, principal, group_id)


def delete_group(exchange: Exchange, principal: Principal, group_id: str) -> None:
    """Delete a group: what was posted to it alone is seen by nobody but its owner, and its title stays taken.

    Operators may delete any group.

    Raises:
        ForbiddenError: the caller is a member and does not manage it.
        NotFoundError: no such group (any more), or none that the caller may see.
    """
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        group = _changeable(connection, principal, group_id, GroupChange.NARROW)
        had = sharing.members(connection, group_id)
        sharing.delete_group(connection, group_id, now)
        group_keys.drop_keys_of(connection, group_id)
        _evaluate_anew(connection, had, now)
        events.add_events(connection, [_event(Event.GROUP_DELETE, principal, group, now)])


# --- who may -------------------------------------------------------------------------------------------------------------------


def _managed_groups(connection: Connection, manager_id: str | None) -> list[SharingGroup]:
    if manager_id is not None:
        return sharing.managed_groups(connection, manager_id)
    return [one for one in sharing.groups(connection) if one.manager_id is None]


def _seen(connection: Connection, principal: Principal, group_id: str) -> SharingGroup:
    require(principal, Permission.GROUPS_WRITE)
    return group_record(connection, principal, group_id).group


def _check_change(principal: Principal, group: SharingGroup, change: GroupChange) -> None:
    forbidden = why_group_stays(caller_id(principal), group.manager_id, change)
    if forbidden is not None:
        raise ForbiddenError(forbidden.sentence, code=forbidden.code)


def _changeable(connection: Connection, principal: Principal, group_id: str, change: GroupChange) -> SharingGroup:
    group = _seen(connection, principal, group_id)
    _check_change(principal, group, change)
    return group


# --- what changes --------------------------------------------------------------------------------------------------------------


def _checked_title(title: str) -> str:
    """Give a title as it is kept, in NFC. Members read it in their tools, and must not take it for another."""
    title = unicodedata.normalize("NFC", title)
    if not (title and len(title) <= LONGEST_TITLE and title == title.strip() and is_plain(title)):
        sentence = f"A title has 1 to {LONGEST_TITLE} characters, all of which can be seen, and no blanks around them."
        raise MalformedInputError(sentence, pointer="/title")
    if "." in title:
        raise MalformedInputError("A title has no dots: clients put them between the parts of names.", pointer="/title")
    return title


def _checked_description(description: str) -> str:
    description = unicodedata.normalize("NFC", description).strip()
    if len(description) > LONGEST_DESCRIPTION or not is_plain(description):
        sentence = f"A description is one line of {LONGEST_DESCRIPTION:,} characters at most, all of which can be seen."
        raise MalformedInputError(sentence, pointer="/description")
    return description


def _check_members(new: Sequence[NewMember]) -> None:
    if len({one.partner_id for one in new}) < len(new) or len(new) > MOST_MEMBERS:
        raise MalformedInputError(f"A group lists each member once, and {MOST_MEMBERS} at most.", pointer="/members")
    if not all(_PARTNER_ID.fullmatch(one.partner_id) for one in new):
        raise MalformedInputError("A member is named by a partner's id, a UUID in lower case.")
    if not all(one.can_read or one.can_write for one in new):
        raise MalformedInputError("A member reads, writes or does both; whoever does neither is none.")


def _is_within(new: NewMember, before: GroupMember | None) -> bool:
    """Whether it has these rights already."""
    return before is not None and new.can_read <= before.can_read and new.can_write <= before.can_write


def _with_new_generation(connection: Connection, group: SharingGroup, before: GroupMember | None, new: NewMember) -> SharingGroup:
    """Begin a new generation if somebody comes to read what is posted from now on, and not what was before."""
    if group.shares_history or not new.can_read or (before is not None and before.can_read):
        return group
    sharing.set_generation(connection, group.group_id, group.generation + 1)
    return replace(group, generation=group.generation + 1)


def _join(connection: Connection, group: SharingGroup, new: NewMember, now: datetime, before: GroupMember | None = None) -> None:
    stays = before is not None and before.can_read == new.can_read
    member = GroupMember(
        group_id=group.group_id,
        partner_id=new.partner_id,
        can_read=new.can_read,
        can_write=new.can_write,
        from_generation=before.from_generation
        if before is not None and stays
        else 0
        if group.shares_history
        else group.generation,
        joined_at=now if before is None else before.joined_at,
    )
    sharing.put_member(connection, member, now)
    if not stays:
        _evaluate_anew(connection, [member], now)


def _evaluate_anew(connection: Connection, changed: Sequence[GroupMember], now: datetime) -> None:
    """Have the visible sets of partners follow, before their next look; an id that no partner has looks at nothing."""
    for one in changed:
        if members.partner_by_id(connection, one.partner_id) is not None:
            viewpoints.start_epoch(connection, one.partner_id, "sharing-group", now)
            work.add_work(connection, EVALUATE, {"partner_id": one.partner_id}, now)


def _event(event: Event, principal: Principal, group: SharingGroup, now: datetime) -> EventRecord:
    credential = principal.credential
    return EventRecord(event, now, credential.partner_id, credential.credential_id, subject=group.group_id)
