"""Before a credential ends, its page names the exports that stop with it."""

from __future__ import annotations

from app.domain.vocabulary import Channel, MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange, agreement_document
from tests.factories.portal_visitors import entered


def test_exports_that_read_as_a_credential_are_counted_and_named_on_its_page(
    running: RunningExchange, platform: FakePartner
) -> None:
    read = {"channels": [Channel.REST, Channel.EXPORT]}
    running.agree(agreement_document(platform.partner_id, platform.audience_id, read=read))
    administrator = entered(running, platform, MemberRole.ADMINISTRATOR)
    credential_id = platform.get("credentials").json["credentials"][0]["id"]
    path = f"/organisation/credentials/{credential_id}"
    assert "0 exports read as it and stop" in administrator.get(path).words
    new = {"name": "nightly", "snapshots": "0 3 * * *", "purpose": "detection"}
    definition_id = platform.post("exports", new).json["id"]
    assert "1 export reads as it and stops" in administrator.get(path).words
    assert "another credential: nightly" in administrator.page.words
    assert (
        platform.post(f"exports/{definition_id}/end", {}).status < 300 or platform.delete(f"exports/{definition_id}").status < 300
    )
    assert "0 exports read as it and stop" in administrator.get(path).words
