"""The keys of an exchange in a test: new ones, held in this process."""

from __future__ import annotations

from app.services.exchange import ExchangeKeys
from tests.factories.canaries import watched_key
from tests.factories.evaluators import PassingEvaluations


def new_exchange_keys() -> ExchangeKeys:
    """Give keys that no other exchange has."""
    return ExchangeKeys(watched_key(), watched_key(), watched_key(), overlap=PassingEvaluations())
