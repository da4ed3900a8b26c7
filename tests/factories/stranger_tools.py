"""Files as tools write them that know nothing of this exchange: the stix2 library, MISP's converter, an exporting platform.

Everything in them is invented; the programs are the real ones, but for the platform, whose export is written here in the manner
of OpenCTI and MITRE ATT&CK. Nothing is signed, and nothing is adapted to the exchange.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import stix2

from tests.factories.misp_conversion import bundle_of_event

_PLATFORM_EXTENSION = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba"
_OBSERVABLE_EXTENSION = "extension-definition--f93e2c80-4231-4f9a-af8b-95c9bd566a82"
_NAMESPACE = uuid.UUID("5f0c7f5e-4b1d-5a49-9d3e-0d8a5b7f2c10")


def bundle_of_stix2() -> str:
    """Give the text of a bundle authored with the stix2 library: domain objects, observables, relationships, a TLP 1 marking."""
    publisher = stix2.Identity(name="Synthetic platform", identity_class="organization", sectors=["technology"])
    mark = {"created_by_ref": publisher.id, "object_marking_refs": [stix2.TLP_GREEN]}
    url = stix2.URL(value="https://rooms.example.org/1")
    domain = stix2.DomainName(value="rooms.example.org", resolves_to_refs=[stix2.IPv4Address(value="192.0.2.7").id])
    indicator = stix2.Indicator(
        name="Repeated short-lived rooms",
        pattern="[url:value LIKE 'https://rooms.example.org/%']",
        pattern_type="stix",
        valid_from="2026-01-05T10:00:00Z",
        indicator_types=["anomalous-activity"],
        confidence=70,
        **mark,
    )
    behaviour = stix2.AttackPattern(name="Restricted-audience live room", external_references=[_reference()], **mark)
    measure = stix2.CourseOfAction(name="Live-stream audience limits", **mark)
    seen = stix2.ObservedData(
        first_observed="2026-01-05T10:00:00Z",
        last_observed="2026-01-05T11:00:00.123456Z",
        number_observed=3,
        object_refs=[url.id, domain.id],
        **mark,
    )
    related = [stix2.Relationship(indicator, "indicates", behaviour, **mark), stix2.Relationship(measure, "mitigates", behaviour)]
    sighting = stix2.Sighting(indicator, observed_data_refs=[seen], where_sighted_refs=[publisher], count=0, **mark)
    note = stix2.Note(content="Zwei Räume, ein Link — 同じリンク", object_refs=[indicator, sighting], lang="de", **mark)
    report = stix2.Report(
        name="One week", published="2026-01-12T00:00:00Z", report_types=["indicator"], object_refs=[indicator, *related], **mark
    )
    objects = [publisher, stix2.TLP_GREEN, url, domain, indicator, behaviour, measure, seen, *related, sighting, note, report]
    return str(stix2.Bundle(objects).serialize(pretty=True))


def folder_of_stix2(folder: Path) -> list[Path]:
    """Write one file for each object with the library's own ``FileSystemSink``, and give them all."""
    folder.mkdir()
    sink = stix2.FileSystemSink(str(folder), bundlify=True)
    for value in stix2.parse(bundle_of_stix2()).objects:
        sink.add(value)
    return sorted(folder.rglob("*.json"))


def _reference() -> dict[str, str]:
    return {"source_name": "synthetic-catalogue", "external_id": "OP-702", "url": "https://catalogue.example.org/OP-702"}


def misp_event(*attachments: str) -> dict[str, Any]:
    """Give an event as MISP has it: attributes of several kinds, one without any STIX type, an object, tags with TLP.

    ``attachments`` are the base64 of files that somebody attached.
    """
    kinds = [
        ("domain", "Network activity", "rooms.example.org"),
        ("url", "Network activity", "https://rooms.example.org/1"),
        ("ip-dst", "Network activity", "192.0.2.7"),
        ("sha256", "Payload delivery", "aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f"),
        ("text", "Other", "what has no type in STIX"),
        ("vulnerability", "External analysis", "CVE-2026-0001"),
    ]
    attributes = [
        {"type": kind, "category": category, "value": value, "to_ids": position < 4, **_misp(f"attribute {position}")}
        for position, (kind, category, value) in enumerate(kinds)
    ]
    attributes += [
        {"type": "attachment", "category": "Payload delivery", "value": "one.txt", "data": data, **_misp(f"file {data}")}
        for data in attachments
    ]
    login = {"type": "text", "object_relation": "username", "value": "room-host-1", "category": "Other", **_misp("login")}
    account = {
        "name": "user-account",
        "meta-category": "misc",
        "description": "an account",
        "template_uuid": str(uuid.uuid5(_NAMESPACE, "template")),
        "template_version": "7",
        "Attribute": [login],
        **_misp("account"),
    }
    publisher = {"name": "Synthetic hotline", "uuid": _misp("organisation")["uuid"]}
    return {
        "Event": {
            "info": "Short-lived rooms",
            "date": "2026-01-05",
            "published": True,
            "publish_timestamp": "1767607300",
            "threat_level_id": "2",
            "analysis": "2",
            "distribution": "1",
            "Org": publisher,
            "Orgc": publisher,
            "Tag": [{"name": "tlp:amber"}, {"name": "synthetic"}],
            "Attribute": attributes,
            "Object": [account],
            **_misp("event"),
        }
    }


def _misp(name: str) -> dict[str, str]:
    number = uuid.UUID(int=uuid.uuid5(_NAMESPACE, name).int, version=4)
    return {"uuid": str(number), "timestamp": "1767607200"}


def bundle_of_misp(*attachments: str) -> str:
    """Give the text of the bundle that misp-stix makes of the event."""
    return bundle_of_event(misp_event(*attachments))


def export_of_a_platform() -> str:
    """Give the text of an export in the manner of other platforms.

    Custom properties beside extensions that nobody defined here, deprecated custom objects, a statement marking, ids of version
    5, objects without ``object_marking_refs``, links between observables and indicators.
    """
    publisher = _exported("identity", name="Synthetic analysis team", identity_class="organization", x_opencti_reliability="B")
    statement = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": _id("marking-definition", "statement"),
        "created": "2017-06-01T00:00:00.000Z",
        "definition_type": "statement",
        "definition": {"statement": "Copyright 2026, Synthetic analysis team."},
        "x_mitre_domains": ["synthetic"],
    }
    marks = {"created_by_ref": publisher["id"], "object_marking_refs": [statement["id"]]}
    tactic = _exported("x-mitre-tactic", name="Isolation", x_mitre_shortname="isolation", x_mitre_version="1.0", **marks)
    technique = _exported(
        "attack-pattern",
        name="Prompting to change service",
        description="A conversation is moved.\n\n(Citation: Synthetic 2026)",
        kill_chain_phases=[{"kill_chain_name": "synthetic-attack", "phase_name": "isolation"}],
        external_references=[_reference()],
        x_mitre_platforms=["Messaging", "Gaming"],
        x_mitre_is_subtechnique=False,
        x_mitre_deprecated=False,
        x_mitre_version="2.1",
        revoked=False,
        **marks,
    )
    collection = _exported(
        "x-mitre-collection",
        name="Synthetic catalogue",
        x_mitre_contents=[{"object_ref": technique["id"], "object_modified": technique["modified"]}],
        **marks,
    )
    url = {
        "type": "url",
        "spec_version": "2.1",
        "id": "url--"
        + str(uuid.uuid5(uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7"), '{"value":"https://rooms.example.org/2"}')),
        "value": "https://rooms.example.org/2",
        "x_opencti_score": 60,
        "extensions": {_OBSERVABLE_EXTENSION: {"extension_type": "property-extension", "labels": ["rooms"], "score": 60}},
    }
    indicator = _exported(
        "indicator",
        name="https://rooms.example.org/2",
        pattern="[url:value = 'https://rooms.example.org/2']",
        pattern_type="stix",
        pattern_version="2.1",
        valid_from="2026-01-05T10:00:00Z",
        valid_until="2027-01-05T10:00:00.000Z",
        x_opencti_score=60,
        x_opencti_detection=False,
        x_opencti_main_observable_type="Url",
        labels=["rooms"],
        **marks,
    )
    based_on = _exported("relationship", relationship_type="based-on", source_ref=indicator["id"], target_ref=url["id"], **marks)
    uses = _exported("relationship", relationship_type="subtechnique-of", source_ref=technique["id"], target_ref=tactic["id"])
    objects = [publisher, statement, tactic, technique, collection, url, indicator, based_on, uses]
    return json.dumps({"type": "bundle", "id": _id("bundle", "export"), "objects": objects}, indent=4)


def _exported(kind: str, **properties: Any) -> dict[str, Any]:
    name = f"{kind} {properties.get('name')}"
    extension = {"extension_type": "property-extension", "id": str(uuid.uuid5(_NAMESPACE, name)), "type": kind.title()}
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{uuid.uuid5(_NAMESPACE, name + json.dumps(properties))}",
        "created": "2026-01-05T10:00:00.000Z",
        "modified": "2026-01-06T08:15:30.123Z",
        **properties,
        "extensions": {_PLATFORM_EXTENSION: extension | {"created_at": "2026-01-05T10:00:00.000Z", "is_inferred": False}},
    }


def _id(kind: str, name: str) -> str:
    return f"{kind}--{_misp(name)['uuid']}"
