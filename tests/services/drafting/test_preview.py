"""Keeps that what is told beforehand of an incomplete form is what the complete one comes to."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import ForbiddenError
from app.domain.vocabulary import Role
from app.policy.telling import Verdict
from app.services.drafting.freeze import look_over
from app.services.drafting.preview import PartKind, handlings_of, preview, preview_of_frozen, reach_of
from app.services.explaining.simulate import Simulated
from tests.factories.drafting import desks
from tests.factories.members import started_hub

HANDLE = {"kind": "handle", "value": "@a1"}


def seen_by(simulated: Simulated) -> set[str]:
    assert simulated.reach is not None, simulated.refusal
    return {one.name for one in simulated.reach.readers.listed if any(each.verdict is Verdict.SEEN for each in one.told.values())}


@pytest.mark.parametrize(
    ("document", "kinds"),
    [
        ({}, [PartKind.REPORT]),
        ({"observables": [{"kind": "url", "value": "x"}]}, [PartKind.REPORT]),
        ({"observables": [HANDLE]}, [PartKind.REPORT, PartKind.TRACES]),
        ({"observables": [HANDLE], "subject_status": "may-be-child"}, [PartKind.REPORT, PartKind.PROTECTED]),
        (
            {"observables": [HANDLE], "subject_status": "nonsense", "who_may_know": {"tlp": "?"}},
            [PartKind.REPORT, PartKind.TRACES],
        ),
    ],
)
def test_a_form_of_any_completeness_has_handlings(document: dict[str, Any], kinds: list[PartKind]) -> None:
    assert [kind for kind, _ in handlings_of(document)] == kinds


def test_what_is_told_beforehand_is_what_the_objects_come_to(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        hub.enrol("Synthetic police", Role.LAW_ENFORCEMENT).agree(is_listed=True)
        hub.enrol("Synthetic platform").agree(is_listed=True)
        begun = ours.begun(subject_status="may-be-child")
        begun_with = {**begun.document, "observables": [HANDLE]}
        parts = {one.kind: seen_by(one.simulated) for one in preview(hub.exchange, ours.author, begun_with)}
        assert parts == {
            PartKind.REPORT: {"Synthetic police", "Synthetic platform"},
            PartKind.PROTECTED: {"Synthetic police"},
        }
        composed = look_over(hub.exchange, ours.author, begun.draft_id).composed
        reach = {one.tier.value: seen_by(one.simulated) for one in reach_of(hub.exchange, ours.author, composed)}
        assert reach == {"shared": parts[PartKind.REPORT], "protected": parts[PartKind.PROTECTED]}


def test_a_second_reader_is_told_of_what_was_handed_over(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        hub.enrol("Synthetic platform").agree(is_listed=True)
        handed = ours.handed_over()
        [report] = preview_of_frozen(hub.exchange, ours.reviewer, handed)
        assert seen_by(report.simulated) == {"Synthetic platform"}
        with pytest.raises(ForbiddenError):
            preview(hub.exchange, ours.reviewer, {})


def test_what_the_agreement_does_not_let_is_told_as_refused(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        ours.partner.agree(write={"harm_types": frozenset()})
        begun = ours.begun()
        composed = look_over(hub.exchange, ours.author, begun.draft_id).composed
        assert any(one.simulated.refusal for one in reach_of(hub.exchange, ours.author, composed))
