"""What the catalogue has against a behaviour. Kept by ``tests/portal/patterns/test_against.py``."""

from __future__ import annotations

from app.domain.catalogue import Catalogue, Countermeasure
from app.domain.object_vocabulary import EvidenceGrade


def against(catalogue: Catalogue, code: str) -> list[Countermeasure]:
    """Give the countermeasures in force against a behaviour, best evidence first."""
    known = [one for one in catalogue.countermeasures if code in one.mitigates and one.retired_in is None]
    return sorted(known, key=lambda one: (-list(EvidenceGrade).index(one.evidence), one.code))
