"""Reading bodies: media type, then size, then strict JSON, then the payload's fields; each with its own refusal.

Owns the order and the wording of refusals about bodies and parameters; sentences and pointers name fields, never values. A name
that was submitted stands in a pointer only if it looks like a field's name. Kept by ``tests/http/test_bodies.py`` and
``tests/promises/test_http_bad_input.py``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, NoReturn

from flask import Request, request
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from app.domain.errors import MalformedInputError, UnsupportedMediaTypeError
from app.services.read_document import read_document

JSON = frozenset({"application/json"})
SUBMITTED = frozenset({"application/json", "application/stix+json", "application/taxii+json"})
_SPEAKABLE = re.compile(r"[A-Za-z_]{1,40}", re.ASCII)


def whole_body() -> bytes:
    """Give the body as it came, read once and to its end; empty if there is none.

    Raises:
        MalformedInputError: it breaks off, or its chunks are malformed.
        RequestEntityTooLarge: (Werkzeug's) it is longer than the gate allowed the route; no more than that is read.
    """
    try:
        return request.get_data()
    except HTTPException:
        raise
    except Exception as exc:  # each server has its own errors for malformed chunks; none of them is a mistake of ours
        raise MalformedInputError("The body cannot be read to its end.") from exc


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


class StrictParser(FlaskParser):
    """Webargs' parser with the exchange's own reading of JSON, and its own refusals."""

    DEFAULT_VALIDATION_STATUS = 400

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Give the body's JSON value. Only a schema without fields takes no body at all."""
        del req  # the parser's request is Flask's
        if not schema.fields and not whole_body():
            return {}
        return read_document(raw_body(JSON))

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> NoReturn:
        """Refuse what does not fit the schema, naming the first place in reading order."""
        [(location, messages)] = dict(error.messages).items() if isinstance(error.messages, Mapping) else [("", {})]
        path, sentence = _first_message(messages)
        if location == "json":
            raise MalformedInputError(sentence, pointer="".join(f"/{step}" for step in path))
        raise MalformedInputError(f"{'/'.join(path)}: {sentence}")


def _first_message(messages: object) -> tuple[list[str], str]:
    """Give the path to the first message and the message; marshmallow nests them by field name and list position."""
    path: list[str] = []
    speakable = True
    while isinstance(messages, Mapping) and messages:
        step, messages = next(iter(messages.items()))
        # "_schema" is marshmallow's word for the whole; what follows a name that is not to be told is not told either.
        speakable = speakable and step != "_schema" and (isinstance(step, int) or bool(_SPEAKABLE.fullmatch(str(step))))
        path += [str(step)] if speakable else []
    first = messages[0] if isinstance(messages, list) and messages else "Invalid."
    return path, str(first)
