"""A release of the catalogue as an ATT&CK Navigator layer (format 4.5), and as the data set that such a layer is drawn over.

Owns both. The Navigator draws columns from objects of ATT&CK's own types ``x-mitre-matrix`` and ``x-mitre-tactic``, and takes
what can be filtered from ``x_mitre_platforms``: phases become tactics, surfaces platforms. These exist for the Navigator alone
and are never among what the exchange signs. Kept by ``tests/stix/test_navigator_layer.py``; decision 49.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from app.domain.catalogue import KILL_CHAIN, Behaviour, Catalogue
from app.domain.vocabulary import Phase
from app.stix.catalogue_documents import moment_text
from app.stix.catalogue_objects import SOURCE_NAME, bundle_of, catalogue_objects, own_name_uuid

DOMAIN = KILL_CHAIN
"""What ``domain`` says: ours, never one of ATT&CK's. The Navigator has to be told of it (``docs/catalogue.md``)."""

LAYER_VERSION = "4.5"
_OLDEST_NAVIGATOR = "4.9.0"
_COLOURS = ("#ffffff", "#08519c")  # one hue, so that it is read without telling red from green
_LOWEST_TOP = 1.0


def navigator_layer(
    catalogue: Catalogue, scores: Mapping[str, float] | None = None, bundle_url: str | None = None
) -> dict[str, Any]:
    """Give the layer: each behaviour in force under its phase, with what mitigates it, and with its score where there is one.

    ``bundle_url`` is where the Navigator finds ``navigator_bundle``.

    Raises:
        ValueError: a score is no number from 0 on, or its code is no behaviour in force.
    """
    given = dict(scores or {})
    in_force = [one for one in catalogue.behaviours if one.retired_in is None]
    if not given.keys() <= {one.code for one in in_force}:
        message = "Scores go with codes of behaviours in force."
        raise ValueError(message)
    if not all(math.isfinite(score) and score >= 0 for score in given.values()):
        message = "A score is a number from 0 on."
        raise ValueError(message)
    return {
        "name": f"Breakwater catalogue, release {catalogue.release}",
        "versions": {"attack": str(catalogue.release), "navigator": _OLDEST_NAVIGATOR, "layer": LAYER_VERSION},
        "domain": DOMAIN,
        "description": "Behaviours of those who harm children online, by phase, with countermeasures. Not part of ATT&CK.",
        **({"customDataURL": bundle_url} if bundle_url is not None else {}),
        "sorting": 2 if given else 0,
        "layout": {"layout": "side", "showID": True, "showName": True},
        "hideDisabled": False,
        "techniques": [_technique(catalogue, one, given.get(one.code)) for one in in_force],
        "gradient": {"colors": list(_COLOURS), "minValue": 0, "maxValue": max((_LOWEST_TOP, *given.values()))},
        "legendItems": [],
        "metadata": [{"name": "released at", "value": moment_text(catalogue.released_at)}],
    }


def navigator_bundle(catalogue: Catalogue, identity_id: str) -> dict[str, Any]:
    """Give the data set for the Navigator: all objects of the release, a tactic for each phase, and the matrix of them."""
    objects = [_with_platforms(one) for one in catalogue_objects(catalogue, identity_id)]
    tactics = [_tactic(catalogue, phase, identity_id) for phase in catalogue.phases]
    matrix = _of_navigator(catalogue, "x-mitre-matrix", DOMAIN, identity_id) | {
        "name": "Online child sexual exploitation and abuse: disruption",
        "description": "The phases of the kill chain, with behaviours and countermeasures.",
        "tactic_refs": [one["id"] for one in tactics],
    }
    return bundle_of([matrix, *tactics, *objects])


def _technique(catalogue: Catalogue, one: Behaviour, score: float | None) -> dict[str, Any]:
    mitigating = [each for each in catalogue.countermeasures if one.code in each.mitigates and each.retired_in is None]
    return {
        "techniqueID": one.code,
        "tactic": str(one.phase),
        **({"score": score} if score is not None else {}),
        "comment": one.definition,
        "enabled": True,
        "metadata": [
            {"name": "surfaces", "value": ", ".join(sorted(one.surfaces))},
            {"name": "harms", "value": ", ".join(sorted(one.harms))},
            *({"name": each.code, "value": f"{each.name} (evidence: {each.evidence})"} for each in mitigating),
        ],
        "links": [{"label": f"{each.source}: {each.title}", "url": each.url} for each in one.references if each.url is not None],
    }


def _tactic(catalogue: Catalogue, phase: Phase, identity_id: str) -> dict[str, Any]:
    return _of_navigator(catalogue, "x-mitre-tactic", str(phase), identity_id) | {
        "name": phase.replace("-", " ").capitalize(),
        "description": catalogue.phases[phase],
        "x_mitre_shortname": str(phase),
    }


def _of_navigator(catalogue: Catalogue, type_name: str, code: str, identity_id: str) -> dict[str, Any]:
    released_at = moment_text(catalogue.released_at)
    return {
        "type": type_name,
        "id": f"{type_name}--{own_name_uuid(f'{type_name} {code}')}",
        "spec_version": "2.1",
        "created_by_ref": identity_id,
        "created": released_at,
        "modified": released_at,
        "external_references": [{"source_name": SOURCE_NAME, "external_id": code}],
    }


def _with_platforms(one: dict[str, Any]) -> dict[str, Any]:
    if one["type"] != "attack-pattern":
        return one
    [context] = one["extensions"].values()
    return {**one, "x_mitre_platforms": context["surfaces"]}
