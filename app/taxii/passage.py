"""What a TAXII request passes after the gate, in this order: collection, right, Accept, size, media type, parameters.

Owns the order, which is the same for all resources: nobody learns by a later refusal of what an earlier one hides, and nobody
without the right has a body read. Kept by ``tests/taxii/test_passage.py``.
"""

from __future__ import annotations

from flask import request

from app.domain.collection import Collection
from app.domain.errors import NotAcceptableError, TooLargeError, UnsupportedMediaTypeError
from app.domain.vocabulary import Channel
from app.services.read_document import MAX_BODY_BYTES
from app.services.reading.list_collections import find_collection, require_reading, require_writing
from app.services.reading.readers import Reader, reader
from app.taxii.media_types import TAXII, is_acceptable, is_taxii
from app.web.bodies import whole_body
from app.web.context import exchange, is_head, principal
from app.web.gate import check_query
from app.web.purpose import stated_purpose


def ask() -> None:
    """Let a request pass that is about no collection."""
    _check_accept()
    check_query()


def ask_of(name: str) -> Collection:
    """Give the collection that a request asks about, by id or alias."""
    collection = find_collection(exchange(), principal(), stated_purpose(), name)
    ask()
    return collection


def read_from(name: str) -> tuple[Collection, Reader | None]:
    """Give the collection that a request reads from, and the reader that the request makes of its caller.

    None of the catalogue, which is public: it is the same whoever reads it, and for what.
    """
    collection = find_collection(exchange(), principal(), stated_purpose(), name)
    require_reading(principal(), stated_purpose(), collection)
    ask()
    if collection.is_catalogue:
        return collection, None
    return collection, reader(principal(), stated_purpose(), Channel.TAXII, is_head=is_head())


def write_to(name: str) -> tuple[Collection, bytes]:
    """Give the collection that a request posts to, and the body as it came (unverified bytes).

    Raises:
        TooLargeError, RequestEntityTooLarge: the body is longer than ``max_content_length`` of the API root says.
        UnsupportedMediaTypeError: it is not TAXII 2.1, or encoded: nothing is unpacked here.
    """
    collection = find_collection(exchange(), principal(), stated_purpose(), name)
    require_writing(principal(), collection)
    _check_accept()
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise TooLargeError(f"The body has more than {MAX_BODY_BYTES} bytes; send it in parts.")
    encoding = request.headers.get("Content-Encoding", "identity")
    if not is_taxii(request.headers.get("Content-Type")) or encoding.strip().lower() != "identity":
        raise UnsupportedMediaTypeError(f"This route reads {TAXII}, without content encoding.")
    check_query()
    return collection, whole_body()


def take_back_from(name: str) -> tuple[Collection, Reader]:
    """Give the collection from which a request takes something back, and its reader: both rights are needed (TAXII 2.1 §5.7)."""
    collection = find_collection(exchange(), principal(), stated_purpose(), name)
    require_writing(principal(), collection)
    require_reading(principal(), stated_purpose(), collection)
    ask()
    return collection, reader(principal(), stated_purpose(), Channel.TAXII)


def _check_accept() -> None:
    # Several Accept headers are one list (RFC 9110 §5.3); the server in front of us has joined them.
    if not is_acceptable(request.headers.get("Accept")):
        raise NotAcceptableError(f"Everything here is answered as {TAXII}, which the Accept header leaves out.")
