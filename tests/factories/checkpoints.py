"""Checkpoints of a test's exchange, made as it makes them."""

from __future__ import annotations

from app.services.exchange import Exchange
from app.services.proving import checkpoints


def make_checkpoint(exchange: Exchange) -> str:
    """Make a checkpoint of the whole log and give its note."""
    with exchange.database.write() as connection:
        return checkpoints.make_checkpoint(connection, exchange.keys.checkpoints, exchange.clock()).checkpoint.note
