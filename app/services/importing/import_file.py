"""One file of a neighbour's kind, through forms, to unsigned objects.

Owns which reader reads which kind of file. Kept by ``tests/services/importing/test_import_file.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique
from typing import Any, BinaryIO

from app.domain.catalogue import Catalogue
from app.domain.errors import MalformedInputError
from app.domain.vocabulary import Tlp
from app.services.cataloguing.founding import founding
from app.services.importing.fill_forms import Filling, Made, fill_forms
from app.services.importing.from_csv import read_csv
from app.services.importing.from_misp import read_misp
from app.services.importing.from_signals import read_signals
from app.services.importing.rows import Left, Row
from app.services.offline.make_tokens import HeldKey
from app.services.read_document import MAX_BODY_BYTES, read_document
from app.stix.compose import Writing
from breakwater_client.documents.strict_json import parse


@unique
class ImportKind(StrEnum):
    """What kind of file is imported."""

    CSV = "csv"
    MISP = "misp"
    THREATEXCHANGE = "threatexchange"


@dataclass(frozen=True, slots=True)
class Import:
    """How a file is imported: the form (strict JSON, unverified) that every row shares, keys for tokens, who is the creator."""

    form: dict[str, Any] = field(repr=False)
    now: datetime
    keys: Sequence[HeldKey] = ()
    identity_id: str | None = None
    catalogue: Catalogue | None = None


def import_file(kind: ImportKind, file: BinaryIO, how: Import) -> Iterator[Made | Left]:
    """Give the objects that a file (unverified) comes to, form by form, and what was left out of it.

    Raises:
        MalformedInputError, TooLargeError: the file cannot be read to its end, or the form is refused as a whole.
    """
    writing = Writing(how.now, how.catalogue or founding(), how.identity_id)
    yield from fill_forms(_rows(kind, file, how.form), Filling(how.form, writing, how.keys))


def read_form(content: bytes) -> dict[str, Any]:
    """Give the form in a file (unverified bytes); what it says is judged when it is composed.

    Raises:
        MalformedInputError, TooLargeError: it is no JSON object, or more than 256 KiB of it.
    """
    form = read_document(content)
    if not isinstance(form, dict):
        raise MalformedInputError("A form is a JSON object.")
    return form


def _rows(kind: ImportKind, file: BinaryIO, form: dict[str, Any]) -> Iterator[Row]:
    if kind is ImportKind.CSV:
        return read_csv(file)
    if kind is ImportKind.THREATEXCHANGE:
        return read_signals(file)
    return read_misp(parse(file.read(MAX_BODY_BYTES + 1)), _tlp(form))


def _tlp(form: dict[str, Any]) -> Tlp:
    """Give the form's label; the composer's own where it says none (or no label: composing will refuse that)."""
    who = form.get("who_may_know")
    said = who.get("tlp") if isinstance(who, dict) else None
    return Tlp(said) if said in set(Tlp) else Tlp.AMBER_STRICT
