"""The reasons of proposals and reviews, which everybody who proposes or reviews reads: screened as an object's texts are.

Owns what is refused in one beside what no reason may hold (``screen_reason``); nothing of it is kept. Kept by
``tests/services/cataloguing/test_check_reason.py``.
"""

from __future__ import annotations

from app.domain.errors import Code, RefusedError
from app.domain.partner import Principal
from app.services.exchange import Exchange
from app.services.screen_reason import POINTER, screen_reason
from app.stix.catalogue_texts import Rule, broken_rules


def check_reason(exchange: Exchange, principal: Principal, reason: str) -> None:
    """Return if a reason (unverified) carries no address, no encoded content and no data of a person, as far as forms tell.

    Raises:
        ForbiddenContentError: ``content-forbidden`` or ``person-data-forbidden``; the operators are alarmed.
        RefusedError: ``catalogue-text-refused``: there is an address in it.
    """
    screen_reason(exchange, principal, reason)
    for rule, sentence in broken_rules(reason):
        if rule is Rule.ADDRESS:
            raise RefusedError(sentence, code=Code.CATALOGUE_TEXT_REFUSED, pointer=POINTER)
