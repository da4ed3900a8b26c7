from __future__ import annotations

from typing import Any

import pytest

from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from tests.factories.exchanges import RunningExchange
from tests.factories.portal_onboarding import once
from tests.factories.portal_visitors import Visitor
from tests.factories.subject_requests import ADDRESS

PATH = "/exchange/subjects/new"
GIVEN: dict[str, Any] = {
    "reference": "DP-2026-7",
    "right": "access",
    "received_at": "2026-01-01",
    "kind": ["email", "handle", "ip"],
    "value": [ADDRESS, "@listed", ""],
    "platform": ["", "Example Chat", ""],
}


def test_a_request_is_opened_once_and_its_selectors_stand_in_no_address_and_no_log(
    running: RunningExchange, protection: Visitor, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    given = {**GIVEN, "once": once(protection.get(PATH))}
    answers = []
    for _ in range(2):
        protection.get(PATH)
        answers.append(protection.post(PATH, given))
    assert [one.status for one in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    told = running.staff(StaffRole.DATA_PROTECTION, Permission).get("subject-requests").json["requests"]
    assert [(one["reference"], one["right"], one["deadline"][:10]) for one in told] == [("DP-2026-7", "access", "2026-02-01")]
    written = "".join(capfd.readouterr()) + caplog.text + answers[0].headers["Location"]
    assert not [part for part in (ADDRESS, "listed", "Example Chat") if part in written]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"reference": "Somebody Somewhere"}, "reference", "names nobody"),
        ({"reference": ""}, "reference", "names nobody"),
        ({"right": "revenge"}, "right", "Choose what the person asks for"),
        ({"received_at": ""}, "received_at", "Write the day"),
        ({"received_at": "2999-01-01"}, "received_at", "before it is opened"),
        ({"value": ["", "", ""]}, "selectors", "at least one"),
        ({"kind": ["", "handle", ""]}, "selectors", "Say of each row what it is"),
        ({"kind": ["ip", "handle", ""]}, "selectors", ""),
        ({"platform": ["", "", ""]}, "selectors", "A handle names its platform"),
        ({"kind": ["email"]}, "selectors", "rows that the page does not know"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    running: RunningExchange, protection: Visitor, changes: dict[str, Any], field: str, sentence: str
) -> None:
    protection.get(PATH)
    answer = protection.post(PATH, {**GIVEN, **changes})
    assert (answer.status, f'href="#{field}"' in answer.text, sentence in answer.words) == (422, True, True), answer.words
    assert len(changes.get("kind", "abc")) != 3 or f'value="{ {**GIVEN, **changes}["value"][0] }"' in answer.text
    assert running.staff(StaffRole.DATA_PROTECTION, Permission).get("subject-requests").json["requests"] == []


def test_whoever_does_not_protect_data_opens_none(operator: Visitor, auditor: Visitor) -> None:
    for visitor in (operator, auditor):
        assert visitor.get(PATH).status == 403
        assert "Open a request" not in visitor.get("/exchange/subjects").words
        assert visitor.post(PATH, GIVEN).status == 403
