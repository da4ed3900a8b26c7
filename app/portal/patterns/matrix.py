"""The matrix of patterns: phases, the behaviours in each, how much of them is seen, and what there is against them.

Owns the page and its two downloads. Kept by ``tests/portal/patterns/test_matrix.py`` and ``tests/browser/test_patterns.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from app.domain.catalogue import Behaviour, Catalogue, Countermeasure
from app.domain.vocabulary import Harm, Phase, Surface
from app.portal.blueprint import PortalBlueprint
from app.portal.charts.matrix_picture import Box, Column, Sheet, matrix_picture
from app.portal.pages import download
from app.portal.patterns.against import against
from app.portal.patterns.asked import QUERY, Asked, Source, asked, in_force, sees_sightings, sources
from app.portal.patterns.number_words import numbers_in_words, trend_in_words, what_is_counted
from app.portal.patterns.numbers import Counted, Number, count, ranges
from app.portal.patterns.pages import pattern_page
from app.portal.plain_words import called, offered, pairs
from app.portal.reading import reads_already
from app.portal.words import gettext
from app.services.cataloguing.other_forms import scored_layer_bytes
from app.web.context import exchange

blueprint = PortalBlueprint("patterns")


@dataclass(frozen=True, slots=True)
class Tile:
    """A behaviour in the matrix: its number, and what the catalogue has against it, best evidence first."""

    behaviour: Behaviour
    number: Number
    countermeasures: Sequence[Countermeasure]


@dataclass(frozen=True, slots=True)
class Row:
    """A phase with its behaviours."""

    number: int
    phase: Phase
    definition: str
    tiles: Sequence[Tile]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The catalogue's release, what of it is shown, with which numbers."""

    catalogue: Catalogue
    asked: Asked
    counted: Counted
    rows: Sequence[Row]


@blueprint.page("/patterns", query=QUERY, for_everybody=True)
def show() -> Response:
    """Show the matrix."""
    matrix = _matrix()
    choices: dict[str, Any] = {"surfaces": pairs(offered(Surface)), "harms": pairs(offered(Harm))}
    choices |= {"sources": sources(), "Source": Source}
    words: dict[str, Any] = {
        "numbers_in_words": numbers_in_words,
        "trend_in_words": trend_in_words,
        "said": what_is_counted(matrix.counted),
    }
    steps = ranges(matrix.counted.hottest)
    return pattern_page(
        "matrix.html",
        matrix=matrix,
        steps=steps,
        may_see_sightings=sees_sightings(),
        reads_already=reads_already(),
        **words,
        **choices,
    )


@blueprint.page("/patterns/navigator-layer.json", query=QUERY, for_everybody=True)
def download_layer() -> Response:
    """Give the matrix as an ATT&CK Navigator layer, with its numbers as scores."""
    numbers = _matrix().counted.of
    scores = {code: float(one.count) for code, one in numbers.items() if one.count is not None}
    return download(scored_layer_bytes(exchange(), scores), "application/json", "patterns-layer.json")


@blueprint.page("/patterns/matrix.svg", query=QUERY, for_everybody=True)
def download_picture() -> Response:
    """Give the matrix as a picture for print."""
    matrix = _matrix()
    columns = [Column(called(row.phase), [_box(tile, matrix.counted) for tile in row.tiles]) for row in matrix.rows]
    title = gettext("Pattern matrix: what offenders do, by phase")
    sheet = Sheet(title, what_is_counted(matrix.counted), columns, ranges(matrix.counted.hottest))
    return download(matrix_picture(sheet).encode(), "image/svg+xml", "patterns.svg")


def _matrix() -> Matrix:
    catalogue, wanted = in_force(), asked()
    behaviours = [one for one in catalogue.behaviours if wanted.has(one)]
    counted = count(wanted, behaviours)
    rows = []
    for number, (phase, definition) in enumerate(catalogue.phases.items(), 1):
        here = [Tile(one, counted.of[one.code], against(catalogue, one.code)) for one in behaviours if one.phase is phase]
        rows += [Row(number, phase, definition, here)] if here else []
    return Matrix(catalogue, wanted, counted, rows)


def _box(tile: Tile, counted: Counted) -> Box:
    said = [numbers_in_words(tile.number, counted), trend_in_words(tile.number)]
    return Box(tile.behaviour.code, tile.behaviour.name, [one for one in said if one], tile.number.step)
