"""The synthetic STIX objects of the demo: plain JSON of the profile ``ocsea``, unsigned.

Owns their wording: neutral, about behaviour and surfaces, never about content. Names and addresses are reserved for examples.
Kept by ``tests/cli/test_demo_objects.py``, which holds each against the exchange's own check.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.vocabulary import Harm, Phase, Purpose, Sensitivity, Surface, Tlp
from breakwater_client.extensions import HANDLING, OCSEA_CONTEXT

TLP_GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
_OBSERVABLE_IDS = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")  # the namespace of STIX 2.1 §2.9
_READING_PURPOSES = (Purpose.DETECTION, Purpose.INVESTIGATION, Purpose.VICTIM_PROTECTION)


def instant(moment: datetime) -> str:
    """Give a time as the objects here spell it: UTC with milliseconds, which other tools keep."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, and when: the identity that signs, an aware UTC time, and the markings put on what is written."""

    identity_id: str
    now: datetime
    markings: tuple[str, ...] = field(default=())

    def marked(self, *markings: str) -> Author:
        """Give the same author with other markings."""
        return Author(self.identity_id, self.now, markings)


def _domain_object(author: Author, kind: str, members: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{uuid.uuid4()}",
        "created_by_ref": author.identity_id,
        "created": instant(author.now),
    }
    if kind != "marking-definition":
        made["modified"] = instant(author.now)
    return made | _marked(author, members)


def _marked(author: Author, members: Mapping[str, Any]) -> dict[str, Any]:
    return {**members, **({"object_marking_refs": list(author.markings)} if author.markings else {})}


def _context(sensitivity: Sensitivity, **members: Any) -> dict[str, Any]:
    context = {
        "extension_type": "property-extension",
        "harm_types": [Harm.LIVE_STREAMED_CSA.value],
        "surfaces": [Surface.LIVE_STREAM.value],
        "sensitivity": sensitivity.value,
        "review": "human-reviewed",
        **members,
    }
    return {OCSEA_CONTEXT: context}


def handling_marking(
    author: Author, audience_id: str, tlp: Tlp = Tlp.AMBER, release_at: datetime | None = None
) -> dict[str, Any]:
    """Give a marking that says whom its publisher wants to reach, by an opaque id, and until when nobody is reached."""
    handling: dict[str, Any] = {
        "extension_type": "property-extension",
        "tlp": tlp.value,
        "audience_id": audience_id,
        "purposes": [purpose.value for purpose in _READING_PURPOSES],
        "permitted_uses": ["detect", "le-investigation", "human-review-only", "no-automated-enforcement"],
        "onward_share": "none",
    }
    if release_at is not None:
        handling["release_at"] = instant(release_at)
    return _domain_object(author.marked(), "marking-definition", {"extensions": {HANDLING: handling}})


def indicator(author: Author, name: str, domain: str) -> dict[str, Any]:
    """Give an indicator over a domain name: behavioural, it points at nobody."""
    members = {
        "name": name,
        "description": "Seen by a rule over room lifetimes and link reuse; reviewed by two analysts. Ünïcode survives: 見本.",
        "indicator_types": ["anomalous-activity"],
        "pattern": f"[domain-name:value = '{domain}']",
        "pattern_type": "stix",
        "valid_from": instant(author.now),
        "confidence": 70,
        "kill_chain_phases": [{"kill_chain_name": "ocsea-disruption", "phase_name": Phase.LIVE_ABUSE_FACILITATION.value}],
        "extensions": _context(Sensitivity.BEHAVIOURAL),
        "x_example_rule_version": 3,
    }
    return _domain_object(author, "indicator", members)


def reported_account(author: Author, user_id: str) -> dict[str, Any]:
    """Give a reported account: identifying, so it goes to law enforcement and to partners that its publisher names."""
    contributing = {"account_type": "example-messenger", "user_id": user_id}
    text = json.dumps(contributing, sort_keys=True, separators=(",", ":"))
    members = {
        **contributing,
        "extensions": _context(Sensitivity.IDENTIFYING, subject_status="unknown", provenance="user-report"),
    }
    made = {"type": "user-account", "spec_version": "2.1", "id": f"user-account--{uuid.uuid5(_OBSERVABLE_IDS, text)}"}
    return made | _marked(author, members)


def domain(author: Author, value: str) -> dict[str, Any]:
    """Give a domain name as an observable, whose id its value gives: what was seen there, and nobody."""
    members = {"value": value, "extensions": _context(Sensitivity.BEHAVIOURAL)}
    text = json.dumps({"value": value}, separators=(",", ":"))
    made = {"type": "domain-name", "spec_version": "2.1", "id": f"domain-name--{uuid.uuid5(_OBSERVABLE_IDS, text)}"}
    return made | _marked(author, members)


def behaviour(author: Author, name: str) -> dict[str, Any]:
    """Give a behaviour as an aggregate: no person, no account, only what happens how often."""
    members = {
        "name": name,
        "description": "Seen on several services within one quarter. Countermeasure: eligibility limits for live rooms.",
        "kill_chain_phases": [{"kill_chain_name": "ocsea-disruption", "phase_name": Phase.LIVE_ABUSE_FACILITATION.value}],
        "extensions": _context(Sensitivity.AGGREGATE),
    }
    return _domain_object(author, "attack-pattern", members)


def with_embedded_image(author: Author) -> dict[str, Any]:
    """Give an indicator with the beginning of an image file in its text, which is what must never come in. It shows nothing."""
    magic = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(48)).decode()
    return indicator(author, "Text that embeds a file", "media.example.org") | {"description": f"data:image/png;base64,{magic}"}
