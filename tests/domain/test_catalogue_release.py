"""What one release changes is told by times; codes stay, and what ended is not forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.catalogue import FOUNDED_AT, Behaviour, Catalogue, Countermeasure
from app.domain.catalogue_release import Changes, following_release
from app.domain.object_vocabulary import Cost, EvidenceGrade, ResponseLevel, SafetyPrinciple
from app.domain.vocabulary import Harm, Phase, Surface

SECOND = datetime(2027, 1, 1, tzinfo=UTC)
THIRD = datetime(2027, 2, 1, tzinfo=UTC)


def behaviour(code: str, name: str = "Contact in numbers") -> Behaviour:
    surfaces, harms = frozenset({Surface.GAMING}), frozenset({Harm.SOLICITATION_OF_CHILDREN})
    return Behaviour(code, name, Phase.CONTACT_SEEKING, "What it is.", "How it is seen.", surfaces, harms)


def countermeasure(code: str, *mitigates: str) -> Countermeasure:
    return Countermeasure(
        code=code,
        name="Limits on new contacts",
        definition="What it is.",
        intent="What for.",
        principle=SafetyPrinciple.SERVICE_PROVIDER_RESPONSIBILITY,
        level=ResponseLevel.INDUSTRY,
        preconditions=(),
        rights_impact="What it costs.",
        evidence=EvidenceGrade.EXPERT,
        cost=Cost.LOW,
        residual_risk="What stays.",
        mitigates=frozenset(mitigates),
        surfaces=frozenset({Surface.GAMING}),
    )


FIRST = Catalogue(
    release=1,
    released_at=FOUNDED_AT,
    phases={Phase.CONTACT_SEEKING: "Finding accounts."},
    surfaces={Surface.GAMING: "Games."},
    behaviours=(behaviour("OP-001"), behaviour("OP-002")),
    countermeasures=(countermeasure("CM-001", "OP-001", "OP-002"), countermeasure("CM-002", "OP-002")),
)


def test_what_reads_as_before_is_the_same_as_before() -> None:
    second = following_release(FIRST, Changes(behaviours=(behaviour("OP-001"),)), SECOND)
    assert (second.release, second.released_at) == (2, SECOND)
    assert second == replace(FIRST, release=2, released_at=SECOND)


def test_what_changed_says_when_and_since_when_it_is_there() -> None:
    second = following_release(FIRST, Changes(behaviours=(behaviour("OP-001", "Other words"),)), SECOND)
    changed = second.behaviours_by_code["OP-001"]
    assert (changed.name, changed.added_at, changed.changed_at) == ("Other words", FOUNDED_AT, SECOND)
    assert second.behaviours_by_code["OP-002"] == FIRST.behaviours_by_code["OP-002"]


def test_what_is_new_is_as_old_as_its_release_in_the_order_of_codes() -> None:
    changes = Changes((behaviour("OP-003"),), (countermeasure("CM-003", "OP-003"),))
    second = following_release(FIRST, changes, SECOND)
    assert list(second.behaviours_by_code) == ["OP-001", "OP-002", "OP-003"]
    new = (second.behaviours_by_code["OP-003"], second.countermeasures_by_code["CM-003"])
    assert [(one.added_at, one.changed_at) for one in new] == [(SECOND, SECOND)] * 2


def test_what_a_countermeasure_mitigates_no_more_is_kept() -> None:
    second = following_release(FIRST, Changes(countermeasures=(countermeasure("CM-001", "OP-001"),)), SECOND)
    changed = second.countermeasures_by_code["CM-001"]
    assert (changed.no_longer_mitigates, changed.changed_at) == ({"OP-002"}, SECOND)
    third = following_release(second, Changes(countermeasures=(countermeasure("CM-001", "OP-001", "OP-002"),)), THIRD)
    assert third.countermeasures_by_code["CM-001"].no_longer_mitigates == frozenset()


def test_a_retired_behaviour_stays_and_its_countermeasures_let_go_of_it() -> None:
    second = following_release(FIRST, Changes(retired={"OP-002": ("OP-001",)}), SECOND)
    gone = second.behaviours_by_code["OP-002"]
    assert (gone.retired_in, gone.replaced_by, gone.changed_at) == (2, ("OP-001",), SECOND)
    ended = [(one.code, one.mitigates, one.no_longer_mitigates, one.changed_at) for one in second.countermeasures]
    assert ended == [("CM-001", {"OP-001"}, {"OP-002"}, SECOND), ("CM-002", frozenset(), {"OP-002"}, SECOND)]


def test_what_is_retired_stays_as_it_was_then() -> None:
    second = following_release(FIRST, Changes(retired={"CM-002": ()}), SECOND)
    third = following_release(second, Changes(retired={"OP-002": ()}), THIRD)
    assert third.countermeasures_by_code["CM-002"] == second.countermeasures_by_code["CM-002"]
    assert second.countermeasures_by_code["CM-002"].retired_in == 2


@pytest.mark.parametrize("code", ["OP-001", "OP-009"])
def test_only_what_is_in_force_is_retired(code: str) -> None:
    second = following_release(FIRST, Changes(retired={"OP-001": ()}), SECOND)
    with pytest.raises(ValueError, match="retires what the one before"):
        following_release(second, Changes(retired={code: ()}), THIRD)


@pytest.mark.parametrize("changes", [Changes((behaviour("OP-001"),)), Changes((), (countermeasure("CM-002"),))])
def test_what_is_retired_is_not_given_again(changes: Changes) -> None:
    second = following_release(FIRST, Changes(retired={"OP-001": (), "CM-002": ()}), SECOND)
    with pytest.raises(ValueError, match="neither changed nor given again"):
        following_release(second, changes, THIRD)
