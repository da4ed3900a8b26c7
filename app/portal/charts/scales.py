"""Round numbers for axes, and numbers as people read them. Kept by ``tests/portal/charts/test_scales.py``."""

from __future__ import annotations

from app.portal.words import NONE

_WHOLE_UP_TO = 10_000
_LETTERS = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))
_MOST = 10**15


def ceiling(most: int) -> int:
    """Give the round number at which an axis ends that must hold ``most``: 1, 2 or 5, and noughts."""
    scale = int("1" + "0" * (len(str(max(most, 1))) - 1))
    return next(scale * step for step in (1, 2, 5, 10) if scale * step >= most)


def ticks(top: int) -> list[int]:
    """Give where an axis that ends at a round number has lines: nothing, the half where it is a whole number, and the end."""
    return [0, top] if top % 2 else [0, top // 2, top]


def exact(value: int | None) -> str:
    """Give a number in full, its thousands apart; a dash for none."""
    return NONE if value is None else f"{value:,}"


def brief(value: int) -> str:
    """Give a number in few characters, as an axis has room for it; rounded down."""
    if value < _WHOLE_UP_TO:
        return f"{value:,}"
    if value >= _MOST:
        digits = str(value)
        return f"{digits[0]}\N{MULTIPLICATION SIGN}10^{len(digits) - 1}"
    size, letter = next(one for one in _LETTERS if value >= one[0])
    tenths = value * 10 // size
    return f"{tenths // 10}.{tenths % 10}{letter}" if tenths % 10 and tenths < 1_000 else f"{tenths // 10}{letter}"  # noqa: PLR2004  # a hundred, in tenths
