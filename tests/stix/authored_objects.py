"""STIX objects for tests, one of each type of STIX 2.1, authored with the stix2 library as a partner would."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import stix2

from app.domain.stix_object import ParsedObject, VerifiedObject
from app.domain.vocabulary import Assurance
from breakwater_client.extensions import HANDLING, OCSEA_CONTEXT
from tests.stix.authored_observables import observables

PUBLISHER = "identity--6f3b7f0e-9a55-4c0a-8a6f-0b9f4b7f4d11"
TLP_AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
AUDIENCE = "audience--2a6a3c70-55cf-4d6b-8c43-9b8f1d2e7a34"
FOREIGN_EXTENSION = "extension-definition--9b2b6c3e-2a44-4f0c-8d11-6a3f5b7c9d01"
A_UUID = "5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"
CREATED = "2026-11-02T09:30:00.000Z"
TEXT = "Wiederholt neue Konten; 新しいアカウントが繰り返される; повторные учётные записи; عرض مباشر قصير 🛟"


SCREENED_OUT = frozenset({"artifact"})
"""Types that no object may have here, whatever it says: they are for carrying content."""


def context(**more: Any) -> dict[str, Any]:
    """Give the payload of an ocsea-context extension."""
    base = {"extension_type": "property-extension", "harm_types": ["live-streamed-csa"], "sensitivity": "behavioural"}
    return {**base, **more}


def _common() -> dict[str, Any]:
    return {
        "created": CREATED,
        "modified": CREATED,
        "created_by_ref": PUBLISHER,
        "labels": ["übung"],
        "confidence": 70,
        "lang": "de",
        "external_references": [{"source_name": "case-system", "external_id": "case-0117"}],
        "object_marking_refs": [TLP_AMBER],
        "x_review_queue": {"stage": 2, "notes": [TEXT]},
        "allow_custom": True,
    }


def _observable() -> dict[str, Any]:
    return {"object_marking_refs": [TLP_AMBER], "extensions": {OCSEA_CONTEXT: context()}, "allow_custom": True, "x_seen_on": "a"}


def authored_objects() -> dict[str, dict[str, Any]]:
    """Give type -> object as plain JSON, fresh on each call; all carry unknown properties and text beyond ASCII."""
    result: dict[str, dict[str, Any]] = json.loads(_authored_text())
    return result


@cache
def _authored_text() -> str:
    extended = {
        OCSEA_CONTEXT: context(surfaces=["live-stream"], behaviours=["OP-023"]),
        FOREIGN_EXTENSION: {"extension_type": "property-extension", "stage": 1},
    }
    phases = [
        stix2.KillChainPhase(kill_chain_name="ocsea-disruption", phase_name="evasion-and-return"),
        stix2.KillChainPhase(kill_chain_name="of-our-own", phase_name="anything"),
    ]
    indicator = stix2.Indicator(
        name=TEXT,
        description=TEXT,
        indicator_types=["anomalous-activity"],
        pattern="[url:value = 'https://live.example.org/räume' OR domain-name:value = 'live.example.org']",
        pattern_type="stix",
        valid_from=CREATED,
        valid_until="2027-05-02T09:30:00Z",
        kill_chain_phases=phases,
        extensions=extended,
        **_common(),
    )
    behaviour = stix2.AttackPattern(name=TEXT, kill_chain_phases=phases, extensions=extended, **_common())
    measure = stix2.CourseOfAction(name=TEXT, description=TEXT, **_common())
    account = stix2.UserAccount(
        user_id="reported-0117",
        display_name=TEXT,
        account_type="example",
        account_created="2026-10-01T00:00:00Z",
        **_observable(),
    )
    address = stix2.EmailAddress(value="reported@example.org", display_name=TEXT, belongs_to_ref=account.id, **_observable())
    server = stix2.IPv4Address(value="192.0.2.17", **_observable())
    authored = [
        indicator,
        behaviour,
        measure,
        account,
        address,
        server,
        stix2.Campaign(
            name=TEXT, first_seen="2026-10-01T00:00:00Z", last_seen="2026-10-05T12:30:00.5Z", extensions=extended, **_common()
        ),
        stix2.Identity(
            id=PUBLISHER, name="Beispiel-Plattform", identity_class="organization", sectors=["technology"], **_common()
        ),
        stix2.URL(value="https://live.example.org/a?b=c", **_observable()),
        stix2.DomainName(value="bücher.example", resolves_to_refs=[server.id], **_observable()),
        stix2.Relationship(
            relationship_type="mitigates", source_ref=measure.id, target_ref=behaviour.id, start_time=CREATED, **_common()
        ),
        stix2.Sighting(
            sighting_of_ref=indicator.id,
            where_sighted_refs=[PUBLISHER],
            count=0,
            first_seen=CREATED,
            last_seen="2026-11-03T00:00:00.123456Z",
            **_common(),
        ),
        stix2.Note(content=TEXT, abstract="Hinweis", authors=["Team"], object_refs=[indicator.id, behaviour.id], **_common()),
        stix2.Opinion(opinion="agree", explanation=TEXT, object_refs=[indicator.id], **_common()),
        stix2.Report(name=TEXT, published=CREATED, report_types=["campaign"], object_refs=[indicator.id], **_common()),
        stix2.Grouping(name=TEXT, context="suspicious-activity", object_refs=[indicator.id, behaviour.id], **_common()),
        *_more_domain_objects(extended),
        *observables(_observable()),
        _marking(),
        _definition(),
    ]
    return json.dumps({each.type: json.loads(each.serialize()) for each in authored})


def _more_domain_objects(extended: dict[str, Any]) -> list[Any]:
    software, file = f"software--{A_UUID}", f"file--{A_UUID}"
    seen = {"first_seen": "2026-10-01T00:00:00Z", "last_seen": "2026-10-05T12:30:00.5Z"}
    phases = [stix2.KillChainPhase(kill_chain_name="of-our-own", phase_name="anything")]
    return [
        stix2.Incident(name=TEXT, description=TEXT, extensions=extended, **_common()),
        stix2.Infrastructure(
            name=TEXT,
            infrastructure_types=["hosting-target-lists"],
            aliases=["Übung"],
            kill_chain_phases=phases,
            extensions=extended,
            **seen,
            **_common(),
        ),
        stix2.IntrusionSet(
            name=TEXT,
            aliases=["Übung"],
            goals=["Übung"],
            resource_level="organization",
            primary_motivation="personal-gain",
            secondary_motivations=["notoriety"],
            extensions=extended,
            **seen,
            **_common(),
        ),
        stix2.Location(name=TEXT, region="northern-europe", latitude=52.5, longitude=13.25, precision=1000.0, **_common()),
        stix2.Malware(
            name=TEXT,
            is_family=True,
            malware_types=["remote-access-trojan"],
            aliases=["Übung"],
            kill_chain_phases=phases,
            operating_system_refs=[software],
            architecture_execution_envs=["x86-64"],
            implementation_languages=["python"],
            capabilities=["evades-av"],
            sample_refs=[file],
            **seen,
            **_common(),
        ),
        stix2.MalwareAnalysis(
            product="beispiel",
            version="1.0",
            host_vm_ref=software,
            operating_system_ref=software,
            installed_software_refs=[software],
            modules=["Übung"],
            submitted=CREATED,
            analysis_started=CREATED,
            analysis_ended=CREATED,
            result="benign",
            analysis_sco_refs=[file],
            sample_ref=file,
            **_common(),
        ),
        stix2.ObservedData(
            first_observed=CREATED,
            last_observed=CREATED,
            number_observed=3,
            object_refs=[file],
            extensions=extended,
            **_common(),
        ),
        stix2.ThreatActor(
            name=TEXT,
            threat_actor_types=["crime-syndicate"],
            aliases=["Übung"],
            roles=["director"],
            goals=["Übung"],
            sophistication="minimal",
            resource_level="team",
            primary_motivation="personal-gain",
            personal_motivations=["notoriety"],
            extensions=extended,
            **seen,
            **_common(),
        ),
        stix2.Tool(
            name=TEXT, tool_types=["remote-access"], aliases=["Übung"], kill_chain_phases=phases, tool_version="1", **_common()
        ),
        stix2.Vulnerability(name="CVE-2026-0117", description=TEXT, **_common()),
        stix2.LanguageContent(
            object_ref=f"campaign--{A_UUID}",
            object_modified=CREATED,
            contents={"de": {"name": "Übung"}, "ja": {"name": "配信"}},
            **_common(),
        ),
    ]


def _marking() -> Any:
    handling = {"extension_type": "property-extension", "tlp": "amber", "audience_id": AUDIENCE, "purposes": ["detection"]}
    return stix2.MarkingDefinition(
        name="Für Partner", created=CREATED, created_by_ref=PUBLISHER, extensions={HANDLING: handling}, allow_custom=True, x_a="ä"
    )


def _definition() -> Any:
    return stix2.ExtensionDefinition(
        id=FOREIGN_EXTENSION,
        name="Eigene Erweiterung",
        schema="https://example.org/schema.json",
        version="1.0",
        extension_types=["property-extension"],
        **{name: value for name, value in _common().items() if name not in ("confidence", "lang")},
    )


def verified(value: dict[str, Any], content: bytes | None = None) -> VerifiedObject:
    """Give an object as the step before checking hands it on; its signature is made up."""
    spelled = (
        json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() if content is None else content
    )
    return VerifiedObject(
        ParsedObject("/objects/0", value, spelled), "partner-1", "0f" * 32, bytes(32), Assurance.PUBLISHER_SIGNED
    )
