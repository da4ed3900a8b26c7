"""Issuing a token at the portal: by a person who has just shown who they are, and so for longer than their session lasts.

Owns how long such a token may last. What it may hold is bounded as for every other: never more than the person holds now. A
session that nobody has just vouched for issues nothing, so that a screen found open renews itself no more than a leaked token.
Kept by ``tests/services/signing_in/test_issue_in_person.py``; decision 65 has the alternatives.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.errors import MalformedInputError
from app.services.answer_once import KeyUse
from app.services.exchange import Exchange
from app.services.membership.issue_credentials import IssuedCredential, NewCredential, issue_credential
from app.services.signing_in.sessions import SignedIn, require_fresh

LONGEST_DAYS = 365
USUAL_DAYS = 90


def issue_in_person(
    exchange: Exchange, signed_in: SignedIn, new: NewCredential, days: int, use: KeyUse | None = None
) -> IssuedCredential:
    """Issue a token that lasts so many days from now, in the place of the end that ``new`` names.

    Raises as ``issue_credential``, and:

    Raises:
        ForbiddenError: who asks has not just shown who they are.
        MalformedInputError: not 1 to ``LONGEST_DAYS`` days.
    """
    require_fresh(exchange, signed_in)
    if not 1 <= days <= LONGEST_DAYS:
        raise MalformedInputError(f"A credential lasts 1 to {LONGEST_DAYS} days.", pointer="/days")
    now = exchange.clock()
    ends_at, until = now + timedelta(days=days), now + timedelta(days=LONGEST_DAYS)
    return issue_credential(exchange, signed_in.principal, replace(new, expires_at=ends_at), use, until=until)
