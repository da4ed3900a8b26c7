"""What an organisation still needs before it may exchange, for its administrators, each with the page where it is got.

Owns the words and the order. Kept by ``tests/portal/home/test_first_steps.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for

from app.domain.permissions import Permission
from app.domain.vocabulary import KeyState
from app.policy.administration import why_forbidden
from app.policy.agreements import agreement_in_force
from app.portal.words import gettext
from app.services.membership.change_policy import list_agreements
from app.services.membership.look_up_keys import list_keys
from app.services.membership.register_audience import list_audiences
from app.web.context import exchange, principal

_ASKED = (Permission.CREDENTIALS_WRITE, Permission.KEYS_READ, Permission.AGREEMENTS_READ, Permission.AUDIENCES_READ)


@dataclass(frozen=True, slots=True)
class Step:
    """What is missing, what that means, and where to go."""

    words: str
    means: str
    act: str
    address: str


def first_steps() -> list[Step]:
    """Give what is missing, in the order in which it is got; nothing to whoever does not keep an organisation."""
    own = principal().partner
    if own is None or any(why_forbidden(principal(), one) is not None for one in _ASKED):
        return []
    return [*_keys(), *_audience(), *_agreement()]


def _keys() -> Iterator[Step]:
    states = {one.key.state for one in list_keys(exchange(), principal())}
    address = url_for("own_keys.show")
    if KeyState.ACTIVE in states:
        return
    if KeyState.PENDING in states:
        means = gettext("Read its id to an operator by telephone: they let it count if it is the one that they see.")
        yield Step(gettext("Our key waits for an operator"), means, gettext("See the key"), address)
        return
    means = gettext("Without one nothing that you submit carries your signature. First issue a token, then register a key.")
    yield Step(gettext("No key of ours counts"), means, gettext("Make a key"), address)


def _audience() -> Iterator[Step]:
    if not list_audiences(exchange(), principal()):
        means = gettext("Without one, what you submit reaches nobody. The command stands beside those for keys.")
        yield Step(gettext("We have no audience"), means, gettext("Make an audience"), url_for("own_keys.show") + "#audience")


def _agreement() -> Iterator[Step]:
    if agreement_in_force(list_agreements(exchange(), principal(), None), exchange().clock()) is None:
        means = gettext("Without one you read and submit nothing. Two operators of the exchange make it with you.")
        act = gettext("See the agreement")
        yield Step(gettext("No agreement is in force"), means, act, url_for("own_agreement.show"))
