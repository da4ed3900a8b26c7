from __future__ import annotations

import pytest

from app.domain.errors import Code, MalformedInputError, TooLargeError
from app.services.read_document import MAX_DOCUMENT_BYTES, read_document


def test_a_small_document_is_its_value() -> None:
    assert read_document(b'{"name": "Platform A", "roles": ["any"]}') == {"name": "Platform A", "roles": ["any"]}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", Code.JSON_SYNTAX),
        (b"{'a': 1}", Code.JSON_SYNTAX),
        (b'{"a": 1, "a": 2}', Code.JSON_DUPLICATE_KEY),
        (b'{"a": "\\u0000"}', Code.JSON_STRING_FORBIDDEN),
        (b'{"a": "\\ud800"}', Code.JSON_STRING_FORBIDDEN),
        (b'{"a": ' + b"9" * 5_000 + b"}", Code.JSON_NUMBER_OUT_OF_RANGE),
        (b"[" * 5_000 + b"]" * 5_000, Code.JSON_TOO_DEEP),
        (b'{"a": "\xff"}', Code.JSON_ENCODING),
    ],
)
def test_what_is_no_strict_json_is_refused(body: bytes, code: Code) -> None:
    with pytest.raises(MalformedInputError) as refusal:
        read_document(body)
    assert refusal.value.code is code


def test_the_limit_is_the_last_size_that_is_read() -> None:
    text = b'"' + b"x" * 100 + b'"'
    assert read_document(text.ljust(MAX_DOCUMENT_BYTES)) == "x" * 100
    with pytest.raises(TooLargeError):
        read_document(text.ljust(MAX_DOCUMENT_BYTES + 1))
