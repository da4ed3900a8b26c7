"""Reading JSON documents and parameters for flask-smorest: strict JSON, then the payload's fields; each with its own refusal.

Owns the wording of refusals about documents and parameters; sentences and pointers name fields, never values. A name that was
submitted stands in a pointer only if it looks like a field's name. Kept by ``tests/http/test_strict_parser.py`` and
``tests/promises/test_http_bad_input.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn

from flask import Request
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser

from app.domain.errors import MalformedInputError
from app.services.read_document import read_document
from app.web.bodies import raw_body, whole_body

JSON = frozenset({"application/json"})
_SPEAKABLE = re.compile(r"[A-Za-z_]{1,40}", re.ASCII)


class StrictParser(FlaskParser):
    """Webargs' parser with the exchange's own reading of JSON, and its own refusals."""

    DEFAULT_VALIDATION_STATUS = 400

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Give the body's JSON value. Only a schema without fields, or one that says so of itself, takes no body at all."""
        del req  # the parser's request is Flask's
        if (not schema.fields or getattr(schema, "may_be_absent", False)) and not whole_body():
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
