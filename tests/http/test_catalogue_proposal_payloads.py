"""Forms of proposals on the wire."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from app.http.catalogue_proposal_payloads import NewProposalPayload
from tests.factories.catalogue_changes import proposal_document, retirement, text_of


def test_sets_are_given_in_order_and_each_word_once() -> None:
    text = text_of("OP-001", surfaces=["search", "forum", "search"])
    loaded = NewProposalPayload().load(proposal_document(text=text))
    assert loaded.text is not None
    assert loaded.text["surfaces"] == ["forum", "search"]
    assert NewProposalPayload().load(retirement("OP-003", "OP-002", "OP-002")).replaced_by == ("OP-002",)


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "OP-1"},
        {"kind": "deletion"},
        {"entry": "phase"},
        {"based_on": "1"},
        {"reason": "x" * 2_001},
        {"text": {"name": "alone"}},
        {"unknown": 1},
        {"replaced_by": ["other"]},
    ],
)
def test_what_has_not_the_form_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NewProposalPayload().load(proposal_document() | changes)
