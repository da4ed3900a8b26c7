"""What changed between releases is told by code and part, as JSON and in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from app.domain.catalogue_release import Changes, following_release
from app.services.cataloguing.compare import Changed, Retired, compare
from app.services.cataloguing.founding import founding

FIRST = founding()
SECOND_AT = datetime(2027, 1, 1, tzinfo=UTC)
OLD = FIRST.behaviours_by_code["OP-012"]
MEASURE = FIRST.countermeasures_by_code["CM-021"]
SECOND = following_release(
    FIRST,
    Changes(
        behaviours=(replace(OLD, name="Other words", harms=frozenset()), replace(OLD, code="OP-026", name="Something new")),
        countermeasures=(replace(MEASURE, mitigates=frozenset({"OP-001"})),),
        retired={"OP-024": ("OP-021",), "CM-022": ()},
    ),
    SECOND_AT,
)


def test_a_release_says_the_same_as_itself() -> None:
    found = compare(FIRST, FIRST)
    assert found.is_empty
    assert list(found.sentences()) == []


def test_added_changed_and_retired_are_told_apart() -> None:
    found = compare(FIRST, SECOND)
    assert not found.is_empty
    assert found.added == (("OP-026", "Something new"),)
    assert Changed("OP-012", "Other words", ("name", "harms")) in found.changed
    assert Changed("CM-021", MEASURE.name, ("mitigates",)) in found.changed
    assert found.retired == (
        Retired("OP-024", FIRST.behaviours_by_code["OP-024"].name, ("OP-021",)),
        Retired("CM-022", FIRST.countermeasures_by_code["CM-022"].name, ()),
    )


def test_what_a_retired_behaviour_takes_with_it_is_a_change() -> None:
    changed = {one.code: one.parts for one in compare(FIRST, SECOND).changed}
    assert changed["CM-016"] == ("mitigates", "no_longer_mitigates")


def test_what_was_retired_before_is_not_retired_again() -> None:
    third = following_release(SECOND, Changes(), datetime(2027, 2, 1, tzinfo=UTC))
    assert compare(SECOND, third).is_empty


def test_redefined_words_and_missing_codes_are_told() -> None:
    phases = {phase: f"{text} More." for phase, text in FIRST.phases.items()}
    other = replace(FIRST, phases=phases, behaviours=FIRST.behaviours[1:])
    found = compare(FIRST, other)
    assert found.redefined == tuple(phases)
    assert found.missing == ("OP-001",)


def test_words_and_json_say_the_same() -> None:
    phases = {phase: f"{text} More." for phase, text in FIRST.phases.items()}
    found = compare(FIRST, replace(SECOND, phases=phases, countermeasures=SECOND.countermeasures[1:]))
    told, document = "\n".join(found.sentences()), found.document()
    assert (document["before"], document["after"]) == (1, 2)
    assert "added    OP-026  Something new" in told
    assert "changed  OP-012  Other words: name, harms" in told
    assert f"retired  OP-024  {FIRST.behaviours_by_code['OP-024'].name}; instead: OP-021" in told
    assert told.endswith("missing  CM-001: a code is never taken away")
    codes = {one["code"] for part in ("added", "changed", "retired") for one in document[part]} | set(document["missing"])
    assert all(code in told for code in codes)
    assert all(name in told for name in document["redefined"])
