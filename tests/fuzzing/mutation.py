"""Inputs made of others by small damage, the same ones for the same seed: for the suite, and where there is no guided fuzzer.

Owns the ways of damage. Knows nothing of what a reader does with an input. Kept by ``tests/promises/test_fuzzing.py``.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.fuzzing.target import Target

_TELLING = bytes([0, 1, 9, 10, 13, 32, 34, 43, 45, 47, 48, 57, 58, 61, 91, 92, 93, 123, 125, 127, 128, 192, 237, 240, 255])
_MOST_AT_ONCE = 4

Damage = Callable[[bytes, random.Random], bytes]


def _flip(data: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]


def _replace(data: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + bytes([rng.choice(_TELLING)]) + data[place + 1 :]


def _insert(data: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data) + 1)
    return data[:place] + bytes([rng.choice(_TELLING)]) * rng.choice([1, 1, 1, 2, 8, 64]) + data[place:]


def _cut(data: bytes, rng: random.Random) -> bytes:
    begin, end = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:begin] + data[end:]


def _repeat(data: bytes, rng: random.Random) -> bytes:
    begin, end = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:end] + data[begin:]


def _end(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


_VALUES: tuple[Any, ...] = (None, True, 0, -1, 5, "", "x", [], {}, [[]], {"a": 1}, [None], [{}], 1e300)
_STOP = 0.3


def _other_value(data: bytes, rng: random.Random) -> bytes:
    """Put a JSON value of another kind where one stands, in one of the lines: shapes nobody expects, in a text that is read."""
    lines = data.split(b"\n")
    number = rng.randrange(len(lines))
    try:
        place = value = json.loads(lines[number])
    except (ValueError, RecursionError):
        return data
    while isinstance(place, (dict, list)) and place:
        key = rng.choice(list(place)) if isinstance(place, dict) else rng.randrange(len(place))
        if rng.random() < _STOP or not isinstance(place[key], (dict, list)):
            place[key] = rng.choice(_VALUES)
            break
        place = place[key]
    lines[number] = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    return b"\n".join(lines)


_DAMAGES: tuple[Damage, ...] = (_flip, _flip, _replace, _replace, _insert, _cut, _repeat, _end)


def inputs(target: Target, seed: int) -> Iterator[bytes]:
    """Give inputs without end: the target's seeds as they are, then damaged, mixed with each other and with its words."""
    rng, seeds = random.Random(seed), list(target.seeds())
    yield from seeds
    while True:
        data = rng.choice(seeds)
        for _ in range(rng.randint(1, _MOST_AT_ONCE)):
            data = _damaged(data, rng, seeds, target.words)
        yield data[: target.longest]


def _damaged(data: bytes, rng: random.Random, seeds: list[bytes], words: tuple[bytes, ...]) -> bytes:
    way = rng.randrange(10)
    if way == 0:
        other = rng.choice(seeds)
        return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]
    if way in {2, 3} and data[:1] in {b"{", b"["}:
        return _other_value(data, rng)
    if way == 1 and words:
        place = rng.randrange(len(data) + 1)
        return data[:place] + rng.choice(words) + data[place + rng.choice([0, 0, 1, 8]) :]
    return rng.choice(_DAMAGES)(data, rng) if data else bytes([rng.choice(_TELLING)])
