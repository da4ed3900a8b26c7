"""Releases of the catalogue as JSON documents: the exchange's own form, in which they are kept, published and compared.

Owns the spelling, both ways. Reads what was checked before: a release of the exchange's own. Kept by
``tests/stix/test_catalogue_documents.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.domain.catalogue import FOUNDED_AT, Behaviour, Catalogue, Countermeasure, Entry, Reference
from app.domain.object_vocabulary import Cost, EvidenceGrade, ResponseLevel, SafetyPrinciple
from app.domain.vocabulary import Harm, Phase, Surface

DOCUMENT_TYPE = "breakwater-catalogue"
"""What ``type`` says in a release's document."""


def read_catalogue(document: Mapping[str, Any]) -> Catalogue:
    """Give the release that a document says; raises ``ValueError`` or ``KeyError`` for what no release of ours is."""
    return Catalogue(
        release=document["release"],
        released_at=datetime.fromisoformat(document["released_at"]),
        phases={Phase(name): text for name, text in document["phases"].items()},
        surfaces={Surface(name): text for name, text in document["surfaces"].items()},
        behaviours=tuple(read_behaviour(one) for one in document["behaviours"]),
        countermeasures=tuple(read_countermeasure(one) for one in document["countermeasures"]),
    )


def catalogue_document(catalogue: Catalogue) -> dict[str, Any]:
    """Give the document of a release: sets in the order of their words, times in UTC with milliseconds."""
    return {
        "type": DOCUMENT_TYPE,
        "release": catalogue.release,
        "released_at": moment_text(catalogue.released_at),
        "phases": {str(name): text for name, text in catalogue.phases.items()},
        "surfaces": {str(name): text for name, text in catalogue.surfaces.items()},
        "behaviours": [behaviour_document(one) for one in catalogue.behaviours],
        "countermeasures": [countermeasure_document(one) for one in catalogue.countermeasures],
    }


def moment_text(moment: datetime) -> str:
    """Give an aware time in UTC with milliseconds and Z, as STIX objects and the catalogue's documents spell it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def short_moment_text(moment: datetime) -> str:
    """Give the same without zeros at the end of the fraction, for members of objects whose precision STIX leaves open.

    Tools on the stix2 library spell those so, and would respell any other spelling behind the signature.
    """
    return moment_text(moment).rstrip("Z").rstrip("0").rstrip(".") + "Z"


def read_behaviour(one: Mapping[str, Any]) -> Behaviour:
    """Give the behaviour that its part of a document says; without times it is as old as the catalogue."""
    return Behaviour(
        code=one["code"],
        name=one["name"],
        phase=Phase(one["phase"]),
        definition=one["definition"],
        detection=one["detection"],
        surfaces=frozenset(map(Surface, one["surfaces"])),
        harms=frozenset(map(Harm, one["harms"])),
        **_what_all_have(one),
    )


def read_countermeasure(one: Mapping[str, Any]) -> Countermeasure:
    """Give the countermeasure that its part of a document says; without times it is as old as the catalogue."""
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
        no_longer_mitigates=frozenset(one.get("no_longer_mitigates", ())),
        **_what_all_have(one),
    )


def behaviour_document(one: Behaviour) -> dict[str, Any]:
    """Give a behaviour's part of a document."""
    return {
        "code": one.code,
        "name": one.name,
        "phase": str(one.phase),
        "definition": one.definition,
        "detection": one.detection,
        "surfaces": sorted(one.surfaces),
        "harms": sorted(one.harms),
        **_written_of_all(one),
    }


def countermeasure_document(one: Countermeasure) -> dict[str, Any]:
    """Give a countermeasure's part of a document."""
    return {
        "code": one.code,
        "name": one.name,
        "definition": one.definition,
        "intent": one.intent,
        "principle": str(one.principle),
        "level": str(one.level),
        "preconditions": list(one.preconditions),
        "rights_impact": one.rights_impact,
        "evidence": str(one.evidence),
        "cost": str(one.cost),
        "residual_risk": one.residual_risk,
        "mitigates": sorted(one.mitigates),
        **({"no_longer_mitigates": sorted(one.no_longer_mitigates)} if one.no_longer_mitigates else {}),
        "surfaces": sorted(one.surfaces),
        **_written_of_all(one),
    }


def _what_all_have(one: Mapping[str, Any]) -> dict[str, Any]:
    founded_at = moment_text(FOUNDED_AT)
    return {
        "references": tuple(Reference(**each) for each in one["references"]),
        "retired_in": one.get("retired_in"),
        "replaced_by": tuple(one.get("replaced_by", ())),
        "added_at": datetime.fromisoformat(one.get("added_at", founded_at)),
        "changed_at": datetime.fromisoformat(one.get("changed_at", founded_at)),
    }


def _written_of_all(one: Entry) -> dict[str, Any]:
    return {
        "references": [{"source": each.source, "title": each.title, "url": each.url} for each in one.references],
        **({"retired_in": one.retired_in} if one.retired_in is not None else {}),
        **({"replaced_by": list(one.replaced_by)} if one.replaced_by else {}),
        "added_at": moment_text(one.added_at),
        "changed_at": moment_text(one.changed_at),
    }
