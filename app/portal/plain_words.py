"""Plain words that several parts of the portal use: for what somebody reads, and what kind of thing an id names.

Kept by ``tests/portal/test_plain_words.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.vocabulary import Purpose

PURPOSES: Mapping[Purpose, str] = {
    Purpose.DETECTION: "Finding abuse on our own service",
    Purpose.INVESTIGATION: "Investigating a case",
    Purpose.VICTIM_PROTECTION: "Protecting a child",
    Purpose.SAFETY_DESIGN: "Making a service safer by design",
    Purpose.RESEARCH_AGGREGATE: "Research, on counts alone",
    Purpose.AUDIT: "Checking what was shared and why",
}
"""In the order in which they are offered."""
TYPES: Mapping[str, str] = {
    "access-offer": "Offer of access",
    "attack-pattern": "Behaviour",
    "blinded-identifier": "Blinded identifier",
    "campaign": "Campaign",
    "course-of-action": "Countermeasure",
    "deconfliction-notice": "Notice before acting",
    "domain-name": "Domain name",
    "email-addr": "Mail address",
    "email-message": "Mail",
    "file": "File, by its hash",
    "grouping": "Collection",
    "identity": "Organisation or person",
    "incident": "Incident",
    "indicator": "Indicator",
    "information-request": "Request for information",
    "infrastructure": "Infrastructure",
    "intrusion-set": "Group of activities",
    "ipv4-addr": "IP address",
    "ipv6-addr": "IP address",
    "live-room": "Live room",
    "location": "Place",
    "mac-addr": "Address of a device",
    "marking-definition": "Handling",
    "note": "Note",
    "observed-data": "Observation",
    "opinion": "Opinion",
    "payment-handle": "Payment handle",
    "perceptual-hash": "Perceptual hash",
    "preservation-request": "Request to preserve",
    "recall-acknowledgement": "Answer to a recall",
    "recall-notice": "Recall",
    "relationship": "Connection",
    "report": "Report",
    "sighting": "Sighting",
    "threat-actor": "Reported actor",
    "url": "Web address",
    "user-account": "Account",
}
"""Types of objects; ``type_words`` gives those of any."""


def type_words(stix_id: str) -> str:
    """Give what kind of thing an id (it may be anything) names, in words; of a type without words its own name."""
    name = stix_id.partition("--")[0]
    return TYPES.get(name, name.replace("-", " ").capitalize())
