from __future__ import annotations

from app.http.credential_payloads import CredentialsPayload
from app.services.list_pages import ListPage
from tests.factories.policy_values import credential


def test_a_page_holds_credentials_and_where_it_leads() -> None:
    dumped = CredentialsPayload().dump(ListPage([credential()], 1, 1, "on", more=False, previous=None))
    assert [one["id"] for one in dumped["credentials"]] == ["credential-1"]
    assert (dumped["first"], dumped["count"], dumped["next"], dumped["more"]) == (1, 1, "on", False)
