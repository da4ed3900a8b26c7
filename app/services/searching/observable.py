"""Looking an observable up in any of its forms: a question about a person, and counted as one before anything is looked up.

Owns that order. Hidden and absent take the same way through the same statements to the same answer. The value stands in no
address, log or event; of the question a digest is kept. Kept by ``tests/services/searching/test_observable.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.observation import ObservableKind
from app.services.exchange import Exchange
from app.services.limiting.ask import ask_observable
from app.services.reading.readers import Reader
from app.services.searching.search import Filters, FoundPage, SearchRequest, search
from app.stix.observable_keys import ASKABLE, LONGEST_VALUE, asked_observable

__all__ = ["ASKABLE", "LONGEST_VALUE", "ObservableRequest", "search_observable"]


@dataclass(frozen=True, slots=True)
class ObservableRequest:
    """What is asked: a value (anything) of a kind, of an account the service; and which page of the answer."""

    kind: ObservableKind
    value: str = field(repr=False)
    service: str | None = field(default=None, repr=False)
    cursor: str | None = None
    limit: int = 100


def search_observable(exchange: Exchange, reader: Reader, request: ObservableRequest) -> FoundPage:
    """Give what states the observable, the newest first.

    Raises:
        ExhaustedError: the partner has asked as much today as it may.
        MalformedInputError: no value of its kind; ``cursor-invalid``: as of ``search``.
    """
    asked = asked_observable(request.kind, request.value, request.service)
    ask_observable(exchange, reader.principal, asked.subjects, reader.purpose, reader.channel)
    return search(exchange, reader, SearchRequest(None, Filters(), request.cursor, request.limit, asked.keys))
