from __future__ import annotations

import pytest

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import entered


def test_a_new_administrator_sees_what_is_missing_and_the_way_to_it(running: RunningExchange) -> None:
    newcomer = running.enrol("Synthetic newcomer", agreement=None)
    visitor = entered(running, newcomer, MemberRole.ADMINISTRATOR)
    home = visitor.get("/")
    assert "No agreement is in force" in home.words
    assert 'href="/portal/organisation/agreement"' in home.text
    assert "Nothing waits for you" not in home.words
    path = f"/organisation/keys/{newcomer.key.public.keyid}"
    visitor.get(path)
    assert visitor.post(f"{path}/revocation").status == 303
    assert "No key of ours counts" in visitor.get("/").words
    keys = visitor.get("/organisation/keys")
    assert "breakwater key register --key signing.pem --url http" in keys.words
    assert "breakwater audience new --key signing.pem --role any --jurisdiction any --url http" in keys.words
    assert 'href="/portal/organisation/credentials/new"' in keys.text


@pytest.mark.parametrize("role", [MemberRole.ADMINISTRATOR, MemberRole.ANALYST])
def test_who_has_all_or_keeps_nothing_sees_no_steps(running: RunningExchange, platform: FakePartner, role: MemberRole) -> None:
    assert "until you may exchange" not in entered(running, platform, role).get("/").text
