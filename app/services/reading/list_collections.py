"""Collections of a caller: which exist for it, and what it may do in each, so that what is listed is what happens.

Owns that rule. A collection in which a caller could do nothing for any purpose does not exist for it. What a collection shows
object by object is decided by the visible set, not here: so the exchange, and a group for its reading members, stay open to
whoever states a purpose, and a recall notice reaches whom it is addressed to whatever its agreement says by then. Kept by
``tests/services/reading/test_list_collections.py`` and ``tests/taxii/test_recall_notices.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.domain.agreement import Agreement, WriteTerms
from app.domain.collection import Collection
from app.domain.errors import Code, ForbiddenError, NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Harm, Purpose
from app.policy.administration import why_forbidden
from app.policy.agreements import agreement_in_force
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.storage import agreements, members, sharing
from app.storage.session import Connection
from app.storage.sharing import Membership

EXCHANGE_ALIAS = "exchange"
CATALOGUE_ALIAS = "catalogue"
_EXCHANGE = "Everything that you may see. What is posted here reaches whom its handling admits."
_CATALOGUE = "Behaviours and countermeasures, as the newest releases state them; read only, for every purpose and without one."
_VIEW = "A view of the exchange by harm type: what it shows was posted elsewhere."
_GROUP = "A sharing group: what is posted here reaches those of its readers whom its handling admits."


@dataclass(frozen=True, slots=True)
class _Rights:
    """What a caller may do over TAXII at all.

    ``purposes`` are those that it may state, ``agreed`` those for which it is to read, with the ``harms`` that it may read of;
    ``purpose`` is what it reads for now.
    """

    purposes: frozenset[Purpose]
    agreed: frozenset[Purpose]
    purpose: Purpose | None
    harms: frozenset[Harm]
    writes: bool


def collections_of(exchange: Exchange, principal: Principal, purpose: Purpose | None) -> list[Collection]:
    """List the collections that exist for a caller; ``purpose`` is what the request states, if anything.

    Raises:
        ForbiddenError: no partner, or another purpose than the one fixed on the credential.
    """
    stated = _purpose_of(principal, purpose)
    with exchange.database.read() as connection:
        return list(_collections(connection, principal, stated, exchange.clock()))


def find_collection(exchange: Exchange, principal: Principal, purpose: Purpose | None, name: str) -> Collection:
    """Give the collection that has this id or alias; ``name`` may be anything.

    Raises:
        NotFoundError: there is none, or none that exists for the caller, which nobody can tell apart.
        ForbiddenError: as in ``collections_of``.
    """
    stated = _purpose_of(principal, purpose)
    with exchange.database.read() as connection:
        for collection in _collections(connection, principal, stated, exchange.clock()):
            if name in {collection.collection_id, collection.alias}:
                return collection
    raise NotFoundError


def _collections(connection: Connection, principal: Principal, purpose: Purpose | None, now: datetime) -> Iterator[Collection]:
    """Give the collections of a caller, those of groups last: what is asked for most is found without a look at them."""
    partner = principal.partner
    if partner is None:
        raise ForbiddenError("Only partners have collections.")
    agreement = agreement_in_force(agreements.agreements(connection, partner.partner_id), now)
    rights = _rights(principal, agreement, purpose)
    yield from _of_the_exchange(rights, uuid.UUID(members.this_exchange(connection).exchange_id))
    for one in sharing.memberships(connection, partner.partner_id):
        yield from _of_a_group(rights, one)


def require_reading(principal: Principal, purpose: Purpose | None, collection: Collection) -> None:
    """Let a caller pass that may read a collection for what it states.

    Raises:
        ForbiddenError: it may not; code and sentence say what is missing.
    """
    if collection.can_read:
        return
    require(principal, Permission.OBJECTS_READ)
    if not collection.reads_for:
        raise ForbiddenError("You may not read this collection.")
    if _purpose_of(principal, purpose) is None:
        sentence = "Reading needs a purpose: send it in the header Breakwater-Purpose, or have it fixed on the credential."
        raise ForbiddenError(sentence, code=Code.PURPOSE_MISSING)
    sentence = "Your agreement does not let you read this collection over TAXII for the purpose of this request."
    raise ForbiddenError(sentence, code=Code.PURPOSE_NOT_PERMITTED)


def require_writing(principal: Principal, collection: Collection) -> None:
    """Let a caller pass that may post to a collection, and take back what it posted.

    Raises:
        ForbiddenError: it may not; code and sentence say what is missing.
    """
    if collection.can_write:
        return
    require(principal, Permission.OBJECTS_SUBMIT)
    if collection.is_catalogue:
        raise ForbiddenError("The catalogue is changed by proposals: POST /api/v1/catalogue/proposals.")
    if collection.is_view:
        raise ForbiddenError(f"This collection is a view: post to the collection {EXCHANGE_ALIAS}.")
    if collection.group_id is not None:
        raise ForbiddenError("You may not write to this group.", code=Code.GROUP_NOT_WRITABLE)
    raise ForbiddenError("You may not write to this collection.")


def _purpose_of(principal: Principal, stated: Purpose | None) -> Purpose | None:
    fixed = principal.credential.purpose
    if fixed is not None and stated not in {None, fixed}:
        sentence = "This credential reads for one fixed purpose, and the request states another."
        raise ForbiddenError(sentence, code=Code.PURPOSE_NOT_PERMITTED)
    return fixed or stated


def _rights(principal: Principal, agreement: Agreement | None, purpose: Purpose | None) -> _Rights:
    fixed = principal.credential.purpose
    may_read = why_forbidden(principal, Permission.OBJECTS_READ) is None
    purposes = frozenset(Purpose if fixed is None else {fixed}) if may_read else frozenset[Purpose]()
    if agreement is None:
        return _Rights(purposes, frozenset(), purpose, frozenset(), writes=False)
    agreed = purposes & agreement.read.purposes if Channel.TAXII in agreement.read.channels else frozenset[Purpose]()
    writes = why_forbidden(principal, Permission.OBJECTS_SUBMIT) is None and _admits_anything(agreement.write)
    return _Rights(purposes, agreed, purpose, agreement.read.harm_types, writes)


def _admits_anything(terms: WriteTerms) -> bool:
    return all((terms.profiles, terms.assurances, terms.sensitivities, terms.harm_types))


def _of_the_exchange(rights: _Rights, exchange_id: uuid.UUID) -> Iterator[Collection]:
    if rights.purposes or rights.writes:
        own_id = str(uuid.uuid5(exchange_id, EXCHANGE_ALIAS))
        reads = rights.purpose in rights.purposes
        yield Collection(own_id, "Exchange", _EXCHANGE, EXCHANGE_ALIAS, reads, rights.writes, rights.purposes)
    if rights.purposes:
        own_id = str(uuid.uuid5(exchange_id, CATALOGUE_ALIAS))
        yield Collection(
            collection_id=own_id,
            title="Catalogue",
            description=_CATALOGUE,
            alias=CATALOGUE_ALIAS,
            can_read=True,
            can_write=False,
            reads_for=rights.purposes,
            is_catalogue=True,
        )
    reads = rights.purpose in rights.agreed
    for harm in sorted(rights.harms) if rights.agreed else ():
        alias = f"harm-{harm}"
        view_id = str(uuid.uuid5(exchange_id, alias))
        yield Collection(view_id, harm.value, _VIEW, alias, reads, False, rights.agreed, harm=harm)  # noqa: FBT003  # can_write


def _of_a_group(rights: _Rights, membership: Membership) -> Iterator[Collection]:
    group, member = membership.group, membership.member
    purposes = rights.purposes if member.can_read else frozenset()
    writes = rights.writes and member.can_write
    if not purposes and not writes:
        return
    yield Collection(
        collection_id=group.group_id,
        title=group.title,
        description=group.description or _GROUP,
        alias=None,
        can_read=rights.purpose in purposes,
        can_write=writes,
        reads_for=purposes,
        feed=group.feed,
        group_id=group.group_id,
        from_generation=member.from_generation,
    )
