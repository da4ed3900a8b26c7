"""Reading a request's body as it came: media type, then size, then to its end.

Owns those refusals; what the bytes mean is for whoever asked for them. Kept by ``tests/web/test_bodies.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from flask import g, request
from werkzeug.exceptions import HTTPException

from app.domain.errors import MalformedInputError, UnsupportedMediaTypeError


def whole_body() -> bytes:
    """Give the body as it came, read once and to its end; empty if there is none.

    Raises:
        MalformedInputError: it breaks off, or its chunks are malformed.
        RequestEntityTooLarge: (Werkzeug's) it is longer than the gate allowed the route; no more than that is read.
    """
    failed: Exception | None = g.get("body_failed")
    if failed is not None:
        raise failed  # a server may give the rest of a broken body as an empty one, if it is asked again
    try:
        return request.get_data()
    except HTTPException as exc:
        g.body_failed = exc
        raise
    except Exception as exc:  # each server has its own errors for malformed chunks; none of them is a mistake of ours
        g.body_failed = MalformedInputError("The body cannot be read to its end.")
        raise g.body_failed from exc


def read_ahead() -> None:
    """Read the body now, so that nothing is waited for later; what is wrong with it is refused by whoever asks for it."""
    with suppress(HTTPException, MalformedInputError):
        whole_body()


def raw_body(accepted: Collection[str]) -> bytes:
    """Give the body as it came, if it says to be of an accepted media type; parameters of the type are not looked at.

    Raises:
        UnsupportedMediaTypeError: another type, none, or a content encoding: nothing is unpacked here.
        MalformedInputError, RequestEntityTooLarge: as ``whole_body``.
    """
    if request.mimetype not in accepted or request.headers.get("Content-Encoding", "identity").lower() != "identity":
        sentence = f"This route reads {' or '.join(sorted(accepted))}, without content encoding."
        raise UnsupportedMediaTypeError(sentence)
    return whole_body()
