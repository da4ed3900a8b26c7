"""Who reads, why, by which way, and in whose feed.

Owns the refusal of reading without a right or a purpose; what a reader then sees is ``visible_set``'s. Kept by
``tests/services/reading/test_readers.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import ForbiddenError
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Purpose
from app.services.authenticate import purpose_of, require
from app.storage.feed import Feed
from app.storage.filters import Facets
from app.storage.viewpoints import ViewpointKey


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, why and by which way; its viewpoint follows from it. ``is_head``: it asks for the head of an answer alone."""

    principal: Principal
    partner: Partner
    purpose: Purpose
    channel: Channel
    is_head: bool = False

    @property
    def key(self) -> ViewpointKey:
        """What makes this reader see what it sees."""
        return ViewpointKey(self.partner.partner_id, self.purpose, self.channel, self.principal.credential.tlp_ceiling)


def reader(principal: Principal, purpose: Purpose | None, channel: Channel, *, is_head: bool = False) -> Reader:
    """Give the reader that a request makes of a principal; ``purpose`` is what the request stated, if anything.

    Raises:
        ForbiddenError: no partner, no right to read, or another purpose than the one fixed on the credential.
        MalformedInputError: ``purpose-missing``: neither request nor credential names one.
    """
    require(principal, Permission.OBJECTS_READ)
    if principal.partner is None:
        raise ForbiddenError("Only partners read objects.")
    return Reader(principal, principal.partner, purpose_of(principal, purpose), channel, is_head)


OBJECTS = "objects"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody reads: in the feed of everything (0) or of a sharing group, as far back as the reader may look there.

    ``facets`` is what every object of the place has: a view of one harm type, say. ``name`` (kind of route, collection) binds the
    cursors that are given here. Whether the reader may read here at all is the caller's to know.
    """

    feed: int = 0
    from_generation: int = 0
    name: str = OBJECTS
    facets: Facets = ()

    @property
    def in_storage(self) -> Feed:
        """The feed as storage names it."""
        return Feed(self.feed, self.from_generation)
