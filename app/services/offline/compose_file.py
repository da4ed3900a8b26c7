"""Composing a form on one's own machine: the exchange's own code, without an exchange.

Owns reading the file, and the catalogue that it goes by: a release that was fetched, else the founding one. Whose audiences are
named and what an agreement allows is not known here. Kept by ``tests/services/offline/test_compose_file.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.catalogue import Catalogue
from app.domain.errors import MalformedInputError
from app.domain.observation import TOKENS_ONLY, ObservableKind, Token
from app.domain.token_value import TokenKind
from app.services.cataloguing.founding import founding
from app.services.composing.compose_form import compose_form
from app.services.composing.tell import composed_document
from app.services.offline.make_tokens import HeldKey, group_of_key_file, make_tokens, read_key_file
from app.services.read_document import read_document
from app.stix.catalogue_documents import read_catalogue
from app.stix.compose import Writing
from breakwater_client.documents.json_faults import first_fault
from breakwater_client.signing.sign_objects import Signing, sign_value


@dataclass(frozen=True, slots=True)
class Keyed:
    """The current key of a sharing group, with which values that leave as tokens alone are made tokens of, and whose it is."""

    key: HeldKey
    group_id: str | None

    @classmethod
    def of_file(cls, content: bytes) -> Keyed:
        """Read the file (unverified bytes) that ``group keys`` wrote; raises as ``read_key_file``."""
        newest = read_key_file(content)[0]
        return cls(newest, group_of_key_file(content))

    def make_token(self, kind: ObservableKind, value: str) -> Token:
        """Give the token of a value; raises ``MalformedInputError`` where no token is made of it."""
        [made] = make_tokens([self.key], TokenKind(kind), value)
        return Token(made.scheme, made.epoch, made.token)


def compose_file(
    content: bytes, identity_id: str | None, catalogue: Catalogue | None, now: datetime, keyed: Keyed | None = None
) -> dict[str, Any]:
    """Give what a form (unverified bytes) comes to, as the exchange tells it; ``now`` is aware, without a catalogue the founding.

    With a group's key, values of a phone, a device or an e-mail address become tokens of its current epoch, and are in no object.

    Raises:
        MalformedInputError, TooLargeError: it is no strict JSON, or more than 256 KiB of it; or the form is for another group
            than the key is of.
    """
    document = read_document(content)
    named = _group_of(document)
    if keyed is not None and named is not None and named != keyed.group_id:
        raise MalformedInputError("The form is for another group than these keys are of.", pointer="/who_may_know/group_id")
    make_token = None if keyed is None else keyed.make_token
    return composed_document(compose_form(document, Writing(now, catalogue or founding(), identity_id, make_token)))


def plain_values(content: bytes) -> list[str]:
    """Give the places in a form (unverified bytes) of values that leave as tokens alone; raises as ``compose_file``."""
    document = read_document(content)
    listed = document.get("observables") if isinstance(document, dict) else None
    return [f"/observables/{place}" for place, one in enumerate(listed if isinstance(listed, list) else ()) if _is_plain(one)]


def _is_plain(one: Any) -> bool:
    return isinstance(one, dict) and one.get("kind") in TOKENS_ONLY and "value" in one


def _group_of(document: Any) -> Any:
    told = document.get("who_may_know") if isinstance(document, dict) else None
    return told.get("group_id") if isinstance(told, dict) else None


def line_of_fault(content: bytes) -> int | None:
    """Give the line (from 1) of the first fault of a text (unverified bytes) that is no strict JSON; None where none is found."""
    fault = first_fault(content.decode("utf-8", "replace"))
    return None if fault is None else fault.line


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
