"""A release of the catalogue as STIX 2.1: behaviours as attack-patterns, countermeasures as courses of action, and mitigations.

Owns ids, versions and the mapping. The objects are unsigned, and the same for the same release, byte by byte; an entry that a
release leaves as it was gives the very objects that it gave before, because its times are those of the releases that brought it
and that last changed it. Kept by ``tests/stix/test_catalogue_objects.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.catalogue import KILL_CHAIN, Behaviour, Catalogue, Countermeasure, Entry
from app.domain.vocabulary import Sensitivity
from app.stix.catalogue_documents import moment_text
from breakwater_client.extensions import COUNTERMEASURE_PROFILE, OCSEA_CONTEXT

SOURCE_NAME = "breakwater-catalogue"
"""What ``source_name`` says where ``external_id`` is a code of the catalogue."""

_NAMES = uuid.UUID("3b1c5a6e-0f0d-4c55-9f0e-6a1d7f2b8c94")  # the project's namespace: the UUID of its identity
_TLP_CLEAR = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"


def own_name_uuid(name: str) -> uuid.UUID:
    """Give the UUID (version 5) of a name in the project's namespace."""
    return uuid.uuid5(_NAMES, name)


def behaviour_id(code: str) -> str:
    """Give the STIX id of the behaviour with a code, in every exchange and release."""
    return f"attack-pattern--{own_name_uuid(code)}"


def countermeasure_id(code: str) -> str:
    """Give the STIX id of the countermeasure with a code, in every exchange and release."""
    return f"course-of-action--{own_name_uuid(code)}"


def mitigation_id(countermeasure: str, behaviour: str) -> str:
    """Give the STIX id of the relationship that says that one mitigates the other, by their codes."""
    return f"relationship--{own_name_uuid(f'{countermeasure} mitigates {behaviour}')}"


def catalogue_objects(catalogue: Catalogue, identity_id: str) -> list[dict[str, Any]]:
    """Give all objects of a release, unsigned: behaviours, then countermeasures, then relationships, each in the order of codes.

    ``identity_id`` is the STIX id of who publishes them. What is retired is there with ``revoked: true``, and so are the
    relationships of what no longer mitigates.
    """
    return [
        *(_attack_pattern(one, identity_id) for one in catalogue.behaviours),
        *(_course_of_action(one, identity_id) for one in catalogue.countermeasures),
        *(
            _mitigation(one, catalogue.behaviours_by_code[code], identity_id)
            for one in catalogue.countermeasures
            for code in sorted(one.mitigates | one.no_longer_mitigates)
        ),
    ]


def bundle_of(objects: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Give the STIX bundle (STIX 2.1 §8) of objects; its id is made of them, so that the same objects have the same id."""
    versions = " ".join(f"{one['id']} {one.get('modified', '')}" for one in objects)
    return {"type": "bundle", "id": f"bundle--{own_name_uuid(versions)}", "objects": list(objects)}


def _attack_pattern(one: Behaviour, identity_id: str) -> dict[str, Any]:
    context = {
        "extension_type": "property-extension",
        "harm_types": sorted(one.harms),
        "surfaces": sorted(one.surfaces),
        "behaviours": [one.code],
        "sensitivity": str(Sensitivity.AGGREGATE),
    }
    return {
        "type": "attack-pattern",
        "id": behaviour_id(one.code),
        **_what_all_have(one, identity_id),
        "name": one.name,
        "description": _description(one, f"How it may be seen: {one.detection}"),
        "kill_chain_phases": [{"kill_chain_name": KILL_CHAIN, "phase_name": str(one.phase)}],
        "external_references": _references(one),
        "extensions": {OCSEA_CONTEXT: context},
    }


def _course_of_action(one: Countermeasure, identity_id: str) -> dict[str, Any]:
    profile = {
        "extension_type": "property-extension",
        "principle": str(one.principle),
        "level": str(one.level),
        "surfaces": sorted(one.surfaces),
        "intent": one.intent,
        "preconditions": list(one.preconditions),
        "rights_impact": one.rights_impact,
        "evidence": str(one.evidence),
        "cost": str(one.cost),
        "residual_risk": one.residual_risk,
    }
    return {
        "type": "course-of-action",
        "id": countermeasure_id(one.code),
        **_what_all_have(one, identity_id),
        "name": one.name,
        "description": _description(one),
        "external_references": _references(one),
        "extensions": {COUNTERMEASURE_PROFILE: {name: said for name, said in profile.items() if said}},
    }


def _mitigation(one: Countermeasure, behaviour: Behaviour, identity_id: str) -> dict[str, Any]:
    """A relationship is as old as the younger of what it joins, and changes with the countermeasure, whose statement it is."""
    created_at = max(one.added_at, behaviour.added_at)
    has_ended = one.retired_in is not None or behaviour.code in one.no_longer_mitigates
    return {
        "type": "relationship",
        "spec_version": "2.1",
        "id": mitigation_id(one.code, behaviour.code),
        "created_by_ref": identity_id,
        "created": moment_text(created_at),
        "modified": moment_text(max(created_at, one.changed_at)),
        **({"revoked": True} if has_ended else {}),
        "object_marking_refs": [_TLP_CLEAR],
        "relationship_type": "mitigates",
        "source_ref": countermeasure_id(one.code),
        "target_ref": behaviour_id(behaviour.code),
    }


def _what_all_have(one: Entry, identity_id: str) -> dict[str, Any]:
    return {
        "spec_version": "2.1",
        "created_by_ref": identity_id,
        "created": moment_text(one.added_at),
        "modified": moment_text(one.changed_at),
        **({"revoked": True} if one.retired_in is not None else {}),
        "object_marking_refs": [_TLP_CLEAR],
    }


def _description(one: Entry, *further: str) -> str:
    retired = () if one.retired_in is None else (_retirement(one),)
    return "\n\n".join((one.definition, *further, *retired))


def _retirement(one: Entry) -> str:
    instead = f" Instead: {', '.join(one.replaced_by)}." if one.replaced_by else ""
    return f"Retired by release {one.retired_in}.{instead}"


def _references(one: Entry) -> list[dict[str, Any]]:
    own = {"source_name": SOURCE_NAME, "external_id": one.code}
    return [own, *(_reference(each.source, each.title, each.url) for each in one.references)]


def _reference(source: str, title: str, url: str | None) -> dict[str, Any]:
    return {"source_name": source, "description": title, **({"url": url} if url is not None else {})}
