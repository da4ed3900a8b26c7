"""How one release of the catalogue follows another: codes stay, times tell what changed, and nothing is forgotten.

Owns what a release adds to the entries by itself: their times, the release that retired them, and what they no longer mitigate.
Whether the texts may stand there is not asked here. Kept by ``tests/domain/test_catalogue_release.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.catalogue import Behaviour, Catalogue, Countermeasure, Entry


@dataclass(frozen=True, slots=True)
class Changes:
    """What the next release brings: entries as they shall read, new and changed ones, by codes; and codes that it retires.

    ``retired`` says of each code which codes stand for it since: none, one or several. The times of the entries are not read.
    """

    behaviours: tuple[Behaviour, ...] = ()
    countermeasures: tuple[Countermeasure, ...] = ()
    retired: Mapping[str, tuple[str, ...]] | None = None


def following_release(before: Catalogue, changes: Changes, released_at: datetime) -> Catalogue:
    """Give the release that follows one.

    An entry that reads as before is the same as before, its times too. Of a retired behaviour the countermeasures say no longer
    that they mitigate it, and so change as well.

    Raises:
        ValueError: a code that is retired has never been given, or was retired before; a retired entry is changed.
    """
    retired = dict(changes.retired or {})
    _refuse_what_is_over(before, changes, retired)
    step = _Step(before.release + 1, released_at, retired)
    behaviours = {**before.behaviours_by_code, **{one.code: one for one in changes.behaviours}}
    countermeasures = {**before.countermeasures_by_code, **{one.code: one for one in changes.countermeasures}}
    return Catalogue(
        release=step.release,
        released_at=released_at,
        phases=before.phases,
        surfaces=before.surfaces,
        behaviours=tuple(step.behaviour(before, behaviours[code]) for code in sorted(behaviours)),
        countermeasures=tuple(step.countermeasure(before, countermeasures[code]) for code in sorted(countermeasures)),
    )


def _refuse_what_is_over(before: Catalogue, changes: Changes, retired: Mapping[str, tuple[str, ...]]) -> None:
    if not retired.keys() <= {one.code for one in before.entries if one.retired_in is None}:
        message = "A release retires what the one before has in force."
        raise ValueError(message)
    over = {one.code for one in before.entries if one.retired_in is not None}
    asked = {*(one.code for one in changes.behaviours), *(one.code for one in changes.countermeasures)}
    if over & asked:
        message = "What is retired is neither changed nor given again."
        raise ValueError(message)


@dataclass(frozen=True, slots=True)
class _Step:
    """One release being made."""

    release: int
    released_at: datetime
    retired: Mapping[str, tuple[str, ...]]

    def behaviour(self, before: Catalogue, one: Behaviour) -> Behaviour:
        """Give a behaviour as this release has it."""
        old = before.behaviours_by_code.get(one.code)
        if old is None:
            return replace(one, added_at=self.released_at, changed_at=self.released_at, retired_in=None, replaced_by=())
        retired_in, replaced_by = self._standing(old)
        times = replace(one, added_at=old.added_at, changed_at=old.changed_at)
        asked = replace(times, retired_in=retired_in, replaced_by=replaced_by)
        return asked if asked == old else replace(asked, changed_at=self.released_at)

    def countermeasure(self, before: Catalogue, one: Countermeasure) -> Countermeasure:
        """Give a countermeasure as this release has it."""
        old = before.countermeasures_by_code.get(one.code)
        if old is not None and old.retired_in is not None:
            return old
        mitigates = one.mitigates - self.retired.keys()
        if old is None:
            begun = replace(one, mitigates=mitigates, no_longer_mitigates=frozenset(), retired_in=None, replaced_by=())
            return replace(begun, added_at=self.released_at, changed_at=self.released_at)
        retired_in, replaced_by = self._standing(old)
        ended = (old.mitigates | old.no_longer_mitigates) - mitigates
        times = replace(one, added_at=old.added_at, changed_at=old.changed_at)
        asked = replace(times, mitigates=mitigates, no_longer_mitigates=ended, retired_in=retired_in, replaced_by=replaced_by)
        return asked if asked == old else replace(asked, changed_at=self.released_at)

    def _standing(self, old: Entry) -> tuple[int | None, tuple[str, ...]]:
        if old.code in self.retired:
            return self.release, self.retired[old.code]
        return old.retired_in, old.replaced_by
