"""Who gives to whom: two sides, and bands between them as wide as the number is large.

Owns the drawing; what is counted is the caller's. Kept by ``tests/portal/charts/test_flows.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.portal.charts.drawing import Chart, cut, element, isolated, key_of, picture, text
from app.portal.charts.patterns import MOST_PATTERNS, filling, patterns
from app.portal.charts.scales import brief, exact
from app.portal.words import gettext, ngettext

WIDTH, SPAN = 640, 240
_SIDE, _THICK, _ABOVE, _GAP, _LEAST, _LONGEST_NAME = 168, 12, 30, 26, 2.0, 21


@dataclass(frozen=True, slots=True)
class Flow:
    """How much goes from one side to the other; sides have names of their own, which may be the same."""

    giver: str
    receiver: str
    count: int


def flows(rows: Sequence[Flow], label: str, counted: str) -> Chart:
    """Draw flows, those of one giver in one pattern; ``counted`` says of what the numbers are (as ``Objects``)."""
    headings = (gettext("From"), gettext("To"), counted)
    told = [(one.giver, one.receiver, exact(one.count)) for one in rows]
    return Chart(label, _drawn([one for one in rows if one.count > 0], label), headings, told)


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where a side's bar begins, how high it is, and how much of it is used by bands already."""

    begin: float
    high: float
    count: int


_Side = Mapping[str, _Stand]


def _drawn(rows: Sequence[Flow], label: str) -> Markup:
    key = key_of(label)
    givers, receivers = _totals([(one.giver, one.count) for one in rows]), _totals([(one.receiver, one.count) for one in rows])
    left, right = _stands(givers), _stands(receivers)
    high = max((one.begin + one.high for one in (*left.values(), *right.values())), default=SPAN) + 20
    filled = {name: place % MOST_PATTERNS for place, name in enumerate(left)}
    drawn = [
        *_bands(key, rows, (left, right), filled),
        *_bars(left, _SIDE - _THICK, "end"),
        *_bars(right, WIDTH - _SIDE, "start"),
    ]
    if not rows:
        drawn.append(text((WIDTH / 2, SPAN / 2), gettext("Nothing is counted yet."), anchor="middle"))
    return picture((WIDTH, high), label, _described(rows), [patterns(key), *drawn])


def _totals(counts: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Give what each side has in all, the largest first."""
    totals: dict[str, int] = defaultdict(int)
    for name, count in counts:
        totals[name] += count
    return dict(sorted(totals.items(), key=lambda item: (-item[1], item[0])))


def _stands(totals: Mapping[str, int]) -> dict[str, _Stand]:
    """Stand the bars of one side below each other; both sides have the same span in all."""
    among, begin, stands = sum(totals.values()), float(_ABOVE), {}
    for name, count in totals.items():
        high = max(SPAN * (count / among), _LEAST)
        stands[name] = _Stand(begin, high, count)
        begin += high + _GAP
    return stands


def _bars(stands: Mapping[str, _Stand], left: float, anchor: str) -> Iterator[Markup]:
    for name, one in stands.items():
        box = {"x": left, "y": one.begin, "width": _THICK, "height": one.high, "class": "chart-bar"}
        yield element("rect", box, element("title", {}, f"{isolated(name)}: {exact(one.count)}"))
        beside = left - 8 if anchor == "end" else left + _THICK + 8
        middle = one.begin + one.high / 2
        yield text((beside, middle - 2), cut(name, _LONGEST_NAME), "chart-text chart-name", anchor)
        yield text((beside, middle + 13), brief(one.count), anchor=anchor)


def _bands(key: str, rows: Sequence[Flow], sides: tuple[_Side, _Side], filled: Mapping[str, int]) -> Iterator[Markup]:
    left, right = sides
    givers, receivers = list(left), list(right)
    used: dict[tuple[int, str], float] = defaultdict(float)
    for one in sorted(rows, key=lambda row: (givers.index(row.giver), receivers.index(row.receiver))):
        ends = []
        for side, (name, stand) in enumerate(((one.giver, left[one.giver]), (one.receiver, right[one.receiver]))):
            wide = stand.high * (one.count / stand.count)  # in this order: whole numbers may be too large for a fraction
            ends.append((stand.begin + used[side, name], wide))
            used[side, name] += wide
        place = filled[one.giver]
        marks = {"d": _outline(*ends), "fill": filling(key, place), "class": f"chart-mark chart-band mark-{place}"}
        yield element("path", marks, element("title", {}, _said(gettext("%(giver)s to %(receiver)s: %(count)s"), one)))


def _said(sentence: str, one: Flow) -> str:
    return sentence % {"giver": isolated(one.giver), "receiver": isolated(one.receiver), "count": exact(one.count)}


def _outline(left: tuple[float, float], right: tuple[float, float]) -> str:
    begin, end, middle = _SIDE, WIDTH - _SIDE, WIDTH / 2
    (top, high), (other, wide) = left, right
    there = f"M{begin} {top:.2f} C{middle:.0f} {top:.2f} {middle:.0f} {other:.2f} {end} {other:.2f}"
    back = f"L{end} {other + wide:.2f} C{middle:.0f} {other + wide:.2f} {middle:.0f} {top + high:.2f} {begin} {top + high:.2f} Z"
    return f"{there} {back}"


def _described(rows: Sequence[Flow]) -> str:
    if not rows:
        return gettext("Nothing is counted yet.")
    most = max(rows, key=lambda one: one.count)
    counted = ngettext("%(num)s band.", "%(num)s bands.", len(rows)) % {"num": len(rows)}
    return f"{counted} " + _said(gettext("Most goes from %(giver)s to %(receiver)s: %(count)s."), most)
