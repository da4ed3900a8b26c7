"""What there is to count for a release: cell by cell, which organisations contributed.

Owns what counts as what. Nobody is served this: it goes into ``policy.aggregates`` and nowhere else. Kept by
``tests/services/preventing/test_contributions.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from app.domain.catalogue import Catalogue
from app.domain.prevention import AdoptionState, Cell, Effect, EffectBand, Measure
from app.domain.vocabulary import Surface
from app.policy.aggregates import Look
from app.policy.organisations import organisation_of
from app.policy.prevention import CONTRIBUTING_ROLES, REPORTS_COUNT_FOR
from app.storage import organisations, prevention
from app.storage.session import Connection

_HELPED = frozenset({EffectBand.SLIGHT, EffectBand.MODERATE, EffectBand.STRONG})
_HELPED_MUCH = frozenset({EffectBand.MODERATE, EffectBand.STRONG})
_NOT_HELPED = frozenset({EffectBand.NONE, EffectBand.ADVERSE})


def look(connection: Connection, catalogue: Catalogue, now: datetime) -> Look:
    """Look at what active partners of contributing roles have declared, and at what they reported within the last quarter.

    Codes that the catalogue has retired count no more.
    """
    parents = organisations.parents(connection)
    active = prevention.active_contributors(connection, CONTRIBUTING_ROLES)
    taken = _Taken({one: organisation_of(one, parents) for one in active}, catalogue)
    _take_declarations(connection, taken)
    for owner, surface, behaviour, count in prevention.reports(connection, now - REPORTS_COUNT_FOR, now):
        if taken.has_behaviour(behaviour) and owner in active:
            taken.add(owner, Cell(Measure.REPORTED, Surface(surface), behaviour), count)
    return Look(taken.cells, frozenset(taken.organisations.values()))


def _take_declarations(connection: Connection, taken: _Taken) -> None:
    adopted = set()
    for one in prevention.adoptions(connection):
        if one.partner_id not in taken.organisations or not taken.has_countermeasure(one.countermeasure):
            continue
        taken.add(one.partner_id, Cell(Measure.ON_SURFACE, one.surface))
        if one.state is AdoptionState.ADOPTED:
            adopted.add((one.partner_id, one.surface, one.countermeasure))
            taken.add(one.partner_id, Cell(Measure.ADOPTED, one.surface, countermeasure=one.countermeasure))
    for effect in prevention.effects(connection):
        # An effect of what ended counts no more, so that those who say it helped are among those who have it.
        has_it = (effect.partner_id, effect.surface, effect.countermeasure) in adopted
        if has_it and taken.has_behaviour(effect.behaviour):
            for measure in _measures(effect):
                cell = Cell(measure, effect.surface, effect.behaviour, effect.countermeasure)
                taken.add(effect.partner_id, cell)


def _measures(effect: Effect) -> list[Measure]:
    """What an effect counts as; of one that is not known, nothing."""
    if effect.band in _HELPED:
        return [Measure.HELPED, Measure.HELPED_MUCH] if effect.band in _HELPED_MUCH else [Measure.HELPED]
    if effect.band in _NOT_HELPED:
        return [Measure.NOT_HELPED, Measure.ADVERSE] if effect.band is EffectBand.ADVERSE else [Measure.NOT_HELPED]
    return []


class _Taken:
    """What was taken so far, by cell and organisation."""

    def __init__(self, partners: Mapping[str, str], catalogue: Catalogue) -> None:
        """Take which partner counts as which organisation."""
        self.organisations = partners
        self.cells: dict[Cell, dict[str, int]] = defaultdict(dict)
        self._catalogue = catalogue

    def has_behaviour(self, code: str) -> bool:
        found = self._catalogue.behaviours_by_code.get(code)
        return found is not None and found.retired_in is None

    def has_countermeasure(self, code: str) -> bool:
        found = self._catalogue.countermeasures_by_code.get(code)
        return found is not None and found.retired_in is None

    def add(self, partner_id: str, cell: Cell, count: int | None = None) -> None:
        """Count a partner's organisation in a cell, and on its surface; ``count`` None: once, whatever else it said."""
        who = self.organisations[partner_id]
        weights = self.cells[cell]
        weights[who] = 1 if count is None else weights.get(who, 0) + count
        self.cells[Cell(Measure.ON_SURFACE, cell.surface)][who] = 1
