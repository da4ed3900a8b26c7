"""Files of STIX objects, however they hold them."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import mmap
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import BreakwaterError, Code, MalformedInputError
from breakwater_client.documents import read_object_file as module
from breakwater_client.documents.read_object_file import (
    Form,
    ObjectFile,
    Unreadable,
    object_line,
    read_object_file,
    write_object_file,
)
from breakwater_client.trust.canonical import canonical_bytes

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
    with pytest.raises(MalformedInputError) as caught:
        values(b'{"objects": [{"a": 1}, {"a": 1, "a": 2}]}')
    assert (caught.value.code, caught.value.pointer) == (Code.JSON_DUPLICATE_KEY, "/objects/1")


# --- what cannot be read ----------------------------------------------------------------------------------------------------


def told(raw: bytes) -> list[tuple[str, object]]:
    """Each place with its object's id, or with the code and the pointer of its fault."""
    return [
        (one.place, (one.fault.code.value, one.fault.pointer) if isinstance(one, Unreadable) else one.value.get("id"))
        for one in read_object_file(raw).readings()
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"id": 1, "id": 2}', ("json-duplicate-key", "/id")),
        ('{"labels": [1e400]}', ("json-number-out-of-range", "/labels/0")),
        ('{"name": "\\u0000"}', ("json-string-forbidden", "/name")),
        ('{"zz": 01}', ("json-syntax", "")),
        ('{"x" 1}', ("json-syntax", "")),
        ("5", ("request-invalid", "")),
        ("[]", ("request-invalid", "")),
        ('"text"', ("request-invalid", "")),
        ('{"a":' * 31 + "1" + "}" * 31, ("json-too-deep", None)),
    ],
)
@pytest.mark.parametrize("form", ['{"type": "bundle", "objects": [%s]}', "%s", '{"objects": [%s], "more": true}'])
def test_an_object_that_cannot_be_read_does_not_hide_the_others(form: str, text: str, found: tuple[str, str]) -> None:
    joined = ("\n" if form == "%s" else ",").join(('{"id": "a"}', text, '{"id": "b"}'))
    places = ["line 1", "line 2", "line 3"] if form == "%s" else ["/objects/0", "/objects/1", "/objects/2"]
    assert [place for place, _ in told((form % joined).encode())] == places
    assert [what for _, what in told((form % joined).encode())] == ["a", found, "b"]


def test_a_fault_between_the_objects_is_the_whole_files_and_keeps_its_place() -> None:
    with pytest.raises(MalformedInputError) as caught:
        values(b'{"type": "bundle", "type": "bundle", "objects": [{"id": "a"}]}')
    assert caught.value.code is Code.JSON_DUPLICATE_KEY


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (gzip.compress(b"{}", mtime=0), "gzip"),
        (b"breakwater-seal-1\n" + bytes(80), "export decrypt"),
        (bz2.compress(b"{}"), "bzip2"),
        (lzma.compress(b"{}"), "xz"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"\x28\xb5\x2f\xfdrest", "zstd"),
        (b'\n<?xml version="1.0"?><stix:STIX_Package/>', "XML"),
    ],
)
def test_a_file_of_another_format_is_refused_by_its_name(content: bytes, word: str) -> None:
    with pytest.raises(MalformedInputError, match=word):
        read_object_file(content)


@pytest.mark.parametrize("objects", ['[{"type": "malware"}]', "[]", '[{"x": NaN}]'])
def test_a_bundle_of_stix_2_0_is_refused_as_such(objects: str) -> None:
    with pytest.raises(MalformedInputError, match=r"STIX 2\.0") as caught:
        read_object_file(f'{{"type": "bundle", "spec_version": "2.0", "objects": {objects}}}'.encode())
    assert caught.value.pointer == "/spec_version"


def test_the_number_of_places_is_known_before_they_are_read() -> None:
    assert read_object_file(json.dumps(BUNDLE).encode()).count() == 2
    assert read_object_file(json.dumps(A).encode()).count() == 1
    assert read_object_file(b'{"objects": [{"a": 1, "a": 2}, {}]}').count() == 2
    assert read_object_file(b'{"a": 1}\n\n{"a": 1, "a": 2}\n').count() == 2
    assert read_object_file(b"\n").count() == 0


def test_a_mapped_file_reads_as_its_bytes_do(tmp_path: Path) -> None:
    for text in (json.dumps(BUNDLE), json.dumps(A), f"{json.dumps(A)}\n{json.dumps(B)}\n", '{"objects": [{"a": 1, "a": 2}]}'):
        (tmp_path / "file").write_text(text)
        with (tmp_path / "file").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            assert told_of(read_object_file(mapped)) == told_of(read_object_file(text.encode()))


def told_of(file: ObjectFile) -> tuple[object, ...]:
    return file.form, file.members, file.count(), list(map(repr, file.readings()))


def test_a_really_large_bundle_is_read() -> None:
    text = "x" * 60_000
    raw = json.dumps({"type": "bundle", "id": "bundle--1", "objects": [{"id": n, "text": text} for n in range(300)]}).encode()
    assert len(raw) > 16 * 1024 * 1024
    assert [value["id"] for value in values(raw)] == list(range(300))
