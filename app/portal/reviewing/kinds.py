"""What is in a draft, in words: kinds of thing and how many, and never a value.

Kept by ``tests/portal/reviewing/test_kinds.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.portal.words import gettext, ngettext

_TOLD: Mapping[str, tuple[str, str]] = {
    "attack-pattern": ("pattern of behaviour", "patterns of behaviour"),
    "course-of-action": ("countermeasure", "countermeasures"),
    "domain-name": ("domain", "domains"),
    "email-addr": ("mail address", "mail addresses"),
    "file": ("file, by its hashes", "files, by their hashes"),
    "incident": ("case", "cases"),
    "indicator": ("indicator", "indicators"),
    "ipv4-addr": ("network address", "network addresses"),
    "ipv6-addr": ("network address (IPv6)", "network addresses (IPv6)"),
    "note": ("note", "notes"),
    "observed-data": ("sighting of something", "sightings of something"),
    "opinion": ("opinion", "opinions"),
    "sighting": ("sighting", "sightings"),
    "url": ("web address", "web addresses"),
    "user-account": ("account", "accounts"),
}
_UNTOLD = frozenset({"extension-definition", "grouping", "identity", "marking-definition", "relationship"})
"""What holds the others together, and is nothing of its own to whoever reads."""


def in_words(kinds: Mapping[str, int]) -> list[str]:
    """Give what is in a draft, as "2 accounts"; what has no words here is counted together, at the end."""
    told = [f"{count} {ngettext(*_TOLD[kind], count)}" for kind, count in kinds.items() if kind in _TOLD]
    others = sum(count for kind, count in kinds.items() if kind not in _TOLD and kind not in _UNTOLD)
    if others:
        told.append(f"{others} {ngettext('other thing', 'other things', others)}")
    return told or [gettext("nothing yet")]
