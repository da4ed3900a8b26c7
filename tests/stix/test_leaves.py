"""Texts are found wherever they stand, and those that could be pieces of one are given together."""

from __future__ import annotations

from app.stix.leaves import Leaf, Leaves, groups, leaves_of

ID = "indicator--0d9b8f6e-3f0c-4c7e-9a55-51b2a1f6f0aa"
VALUE = {
    "id": ID,
    "created": "2026-01-02T10:00:00.000Z",
    "name": "one",
    "x_unknown_name_of_mine": ["two", {"Key": "three"}, [["four"]]],
    "object_refs": [ID],
}


def read(value: dict[str, object]) -> Leaves:
    leaves = Leaves()
    leaves.read(value)
    return leaves


def test_texts_and_conspicuous_names_are_collected_without_ids_and_times() -> None:
    assert read(VALUE).texts == ["one", "x_unknown_name_of_mine", "two", "Key", "three", "four"]


def test_names_and_values_of_lists_are_counted_wherever_they_stand() -> None:
    assert read({}).members == 0
    assert read(VALUE).members == 5 + 3 + 1 + 1 + 1 + 1


def test_each_text_has_its_place() -> None:
    assert [leaf for leaf in leaves_of(VALUE) if not leaf.is_name] == [
        Leaf(("name",), "one"),
        Leaf(("x_unknown_name_of_mine", 0), "two"),
        Leaf(("x_unknown_name_of_mine", 1, "Key"), "three"),
        Leaf(("x_unknown_name_of_mine", 2, 0, 0), "four"),
    ]
    assert Leaf((), "name", is_name=True) in set(leaves_of(VALUE))


def test_what_only_looks_like_an_id_or_a_time_is_a_text() -> None:
    value = {"created": "2026-01-02T10:00:00.000Z and more", "id": ID + "x", "object_refs": [f" {ID}"]}
    assert len(read(value).texts) == 3
    assert sum(not leaf.is_name for leaf in leaves_of(value)) == 3


def test_a_build_can_call_for_a_close_look() -> None:
    assert not read({"name": "a", "labels": ["one", "two", "three"], "x": [1, 2]}).has_mark
    for value in (
        {"payload_bin": ""},
        {"x": {"Payload_Bin": ""}},
        {"type": "artifact"},
        {"x": list(range(8))},
        {"x": [[1], [2], [3]]},
        {"labels": ["iVBORw0K", "GgoAAAAN", "SUhEUgAA"]},
        {f"x_{number}": 1 for number in range(24)},
    ):
        assert read(value).has_mark


def test_texts_that_could_be_pieces_are_together() -> None:
    cited = [{"source_name": "a", "description": part} for part in ("1", "2", "3")]
    together = list(groups(list(leaves_of({"external_references": cited, "x": {"p10": "c", "p2": "b"}})), 160))
    assert (("external_references",), ["1", "2", "3"]) in together
    assert (("x",), ["c", "b"]) in together
    assert (("x",), ["b", "c"]) in together
    assert (("x",), ["p10", "p2"]) in together
    assert any(texts == ["a", "1", "a", "2", "a", "3", "c", "b"] for _, texts in together)


def test_of_very_many_texts_only_their_order_counts() -> None:
    together = list(groups(list(leaves_of({"x": {f"p{number}": "a" for number in range(3_000)}})), 160))
    assert [len(texts) for _, texts in together] == [3_000, 3_001]
