"""Giving somebody what it may see: one snapshot, then the row of the ledger, then the answer.

Owns that order, and that what is withdrawn meanwhile is read again. Kept by ``tests/services/reading/test_disclosing.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from app.domain.errors import UnavailableError
from app.services.exchange import Exchange
from app.services.limiting.count_usage import check_given, note_given
from app.services.reading.readers import Reader
from app.services.reading.record_disclosure import Disclosed, Manner, record_disclosure
from app.services.reading.visible_set import Look, looking

_TRIES = 5
Answer = TypeVar("Answer")


def disclosed(
    exchange: Exchange, reader: Reader, read: Callable[[Look], tuple[Sequence[Disclosed], Answer]], manner: Manner
) -> Answer:
    """Give what was read, once its ledger row is committed; what names nothing has none.

    Raises:
        UnavailableError: objects keep being withdrawn; nothing was disclosed.
    """
    for _ in range(_TRIES):
        with looking(exchange, reader.key, exchange.clock()) as look:
            use = check_given(exchange, look.connection, reader.partner.partner_id, look.now)
            given, answer = read(look)
        if not given:
            return answer
        if record_disclosure(exchange, reader, look, given, manner):
            note_given(exchange, reader.principal, use, len(given), look.now)
            return answer
    raise UnavailableError("Objects are being withdrawn just now; try again shortly.")
