"""The schemas and STIX objects that the exchange publishes, as they lie in ``schemas/``.

Owns finding and loading them: the one place that knows where the folder is (the root of a checkout; inside the package when
installed, see ``force-include`` in ``sdk/pyproject.toml``). Checks nothing against them. Kept by
``tests/client/documents/test_published.py``.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from breakwater_client import extensions

EXTENSION_NAMES = {
    extensions.OCSEA_CONTEXT: "ocsea-context",
    extensions.HANDLING: "handling",
    extensions.SIGNATURE: "signature",
    extensions.DISPOSITION: "disposition",
    extensions.DISPUTE: "dispute",
    extensions.FEEDBACK_MARK: "feedback-mark",
    extensions.COUNTERMEASURE_PROFILE: "countermeasure-profile",
    extensions.PERCEPTUAL_HASH: "perceptual-hash",
    extensions.LIVE_ROOM: "live-room",
    extensions.PAYMENT_HANDLE: "payment-handle",
    extensions.BLINDED_IDENTIFIER: "blinded-identifier",
    extensions.ACCESS_OFFER: "access-offer",
    extensions.INFORMATION_REQUEST: "information-request",
    extensions.PRESERVATION_REQUEST: "preservation-request",
    extensions.DECONFLICTION_NOTICE: "deconfliction-notice",
    extensions.RECALL_NOTICE: "recall-notice",
    extensions.RECALL_ACKNOWLEDGEMENT: "recall-acknowledgement",
}
"""Extension-definition id -> the extension's name: its folder's name too, and the type's that it defines, if it does."""

_FIRST = "1.0.0"
_LATER_VERSIONS = {
    extensions.OCSEA_CONTEXT: ("1.1.0", "1.2.0"),
    extensions.DISPOSITION: ("1.1.0",),
    extensions.COUNTERMEASURE_PROFILE: ("1.1.0",),
}


def extension_versions(extension_id: str) -> tuple[str, ...]:
    """Give the published versions of one of our extensions, the newest last: it takes all that the earlier ones take."""
    return (_FIRST, *_LATER_VERSIONS.get(extension_id, ()))


@cache
def folder() -> Path:
    """Give the folder that holds what is published."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "published_schemas"
    return installed if installed.is_dir() else package.parent.parent / "schemas"


def extension_schema(extension_id: str, version: str | None = None) -> dict[str, Any]:
    """Give a fresh copy of the JSON Schema (2020-12, closed) of one of our extensions, by its definition's id.

    It describes the extension's payload, or the whole object where the extension defines a type. Without a version, the newest:
    the one that is checked.
    """
    return _load(f"extensions/{EXTENSION_NAMES[extension_id]}/{version or extension_versions(extension_id)[-1]}.json")


def extension_definitions() -> tuple[dict[str, Any], ...]:
    """Give fresh copies of our ``extension-definition`` objects (STIX 2.1 §7.3), each in its newest version."""
    return tuple(_load(f"extensions/{name}/{name}.extension-definition.json") for name in EXTENSION_NAMES.values())


def earlier_extension_definitions() -> tuple[dict[str, Any], ...]:
    """Give fresh copies of the earlier versions of those objects: they stay what they were."""
    return tuple(
        _load(f"extensions/{name}/{name}.extension-definition.{version}.json")
        for extension_id, name in EXTENSION_NAMES.items()
        for version in extension_versions(extension_id)[:-1]
    )


def project_identity() -> dict[str, Any]:
    """Give a fresh copy of the identity object of the project, which our extension definitions name as their creator."""
    return _load("project.identity.json")


def tlp_markings() -> tuple[dict[str, Any], ...]:
    """Give fresh copies of the marking-definitions of OASIS: TLP 1 (STIX 2.1 §7.2.1.4) and TLP 2.0."""
    return tuple(_load(f"markings/{path.name}") for path in sorted((folder() / "markings").glob("*.json")))


def observation_schema() -> dict[str, Any]:
    """Give a fresh copy of the JSON Schema (2020-12, closed) of observations as people enter them."""
    return _load("observation.json")


def founding_catalogue() -> dict[str, Any]:
    """Give a fresh copy of the first release of the catalogue, with which every exchange begins."""
    return _load("catalogue/1.json")


def statutory_clocks() -> dict[str, Any]:
    """Give a fresh copy of the clocks that laws set for requests between partners."""
    return _load("clocks.json")


def catalogue_schema() -> dict[str, Any]:
    """Give a fresh copy of the JSON Schema (2020-12, closed) of a release of the catalogue."""
    return _load("catalogue.json")


def _load(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_text(name))
    return document


@cache
def _text(name: str) -> str:
    return (folder() / name).read_text(encoding="utf-8")
