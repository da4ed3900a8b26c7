"""Taking away what lies in an export's folder without a row: what a writer that was killed, or could not say so, left there.

Owns that nothing lies in a depot that nobody knows of: an erasure finds files by their rows. Only whoever holds the work of a
definition clears its folders. Kept by ``tests/services/exporting/test_clear.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from app.depot.port import Depot
from app.domain.errors import DepotRefusedError
from app.domain.export import ExportDefinition
from app.services.held_work import HeldWork

NO_PLACE = "The exchange has no place of this name any more: its targets were changed."


def clear_folder(held: HeldWork, depot: Depot, folder: str, known: Collection[str] = ()) -> None:
    """Delete what lies in a folder (or below it) but files of these names, and what was begun there by writers that are gone.

    Raises:
        DepotError: as ``Depot.delete``; some may be gone and some not.
        LeaseLostError: the work is somebody else's by now.
    """
    depot.tidy(folder)
    unknown = [name for name in depot.names(folder) if name.rpartition("/")[2] not in known]
    for name in unknown:
        held.keep()  # of whoever took the work over, nothing is deleted
        depot.delete(name)


def clear_definition(held: HeldWork, depots: Mapping[str, Depot], definition: ExportDefinition, targets: Collection[str]) -> None:
    """Delete everything that was ever laid for a definition that ended, in each of the targets; raises as ``clear_folder``."""
    for target in sorted(targets):
        clear_folder(held, depot_of(depots, target), f"{definition.partner_id}/{definition.definition_id}")


def depot_of(depots: Mapping[str, Depot], target: str) -> Depot:
    """Give the depot under which an export was laid.

    Raises:
        DepotRefusedError: the settings name none of this name.
    """
    depot = depots.get(target)
    if depot is None:
        raise DepotRefusedError(NO_PLACE)
    return depot
