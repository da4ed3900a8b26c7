from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from app.domain.subject_request import MOST_SELECTORS, Selector, SelectorKind, SubjectAct, SubjectGround
from app.http.subject_payloads import ActPayload, NewSubjectRequestPayload, SubjectQueryPayload
from app.services.subjects.propose_act import ActWanted

WANTED: dict[str, Any] = {
    "reference": "DP-2026/7",
    "right": "erasure",
    "received_at": "2026-03-01T00:00:00Z",
    "selectors": [{"kind": "handle", "value": "somebody", "platform": "chat"}],
}


def test_a_request_is_read_with_its_selectors() -> None:
    loaded = NewSubjectRequestPayload().load(WANTED)
    assert loaded.selectors == [Selector(SelectorKind.HANDLE, "somebody", "chat")]
    assert loaded.reference == "DP-2026/7"


@pytest.mark.parametrize(
    "change",
    [
        {"reference": "Somebody Else"},
        {"reference": "x" * 65},
        {"right": "portability"},
        {"selectors": []},
        {"selectors": WANTED["selectors"] * (MOST_SELECTORS + 1)},
        {"selectors": [{"kind": "name", "value": "somebody"}]},
        {"selectors": [{"kind": "email", "value": ""}]},
        {"name": "Somebody"},
    ],
)
def test_names_and_other_rights_are_not_taken(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NewSubjectRequestPayload().load(WANTED | change)


def test_an_act_is_read_with_its_ground_and_findings() -> None:
    given = {"act": "answer", "reason": "They asked.", "ground": "held", "findings": [3]}
    assert ActPayload().load(given) == ActWanted(SubjectAct.ANSWER, "They asked.", SubjectGround.HELD, [3])
    assert ActPayload().load({"act": "lookup", "reason": "R."}) == ActWanted(SubjectAct.LOOKUP, "R.")
    for wrong in ({"findings": []}, {"findings": [0]}, {"findings": ["1"]}, {"act": "publish"}, {"reason": ""}):
        with pytest.raises(ValidationError):
            ActPayload().load(given | wrong)


def test_pages_are_of_a_hundred_unless_fewer_are_asked_for() -> None:
    assert SubjectQueryPayload().load({}) == {"limit": 100, "next": None}
