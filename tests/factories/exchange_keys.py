"""The keys of an exchange in a test: new ones, held in this process."""

from __future__ import annotations

from app.crypto.keys import PrivateKey
from app.services.exchange import ExchangeKeys


def new_exchange_keys() -> ExchangeKeys:
    """Give keys that no other exchange has."""
    return ExchangeKeys(PrivateKey.generate(), PrivateKey.generate(), PrivateKey.generate())
