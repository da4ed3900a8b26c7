"""Released numbers for tests of what is read from them."""

from __future__ import annotations

from app.services.preventing.numbers import Numbers


def numbers(*cells: tuple[str, str, str, str, int]) -> Numbers:
    """Give cells as measure, surface, behaviour, countermeasure and how many organisations."""
    return Numbers({tuple(map(str, place)): {"organisations": count, "trend": "flat"} for *place, count in cells})
