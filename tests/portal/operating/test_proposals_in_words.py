from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from app.domain.approval import Approval, ApprovalKind, ApprovalState
from app.portal.operating.proposals_in_words import tell
from app.portal.plain_words import called
from tests.factories.exchanges import agreement_document
from tests.factories.policy_values import NOW

NAMES = {"p": "Platform"}


def _approval(kind: ApprovalKind, document: dict[str, Any]) -> Approval:
    return Approval(
        "a", kind, "s", "p", json.dumps(document), "Why.", ApprovalState.PROPOSED, "one", NOW, NOW + timedelta(days=7)
    )


def test_a_version_tells_its_changes_and_all_terms() -> None:
    terms = agreement_document("p") | {"version": 3, "recall": {"acknowledge_within_hours": 24, "overdue": "alarm"}}
    change = {"pointer": "/read/tlp_ceiling", "before": "green", "after": "amber", "direction": "widens"}
    document = {"agreement": terms, "compared_with": [{"version": 2, "digest": "d", "changes": [change]}]}
    told = tell(_approval(ApprovalKind.AGREEMENT_VERSION, document), NAMES)
    assert (told.title, told.widens) == ("Version of an agreement: Platform, version 3", True)
    assert told.compared[0].changes[0].after == "TLP:AMBER"
    assert told.terms


@pytest.mark.parametrize("kind", [one for one in ApprovalKind if one is not ApprovalKind.AGREEMENT_VERSION])
def test_every_other_kind_has_words_and_shows_its_document(kind: ApprovalKind) -> None:
    told = tell(_approval(kind, {"staff_roles": ["auditor"], "keyid": "k", "nothing": None, "more": {"inner": [1, 2]}}), NAMES)
    assert told.title == f"{called(kind)}: Platform, auditor"
    assert told.effect
    assert told.lines == [("staff roles", "auditor"), ("keyid", "k"), ("more inner", "1, 2")]
    assert not told.widens


def test_without_a_name_it_is_called_by_its_kind() -> None:
    assert tell(_approval(ApprovalKind.PARTNER_REACTIVATION, {}), {}).title == "Return of a suspended partner"
