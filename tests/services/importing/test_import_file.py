from __future__ import annotations

import io
import json

import pytest

from app.domain.errors import BreakwaterError, MalformedInputError
from app.services.importing.fill_forms import Made
from app.services.importing.import_file import Import, ImportKind, import_file, read_form
from tests.factories.neighbours_files import misp_event
from tests.factories.observation_forms import form
from tests.factories.policy_values import NOW

PDQ = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
SHARED = {name: member for name, member in form().items() if name != "observables"}
FILES = {
    ImportKind.CSV: f"kind,value\npdq,{PDQ}\n".encode(),
    ImportKind.MISP: json.dumps(misp_event(("url", "https://a.example.org/x"))).encode(),
    ImportKind.THREATEXCHANGE: f"pdq {PDQ}\n".encode(),
}


@pytest.mark.parametrize("kind", ImportKind)
def test_each_kind_of_file_comes_to_objects(kind: ImportKind) -> None:
    [made] = import_file(kind, io.BytesIO(FILES[kind]), Import(SHARED, NOW))
    assert isinstance(made, Made)
    assert {"indicator", "grouping"} <= {one["type"] for one in made.objects}


@pytest.mark.parametrize("kind", ImportKind)
@pytest.mark.parametrize("content", [b"\0", b"\xff\xff", b"[" * 100_000, b'"' + b"a" * 300_000])
def test_hostile_files_are_refused_with_an_error_of_ours(kind: ImportKind, content: bytes) -> None:
    try:
        made = list(import_file(kind, io.BytesIO(content), Import(SHARED, NOW)))
    except BreakwaterError:
        return
    assert not any(isinstance(one, Made) for one in made)


def test_a_form_is_an_object() -> None:
    assert read_form(b"{}") == {}
    with pytest.raises(MalformedInputError):
        read_form(b"[]")
