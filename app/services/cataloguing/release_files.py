"""Releases of the catalogue in files, on anybody's own machine: read, looked through, and given in their other forms.

Needs no exchange, no database and no network. Which release is in force at an exchange is ``current``'s. Kept by
``tests/services/cataloguing/test_release_files.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.catalogue import Behaviour, Catalogue, Countermeasure, Entry
from app.domain.errors import MalformedInputError, NotFoundError
from app.domain.vocabulary import Harm, Phase, Surface
from app.stix.catalogue_documents import behaviour_document, catalogue_document, countermeasure_document, read_catalogue
from app.stix.catalogue_lint import document_findings
from app.stix.catalogue_objects import bundle_of, catalogue_objects
from app.stix.navigator_layer import navigator_bundle, navigator_layer
from breakwater_client.documents.published import extension_definitions, project_identity, tlp_markings
from breakwater_client.documents.strict_json import parse

_TLP_2_CLEAR = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which entries are asked for; None: any. A countermeasure is of the phases and harms of what it mitigates."""

    phase: Phase | None = None
    surface: Surface | None = None
    harm: Harm | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that may not stand in a release: where in its document, which rule, and what to do."""

    pointer: str
    rule: str
    sentence: str


def read_release(raw: bytes) -> Catalogue:
    """Give the release in a file (unverified bytes); its texts are not asked about.

    Raises:
        MalformedInputError: it is no JSON, or no release of a catalogue.
    """
    document = _document(raw)
    try:
        return read_catalogue(document)
    except (KeyError, TypeError, ValueError, AttributeError):
        sentence = "This is no release of the catalogue (schemas/catalogue.json); breakwater catalogue lint says where."
        raise MalformedInputError(sentence) from None


def lint_release(raw: bytes) -> list[Problem]:
    """Give all that may not stand in the release in a file (unverified bytes); an empty list if it may be published.

    Raises:
        MalformedInputError: it is no JSON object.
    """
    return [Problem(one.pointer, str(one.rule), one.sentence) for one in document_findings(_document(raw))]


def entries(catalogue: Catalogue, narrowing: Narrowing) -> tuple[list[Behaviour], list[Countermeasure]]:
    """Give the entries in force that are asked for, in the order of their codes."""
    behaviours = [one for one in catalogue.behaviours if one.retired_in is None and _is_asked_for(one, narrowing)]
    of_any_surface = Narrowing(narrowing.phase, None, narrowing.harm)
    mitigated = {one.code for one in catalogue.behaviours if _is_asked_for(one, of_any_surface)}
    return behaviours, [
        one
        for one in catalogue.countermeasures
        if one.retired_in is None
        and narrowing.surface in (None, *one.surfaces)
        and (of_any_surface == Narrowing() or one.mitigates & mitigated)
    ]


def entry(catalogue: Catalogue, code: str) -> Entry:
    """Give the entry with a code, a retired one too.

    Raises:
        NotFoundError: this release has none.
    """
    found = catalogue.behaviours_by_code.get(code) or catalogue.countermeasures_by_code.get(code)
    if found is None:
        raise NotFoundError
    return found


def entry_document(one: Entry) -> dict[str, Any]:
    """Give an entry as JSON, as it stands in a release's document."""
    return behaviour_document(one) if isinstance(one, Behaviour) else countermeasure_document(one)


def release_document(catalogue: Catalogue) -> dict[str, Any]:
    """Give a release as JSON."""
    return catalogue_document(catalogue)


def stix_bundle(catalogue: Catalogue) -> dict[str, Any]:
    """Give a release as an unsigned STIX bundle that stands alone: with its author, the marking and the extensions it uses."""
    author = project_identity()
    [clear] = [one for one in tlp_markings() if one["id"] == _TLP_2_CLEAR]
    objects = catalogue_objects(catalogue, author["id"])
    used = {extension_id for one in objects for extension_id in one.get("extensions", {})}
    definitions = [one for one in extension_definitions() if one["id"] in used]
    return bundle_of([author, clear, *definitions, *objects])


def navigator_data(catalogue: Catalogue) -> dict[str, Any]:
    """Give a release as the data set that the ATT&CK Navigator draws a layer over."""
    return navigator_bundle(catalogue, project_identity()["id"])


def layer(catalogue: Catalogue, scores: Mapping[str, float], bundle_url: str | None) -> dict[str, Any]:
    """Give a release as an ATT&CK Navigator layer.

    Raises:
        MalformedInputError: scores that are none, or of no behaviour in force.
    """
    try:
        return navigator_layer(catalogue, scores, bundle_url)
    except ValueError as refused:
        raise MalformedInputError(str(refused)) from None


def _document(raw: bytes) -> dict[str, Any]:
    document = parse(raw)
    if not isinstance(document, dict):
        sentence = "A release of the catalogue is a JSON object."
        raise MalformedInputError(sentence, pointer="")
    return document


def _is_asked_for(one: Behaviour, narrowing: Narrowing) -> bool:
    return (
        narrowing.phase in (None, one.phase)
        and narrowing.surface in (None, *one.surfaces)
        and narrowing.harm in (None, *one.harms)
    )
