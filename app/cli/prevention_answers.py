"""Answers of the prevention loop in words: one line for each thing, ranked, in a hundred columns or less.

Owns how ``prevention picture`` and ``prevention helped`` look; what is in them is the exchange's. A withheld number is a dash,
and what has no number at all is one sentence at the end. Kept by ``tests/cli/test_prevention_answers.py``.
"""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

DASH = "-"
LEGEND = (
    f"{DASH} is not none: fewer than five organisations, or fewer than five left over, or it did not move by five yet. "
    "up, down: since the release before."
)
_WIDEST, _NARROWEST = 100, 40
_BESIDE_THE_NUMBER = 13
_OF_EFFECT = {"helped": "helped", "helped_much": "much", "not_helped": "not helped", "adverse": "adverse"}

Found = dict[str, Any]
"""An answer of the exchange, or a part of one."""


def width_of_terminal() -> int:
    """Give how wide lines may be: a hundred columns, or what a narrower terminal has."""
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns))


def picture_lines(found: Found, width: int) -> list[str]:
    """Tell what happens on a surface: a line for each behaviour that a number is told of, most reported first."""
    told = [one for one in found["behaviours"] if _has_number(one["reported"]) or any(map(_is_told, one["countermeasures"]))]
    other = [f"{one['behaviour']} {one['name']}" for one in found["behaviours"] if one not in told]
    lines = [f"What happens on {found['surface']}, most reported first. {_on_surface(found)}", _release(found), ""]
    if told:
        lines.append("    reported by")
        lines += _ranked([(one["reported"], _happening(one)) for one in told], width)
        lines += ["", f"All that is told of one of them: breakwater prevention helped {told[0]['behaviour']} {found['surface']}"]
    adopted = _adopted(found["behaviours"])
    if adopted:
        lines += ["", f"Adopted on {found['surface']}, against whatever: {', '.join(adopted)}."]
    lines += _folded("Nothing is told of", other, "the catalogue has here")
    near = [f"{one['surface']} ({', '.join(one['behaviours'])})" for one in found["elsewhere"]]
    return _wrapped([*lines, *_elsewhere("Reports are told of these surfaces, the nearest first", near), "", LEGEND], width)


def helped_lines(found: Found, width: int) -> list[str]:
    """Tell what helped: a line for each countermeasure that a number is told of, best first."""
    told = [one for one in found["countermeasures"] if _is_told(one) or _has_number(one["adopted"])]
    other = [f"{one['code']} {one['name']}" for one in found["countermeasures"] if one not in told]
    title = f"What helped against {found['behaviour']} {found['name']}, on {found['surface']}, best first."
    lines = [title, _release(found), ""]
    if told:
        lines.append("    helped")
        lines += _ranked([(one["helped"], _effects(one)) for one in told], width)
    lines += _folded("Nothing is told of", other, "the catalogue has against it")
    near = [
        f"breakwater prevention helped {one['behaviour']} {one['surface']} ({one['name']}: {', '.join(one['countermeasures'])})"
        for one in found["elsewhere"]
    ]
    return _wrapped(
        [*lines, *_elsewhere("Nobody is told to have been helped here. The nearest where effects are told", near), "", LEGEND],
        width,
    )


def _release(found: Found) -> str:
    if found["release"] is None:
        return "No release was made yet: there are no numbers, and what follows is the catalogue alone."
    days = f"of {found['released_at'][:10]}, with reports since {found['reports_since'][:10]}"
    return f"Release {found['release']} {days}. Numbers count organisations, five or more."


def _on_surface(found: Found) -> str:
    if found["release"] is None:
        return ""
    if not _has_number(found["on_surface"]):
        return "How many organisations are on it at all is withheld."
    return f"{_number(found['on_surface'])} organisations said something of it."


def _happening(one: Found) -> str:
    helped = [f"{by['code']} {_number(by['helped'])}" for by in one["countermeasures"] if _has_number(by["helped"])]
    return f"{one['behaviour']} {one['name']}; helped: {', '.join(helped) or DASH}"


def _effects(one: Found) -> str:
    numbers = [f"{word} {_number(one[name])}" for name, word in _OF_EFFECT.items() if name != "helped"]
    says = "" if one["mitigates"] else " (the catalogue does not say so)"
    return (
        f"{one['code']} {one['name']}{says}; {', '.join(numbers)}; adopted {_number(one['adopted'])}; evidence {one['evidence']}"
    )


def _adopted(behaviours: Iterable[Found]) -> list[str]:
    """Give what a surface's countermeasures are adopted by, most adopted first: a number of the surface, whatever behaviour."""
    known = {by["code"]: by["adopted"] for one in behaviours for by in one["countermeasures"] if _has_number(by["adopted"])}
    return [f"{code} {_number(known[code])}" for code in sorted(known, key=lambda code: (-known[code]["organisations"], code))]


def _ranked(rows: Iterable[tuple[Found, str]], width: int) -> Iterator[str]:
    for place, (number, text) in enumerate(rows, 1):
        line = f"{place:2}. {_number(number):<8} {text}"
        yield from textwrap.wrap(line, width, subsequent_indent=" " * _BESIDE_THE_NUMBER, break_on_hyphens=False)


def _folded(beginning: str, names: Sequence[str], what: str) -> list[str]:
    return ["", f"{beginning} {len(names)} that {what}: {'; '.join(names)}."] if names else []


def _elsewhere(beginning: str, near: Sequence[str]) -> list[str]:
    return ["", f"{beginning}:", *(f"    {one}" for one in near)] if near else []


def _is_told(countermeasure: Found) -> bool:
    return any(_has_number(countermeasure[name]) for name in _OF_EFFECT)


def _has_number(told: Found) -> bool:
    return told["organisations"] is not None


def _number(told: Found) -> str:
    """Give a released number, one that moved with where it went; a dash where it is withheld."""
    if told["organisations"] is None:
        return DASH
    return f"{told['organisations']}" + (f" {told['trend']}" if told["trend"] in {"up", "down"} else "")


def _wrapped(lines: Iterable[str], width: int) -> list[str]:
    """Break lines that are too long; what goes on is as far in as its beginning."""
    wrapped: list[str] = []
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()))
        wrapped += textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False) or [""]
    return wrapped
