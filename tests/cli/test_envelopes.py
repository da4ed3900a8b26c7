"""Files of objects cut into envelopes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import envelopes as module
from app.cli.envelopes import MOST_BYTES, MOST_OBJECTS, Origin, atomic_envelope, envelopes
from app.cli.faults import CommandFault
from app.domain.errors import MalformedInputError


def lines(path: Path, *values: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(value) + "\n" for value in values))
    return path


def numbered(count: int, **members: Any) -> list[dict[str, Any]]:
    return [{"id": number, **members} for number in range(count)]


def test_objects_of_several_files_share_envelopes_and_keep_their_order(tmp_path: Path) -> None:
    first = lines(tmp_path / "a.ndjson", *numbered(2))
    second = tmp_path / "b.json"
    second.write_text(json.dumps({"type": "bundle", "objects": [{"id": "x"}]}))
    [envelope] = envelopes([first, second])
    assert json.loads(envelope.body) == {"objects": [{"id": 0}, {"id": 1}, {"id": "x"}]}
    assert envelope.origins == (Origin(str(first), "line 1"), Origin(str(first), "line 2"), Origin(str(second), "/objects/0"))


def test_an_envelope_has_at_most_a_thousand_objects(tmp_path: Path) -> None:
    file = lines(tmp_path / "a.ndjson", *numbered(2 * MOST_OBJECTS + 1))
    assert [len(one.origins) for one in envelopes([file])] == [MOST_OBJECTS, MOST_OBJECTS, 1]


def test_an_envelope_stays_below_what_one_request_carries(tmp_path: Path) -> None:
    file = lines(tmp_path / "a.ndjson", *numbered(320, text="x" * 50_000))
    sizes = [len(one.body) for one in envelopes([file])]
    assert len(sizes) == 2
    assert max(sizes) <= MOST_BYTES


def test_the_same_files_give_the_same_keys_and_other_content_other_keys(tmp_path: Path) -> None:
    file = lines(tmp_path / "a.ndjson", *numbered(MOST_OBJECTS + 1))
    first = [one.idempotency_key for one in envelopes([file])]
    assert [one.idempotency_key for one in envelopes([file])] == first
    lines(file, *numbered(MOST_OBJECTS + 2))
    again = [one.idempotency_key for one in envelopes([file])]
    assert again[0] == first[0]
    assert again[1] != first[1]


def test_the_spelling_of_a_file_is_not_its_content(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"b": 1.0, "a": "\\u00e5"}')
    [spelled] = envelopes([file])
    file.write_text('{"a":"å","b":1}')
    [other] = envelopes([file])
    assert spelled == other


def test_no_objects_are_no_envelope(bundle: Path) -> None:
    assert list(envelopes([bundle])) == []


def test_what_is_atomic_goes_into_one_envelope(tmp_path: Path) -> None:
    file = lines(tmp_path / "a.ndjson", *numbered(MOST_OBJECTS + 1))
    assert len(atomic_envelope([file]).origins) == MOST_OBJECTS + 1


def test_what_is_atomic_and_does_not_go_into_one_envelope_is_refused(
    tmp_path: Path, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_OBJECTS_ATOMIC", 3)
    file = lines(tmp_path / "a.ndjson", *numbered(4))
    for files in ([file], [bundle]):
        with pytest.raises(CommandFault, match="--atomic takes 1 to 3 objects"):
            atomic_envelope(files)


def test_an_object_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_text('{"id": 1}\n{"id": 1, "id": 2}\n')
    with pytest.raises(MalformedInputError, match="line 2: "):
        list(envelopes([file]))
