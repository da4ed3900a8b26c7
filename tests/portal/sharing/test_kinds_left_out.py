from __future__ import annotations

from dataclasses import replace

from app.domain.vocabulary import ANY, Role, Sensitivity, SubjectStatus
from app.portal.sharing.kinds_left_out import kinds_left_out
from tests.factories import policy_values

OTHERS = "Organisations that are not listed by name"


def told(**changes: object) -> dict[str, str]:
    return dict(kinds_left_out(replace(policy_values.handling(), **changes)))  # type: ignore[arg-type]  # fields by name


def test_each_kind_has_the_reason_that_the_handling_gives() -> None:
    everybody = policy_values.audience(roles=frozenset({ANY}), jurisdictions=frozenset({ANY}))
    hotlines = policy_values.audience(roles=frozenset({Role.HOTLINE}), jurisdictions=frozenset({ANY}))
    for audiences, changes, kind, why in (
        ((), {}, "Platforms", "no audience is named"),
        ((everybody,), {"sensitivity": Sensitivity.BEHAVIOURAL}, "Regulators", "they read numbers only"),
        ((hotlines,), {"sensitivity": Sensitivity.BEHAVIOURAL}, "Platforms", "the audience does not admit them, but for those"),
        ((everybody,), {"sensitivity": Sensitivity.IDENTIFYING}, "Hotlines", "they see it only where the audience names them"),
        ((everybody,), {"subject_status": SubjectStatus.MAY_BE_CHILD}, "NGOs", "law enforcement and hotlines only"),
    ):
        assert why in told(audiences=frozenset(audiences), **changes)[kind]


def test_who_is_left_out_by_nothing_has_no_row_and_there_is_always_one() -> None:
    everybody = policy_values.audience(roles=frozenset({ANY}), jurisdictions=frozenset({ANY}))
    found = told(audiences=frozenset({everybody}), sensitivity=Sensitivity.AGGREGATE, subject_status=SubjectStatus.UNKNOWN)
    assert list(found) == [OTHERS]
