"""A reason of a proposal with what must never be here is refused over HTTP, and nobody reads it."""

from __future__ import annotations

import pytest

from tests.factories.catalogue_changes import proposal_document
from tests.factories.exchanges import FakePartner


@pytest.mark.parametrize(
    ("reason", "status", "code"),
    [
        ("Write to somebody@example.org", 422, "person-data-forbidden"),
        ("data:image/png;base64,AAAA", 422, "content-forbidden"),
        ("See https://example.org/a", 422, "catalogue-text-refused"),
    ],
)
def test_a_reason_is_screened(platform: FakePartner, reason: str, status: int, code: str) -> None:
    refused = platform.post("catalogue/proposals", proposal_document(reason=reason))
    assert (refused.status, refused.code, refused.json["pointer"]) == (status, code, "/reason")
    assert b"example.org" not in refused.body
    assert b"example.org" not in platform.get("catalogue/proposals").body
