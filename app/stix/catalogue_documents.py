"""Releases of the catalogue as JSON documents: the exchange's own form, in which they are kept, published and compared.

Owns the spelling. Reads what was checked before: a release of the exchange's own. Kept by
``tests/stix/test_catalogue_documents.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.catalogue import Behaviour, Catalogue, Countermeasure, Reference
from app.domain.object_vocabulary import Cost, EvidenceGrade, ResponseLevel, SafetyPrinciple
from app.domain.vocabulary import Harm, Phase, Surface


def read_catalogue(document: Mapping[str, Any]) -> Catalogue:
    """Give the release that a document says; raises ``ValueError`` or ``KeyError`` for what no release of ours is."""
    return Catalogue(
        release=document["release"],
        released_at=datetime.fromisoformat(document["released_at"]),
        phases={Phase(name): text for name, text in document["phases"].items()},
        surfaces={Surface(name): text for name, text in document["surfaces"].items()},
        behaviours=tuple(_behaviour(one) for one in document["behaviours"]),
        countermeasures=tuple(_countermeasure(one) for one in document["countermeasures"]),
    )


def _behaviour(one: Mapping[str, Any]) -> Behaviour:
    return Behaviour(
        code=one["code"],
        name=one["name"],
        phase=Phase(one["phase"]),
        definition=one["definition"],
        detection=one["detection"],
        surfaces=frozenset(map(Surface, one["surfaces"])),
        harms=frozenset(map(Harm, one["harms"])),
        references=tuple(Reference(**each) for each in one["references"]),
        retired_in=one.get("retired_in"),
        replaced_by=tuple(one.get("replaced_by", ())),
    )


def _countermeasure(one: Mapping[str, Any]) -> Countermeasure:
    return Countermeasure(
        code=one["code"],
        name=one["name"],
        definition=one["definition"],
        intent=one["intent"],
        principle=SafetyPrinciple(one["principle"]),
        level=ResponseLevel(one["level"]),
        preconditions=tuple(one["preconditions"]),
        rights_impact=one["rights_impact"],
        evidence=EvidenceGrade(one["evidence"]),
        cost=Cost(one["cost"]),
        residual_risk=one["residual_risk"],
        mitigates=frozenset(one["mitigates"]),
        surfaces=frozenset(map(Surface, one["surfaces"])),
        references=tuple(Reference(**each) for each in one["references"]),
        retired_in=one.get("retired_in"),
        replaced_by=tuple(one.get("replaced_by", ())),
    )
