"""Files of objects cut into envelopes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.envelopes import Origin, atomic_envelope, envelopes
from app.cli.faults import CommandFault
from app.cli.object_sources import Source
from app.domain.errors import Code
from breakwater_client.documents.json_limits import MAX_BODY_BYTES, MAX_VALUES
from breakwater_client.documents.strict_json import parse_envelope
from breakwater_client.talking import packing
from breakwater_client.talking.packing import MOST_BYTES, MOST_OBJECTS, MOST_VALUES


def lines(path: Path, *values: dict[str, Any]) -> Source:
    path.write_text("".join(json.dumps(value) + "\n" for value in values))
    return Source.of(path)


def numbered(count: int, **members: Any) -> list[dict[str, Any]]:
    return [{"id": number, **members} for number in range(count)]


def test_objects_of_several_files_share_envelopes_and_keep_their_order(tmp_path: Path) -> None:
    first = lines(tmp_path / "a.ndjson", *numbered(2))
    second = tmp_path / "b.json"
    second.write_text(json.dumps({"type": "bundle", "objects": [{"id": "x"}]}))
    [envelope] = envelopes([first, Source.of(second)])
    assert json.loads(envelope.body) == {"objects": [{"id": 0}, {"id": 1}, {"id": "x"}]}
    assert envelope.origins == (
        Origin(first.name, "line 1"),
        Origin(first.name, "line 2"),
        Origin(str(second), "/objects/0", "x"),
    )


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
    lines(tmp_path / "a.ndjson", *numbered(MOST_OBJECTS + 2))
    again = [one.idempotency_key for one in envelopes([file])]
    assert again[0] == first[0]
    assert again[1] != first[1]


def test_the_spelling_of_a_file_is_not_its_content(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"b": 1.0, "a": "\\u00e5"}')
    [spelled] = envelopes([Source.of(file)])
    file.write_text('{"a":"å","b":1}')
    [other] = envelopes([Source.of(file)])
    assert spelled == other


def test_no_objects_are_no_envelope(bundle: Path) -> None:
    assert list(envelopes([Source.of(bundle)])) == []


def test_what_is_atomic_goes_into_one_envelope(tmp_path: Path) -> None:
    file = lines(tmp_path / "a.ndjson", *numbered(MOST_OBJECTS + 1))
    assert len(atomic_envelope([file]).origins) == MOST_OBJECTS + 1


def test_what_is_atomic_and_does_not_go_into_one_envelope_is_refused(
    tmp_path: Path, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MOST_OBJECTS_ATOMIC", 3)
    file = lines(tmp_path / "a.ndjson", *numbered(4))
    for files in ([file], [Source.of(bundle)]):
        with pytest.raises(CommandFault, match="--atomic takes 1 to 5000 objects"):
            atomic_envelope(files)


def test_an_object_that_cannot_be_read_keeps_its_place_and_is_not_sent(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_text('{"id": "a"}\n{"id": 1, "id": 2}\n{"id": "b"}\n')
    [envelope] = envelopes([Source.of(file)])
    assert json.loads(envelope.body) == {"objects": [{"id": "a"}, {"id": "b"}]}
    assert [origin.place for origin in envelope.origins] == ["line 1", "line 2", "line 3"]
    assert [origin.fault and origin.fault.code for origin in envelope.origins] == [None, Code.JSON_DUPLICATE_KEY, None]
    with pytest.raises(CommandFault, match=r"line 2: .* With --atomic nothing is sent"):
        atomic_envelope([Source.of(file)])


@pytest.mark.parametrize(
    ("value", "looks_old"),
    [
        ({"type": "malware", "created": "2017-01-01T00:00:00.000Z"}, True),
        ({"type": "malware", "created": "2017-01-01T00:00:00.000Z", "spec_version": "2.1"}, False),
        ({"type": "url", "value": "https://example.org/"}, False),
    ],
)
def test_an_object_of_stix_2_0_is_told_by_what_it_lacks(tmp_path: Path, value: dict[str, Any], looks_old: object) -> None:
    [envelope] = envelopes([lines(tmp_path / "a.ndjson", value)])
    assert envelope.origins[0].looks_old is looks_old


def test_markings_go_before_all_that_may_name_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST_OBJECTS", 2)
    first = lines(tmp_path / "a.ndjson", {"id": "a"}, {"id": "b"}, {"type": "marking-definition", "id": "m"}, {"id": "c"})
    second = lines(tmp_path / "b.ndjson", {"id": "d"}, {"type": "marking-definition", "id": "n"})
    sent = [[one["id"] for one in json.loads(part.body)["objects"]] for part in envelopes([first, second])]
    assert sent == [["m", "n"], ["a", "b"], ["c", "d"]]


def test_where_nothing_can_be_read_there_is_nothing_to_send(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"objects": [1, 2]}')
    assert [(one.is_empty, len(one.origins)) for one in envelopes([Source.of(file)])] == [(True, 2)]


def test_what_cannot_be_read_does_not_fill_the_memory_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST_OBJECTS", 2)
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"objects": [1] * 9}))
    assert [len(one.origins) for one in envelopes([Source.of(file)])] == [4, 4, 1]


def test_an_object_that_no_envelope_could_carry_is_told_as_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST_BYTES", 300)
    [envelope] = envelopes([lines(tmp_path / "a.ndjson", {"id": "a"}, {"id": "b", "name": "x" * 300}, {"id": "c"})])
    assert [origin.fault and origin.fault.code for origin in envelope.origins] == [None, Code.OBJECT_TOO_LARGE, None]
    assert json.loads(envelope.body) == {"objects": [{"id": "a"}, {"id": "c"}]}


def test_an_envelope_has_no_more_values_than_the_exchange_reads(tmp_path: Path) -> None:
    file = lines(tmp_path / "a.ndjson", *({"id": str(number), "list": [1] * 500_000} for number in range(4)))
    parts = list(envelopes([file]))
    assert [len(one.origins) for one in parts] == [2, 2]
    assert MOST_VALUES < MAX_VALUES
    assert MOST_BYTES < MAX_BODY_BYTES
    for one in parts:
        assert parse_envelope(one.body)
