"""Types of objects: what each is called, and with a number before it.

Kept by ``tests/portal/vocabulary/test_vocabulary.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

COUNTED_TYPES: Mapping[str, tuple[str, str]] = {
    "access-offer": ("offer of access", "offers of access"),
    "attack-pattern": ("behaviour", "behaviours"),
    "blinded-identifier": ("blinded identifier", "blinded identifiers"),
    "campaign": ("campaign", "campaigns"),
    "course-of-action": ("countermeasure", "countermeasures"),
    "deconfliction-notice": ("notice before acting", "notices before acting"),
    "domain-name": ("domain name", "domain names"),
    "email-addr": ("mail address", "mail addresses"),
    "email-message": ("mail", "mails"),
    "file": ("file, by its hash", "files, by their hashes"),
    "grouping": ("collection", "collections"),
    "identity": ("organisation or person", "organisations or persons"),
    "incident": ("case", "cases"),
    "indicator": ("indicator", "indicators"),
    "information-request": ("request for information", "requests for information"),
    "infrastructure": ("infrastructure", "infrastructures"),
    "intrusion-set": ("group of activities", "groups of activities"),
    "ipv4-addr": ("IP address", "IP addresses"),
    "ipv6-addr": ("IP address", "IP addresses"),
    "live-room": ("live room or stream", "live rooms or streams"),
    "location": ("place", "places"),
    "mac-addr": ("address of a device", "addresses of devices"),
    "marking-definition": ("statement of who may know", "statements of who may know"),
    "note": ("note", "notes"),
    "observed-data": ("observation", "observations"),
    "opinion": ("opinion", "opinions"),
    "payment-handle": ("payment handle", "payment handles"),
    "perceptual-hash": ("perceptual hash", "perceptual hashes"),
    "preservation-request": ("request to preserve", "requests to preserve"),
    "recall-acknowledgement": ("answer to a recall", "answers to recalls"),
    "recall-notice": ("recall", "recalls"),
    "relationship": ("connection", "connections"),
    "report": ("report", "reports"),
    "sighting": ("sighting", "sightings"),
    "threat-actor": ("reported actor", "reported actors"),
    "url": ("web address", "web addresses"),
    "user-account": ("account", "accounts"),
}
"""One and several of each type; ``plain_words.type_words`` gives those of any."""
