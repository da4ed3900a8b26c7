"""References as questions: whether one narrows an object tells whether what it names is there, so that it is counted.

Owns which references are meant: those to observables that neither stand in the same request nor are the submitter's own. Kept by
``tests/services/intake/test_count_references.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.errors import Code, TooLargeError
from app.domain.partner import Principal
from app.domain.stix_object import CheckedObject
from app.domain.vocabulary import Channel
from app.services.exchange import Exchange
from app.services.intake.examine import Examined
from app.services.limiting.ask import ask_about, observables_among
from app.storage import objects

MOST_OF_A_REQUEST = 50_000
"""So many references of one request are looked up under the order lock in a few seconds; more would hold all writers up."""


def check_references(examined: Sequence[Examined]) -> None:
    """Refuse a request whose objects have more references together than are looked up at once.

    Raises:
        TooLargeError: ``too-many-references``; nothing of the request is taken.
    """
    if sum(len(one.facts.references) for one in examined if isinstance(one, CheckedObject)) > MOST_OF_A_REQUEST:
        sentence = f"The objects of one request have at most {MOST_OF_A_REQUEST} references together; send fewer at once."
        raise TooLargeError(sentence, code=Code.TOO_MANY_REFERENCES)


def ask_about_references(exchange: Exchange, principal: Principal, examined: Sequence[Examined]) -> None:
    """Keep which observables of others the objects of a request refer to, as questions about them.

    Raises:
        ExhaustedError: as many were asked today as the partner may ask; nothing of the request is taken.
    """
    checked = [one for one in examined if isinstance(one, CheckedObject)]
    here = {one.facts.stix_id for one in checked}
    referred = observables_among(frozenset().union(*(one.facts.references for one in checked)) - here)
    if not referred or principal.partner is None:
        return
    with exchange.database.look() as connection:
        own = {one.stix_id for one in objects.own_versions(connection, principal.partner.partner_id, referred)}
    ask_about(exchange, principal, referred - own, None, Channel.REST)
