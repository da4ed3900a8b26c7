"""Files of STIX objects, however they hold them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.crypto.canonical import canonical_bytes
from app.domain.errors import BreakwaterError, Code, MalformedInputError
from app.services import read_object_file as module
from app.services.read_object_file import Form, object_line, read_object_file, write_object_file

A, B = {"type": "indicator", "id": "a", "name": "Å\u2028"}, {"type": "url", "id": "b", "value": 1.5}
BUNDLE = {"type": "bundle", "id": "bundle--1", "objects": [A, B]}


def values(raw: bytes) -> list[dict[str, Any]]:
    return [placed.value for placed in read_object_file(raw)]


def places(raw: bytes) -> list[str]:
    return [placed.place for placed in read_object_file(raw)]


@pytest.mark.parametrize(
    ("text", "form", "found"),
    [
        (json.dumps(A), Form.OBJECT, [""]),
        (json.dumps(A, indent=2), Form.OBJECT, [""]),
        (json.dumps(BUNDLE, indent=2), Form.BUNDLE, ["/objects/0", "/objects/1"]),
        (json.dumps({"objects": [A, B]}) + "\n\n", Form.ENVELOPE, ["/objects/0", "/objects/1"]),
        (json.dumps({"type": "bundle", "id": "bundle--1"}), Form.BUNDLE, []),
        (f"{json.dumps(A)}\n{json.dumps(B)}", Form.LINES, ["line 1", "line 2"]),
        (f"\n{json.dumps(A)}\r\n\r\n{json.dumps(B)}\r\n", Form.LINES, ["line 2", "line 4"]),
        (json.dumps(A, ensure_ascii=False) + "\n" + json.dumps(A, ensure_ascii=False), Form.LINES, ["line 1", "line 2"]),
        (json.dumps({"type": "report", "objects": [1]}), Form.OBJECT, [""]),
        ("", Form.LINES, []),
        ("\n", Form.LINES, []),
    ],
)
def test_each_form_is_told_by_its_content(text: str, form: Form, found: list[str]) -> None:
    assert read_object_file(text.encode()).form is form
    assert places(text.encode()) == found


def test_a_file_can_be_gone_through_twice() -> None:
    read = read_object_file(json.dumps(BUNDLE).encode())
    assert [placed.value for placed in read] == [placed.value for placed in read] == [A, B]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[]", Code.REQUEST_INVALID),
        ('{"a": 1, "a": 2}', Code.JSON_DUPLICATE_KEY),
        ('{"objects": {}}', Code.REQUEST_INVALID),
        ('{"objects": [1]}', Code.REQUEST_INVALID),
        ('{"a": 1}\n[2]', Code.REQUEST_INVALID),
        ('{"a": 1}\n{"a": NaN}', Code.JSON_NUMBER_OUT_OF_RANGE),
        ("[" * 100_000 + "\n[", Code.JSON_TOO_DEEP),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, code: Code) -> None:
    with pytest.raises(BreakwaterError) as caught:
        values(text.encode())
    assert caught.value.code is code


def test_a_fault_in_a_line_names_the_line() -> None:
    with pytest.raises(MalformedInputError, match=r"^line 3: "):
        values(b'{"a": 1}\n\n{"a": {"b": 1, "b": 2}}\n')


@pytest.mark.parametrize("document", [BUNDLE, {"objects": [A, B]}, A, {**BUNDLE, "objects": []}])
def test_a_file_is_written_in_its_form_again(document: dict[str, Any]) -> None:
    read = read_object_file(json.dumps(document).encode())
    written = b"".join(write_object_file(read.form, read.members, (placed.value for placed in read)))
    assert json.loads(written) == document


def test_ndjson_is_written_as_ndjson() -> None:
    assert b"".join(write_object_file(Form.LINES, {}, [A, B])) == canonical_bytes(A) + b"\n" + canonical_bytes(B) + b"\n"


def test_a_line_is_the_canonical_form() -> None:
    assert object_line({"b": 1.0, "a": "Å"}) == '{"a":"Å","b":1}'.encode()


@pytest.fixture
def _everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat files as those beyond 16 MiB are treated."""
    monkeypatch.setattr(module, "MAX_BODY_BYTES", 0)


@pytest.mark.usefixtures("_everything_is_large")
@pytest.mark.parametrize(
    "document", [BUNDLE, {"objects": [A, B]}, {"objects": [], "type": "bundle"}, {"id": "x", "objects": [A]}]
)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_container_of_any_size_is_read_alike(document: dict[str, Any], indent: int | None) -> None:
    read = read_object_file(json.dumps(document, indent=indent).encode())
    assert {**read.members, "objects": [placed.value for placed in read]} == document
    assert [placed.place for placed in read] == [f"/objects/{number}" for number in range(len(document["objects"]))]


@pytest.mark.usefixtures("_everything_is_large")
@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        '{"objects": [',
        '{"objects": [1',
        '{"objects" [1]}',
        '{"objects": []} x',
        '{"objects": [{}] "a": 1}',
        '{"objects": [{},]}',
        '{"objects": [{}],}',
        '{"objects": [{}], "objects": []}',
        '{"objects": {}}',
        '{1: 2, "objects": []}',
        '{"type": "indicator"}',
        "{" * 99_999,
    ],
)
def test_a_large_file_that_is_no_container_is_refused(text: str) -> None:
    with pytest.raises(MalformedInputError):
        values(text.encode())


@pytest.mark.usefixtures("_everything_is_large")
def test_objects_of_a_large_container_are_read_strictly() -> None:
    with pytest.raises(MalformedInputError, match=r"^/objects/1: "):
        values(b'{"objects": [{"a": 1}, {"a": 1, "a": 2}]}')


def test_a_really_large_bundle_is_read() -> None:
    text = "x" * 60_000
    raw = json.dumps({"type": "bundle", "id": "bundle--1", "objects": [{"id": n, "text": text} for n in range(300)]}).encode()
    assert len(raw) > 16 * 1024 * 1024
    assert [value["id"] for value in values(raw)] == list(range(300))
