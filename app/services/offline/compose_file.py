"""Composing a form on one's own machine: the exchange's own code, without an exchange.

Owns reading the file, and the catalogue that it goes by: a release that was fetched, else the founding one. Whose audiences are
named and what an agreement allows is not known here. Kept by ``tests/services/offline/test_compose_file.py``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.domain.catalogue import Catalogue
from app.domain.errors import MalformedInputError
from app.services.cataloguing.founding import founding
from app.services.composing.compose_form import compose_form
from app.services.composing.tell import composed_document
from app.services.offline.sign_objects import Signing, sign_value
from app.services.read_document import read_document
from app.stix.catalogue_documents import read_catalogue
from app.stix.compose import Writing


def compose_file(content: bytes, identity_id: str | None, catalogue: Catalogue | None, now: datetime) -> dict[str, Any]:
    """Give what a form (unverified bytes) comes to, as the exchange tells it; ``now`` is aware, without a catalogue the founding.

    Raises:
        MalformedInputError, TooLargeError: it is no strict JSON, or more than 256 KiB of it.
    """
    return composed_document(compose_form(read_document(content), Writing(now, catalogue or founding(), identity_id)))


def read_release(content: bytes) -> Catalogue:
    """Give the release of the catalogue in a file (unverified bytes), as ``GET /catalogue`` gives it.

    Raises:
        MalformedInputError: it is none.
    """
    document = read_document(content)
    try:
        return read_catalogue(document)
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise MalformedInputError("This is no release of the catalogue.") from fault


def signed(objects: list[dict[str, Any]], signing: Signing) -> list[dict[str, Any]]:
    """Give objects signed, hub-stable as ``sign`` makes them. Raises ``UntrustedSignatureError`` for those of another creator."""
    return [sign_value(one, signing) for one in objects]
