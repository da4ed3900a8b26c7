"""A further look while an answer leaves: may the rest of it still be given to whom it is given?

Owns the question that stands before each later batch of a large page. A reader that takes hours must not get by that what is
forbidden to it meanwhile: the end of its credential or its membership, a narrower policy and a withdrawal hold for the rest, too.
Kept by ``tests/services/reading/test_look_again.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from app.domain.errors import ForbiddenError
from app.domain.vocabulary import PartnerState
from app.services.exchange import Exchange
from app.services.reading.readers import Reader
from app.services.reading.visible_set import Look, looking
from app.storage import credentials, feed, members
from app.storage.session import Connection


@contextmanager
def look_again(exchange: Exchange, reader: Reader, version_ids: Sequence[int]) -> Iterator[Connection]:
    """Give a new snapshot in which the reader may still be given these versions, one and all.

    What merely expired since the page was read is not asked: a page is as of one instant.

    Raises:
        ForbiddenError: credential or partner are no longer good, or it no longer sees one of the versions.
        UnavailableError: the database is away.
    """
    with looking(exchange, reader.key, exchange.clock()) as look:
        if not is_good(look, reader) or not feed.sees_all(look.connection, look.viewpoint, version_ids):
            raise ForbiddenError("What you may see has changed while it was given.")
        yield look.connection


def is_good(look: Look, reader: Reader) -> bool:
    """Say whether credential and partner of a reader still are good; not what it sees."""
    credential = credentials.credential_by_id(look.connection, reader.principal.credential.credential_id)
    partner = members.partner_by_id(look.connection, reader.partner.partner_id)
    return (
        credential is not None
        and credential.revoked_at is None
        and credential.expires_at > look.now
        and partner is not None
        and partner.state is PartnerState.ACTIVE
    )
