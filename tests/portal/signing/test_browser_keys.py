"""Registering a browser's key, from outside."""

from __future__ import annotations

from app.domain.vocabulary import MemberRole
from tests.factories.browser_signatures import browser_key, register
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import entered


def states(partner: FakePartner) -> dict[str, str]:
    return {one["key"]["keyid"]: one["key"]["state"] for one in partner.get("keys").json["keys"]}


def test_a_browsers_key_is_registered_and_waits_for_an_operator(running: RunningExchange, platform: FakePartner) -> None:
    visitor, key = entered(running, platform, MemberRole.ADMINISTRATOR), browser_key()
    assert register(visitor, key).status == 303
    assert states(platform)[key.public.keyid] == "pending"
    assert key.public.keyid in visitor.get("/signing/browser-key").text
    again = register(visitor, key)
    assert (again.status, "registered already" in again.words) == (422, True)


def test_an_analyst_registers_none(running: RunningExchange, platform: FakePartner) -> None:
    visitor = entered(running, platform, MemberRole.ANALYST)
    page = visitor.get("/signing/browser-key")
    assert (page.status, "An administrator" in page.words) == (200, True)
    assert visitor.post("/signing/browser-key/challenge").status == 403


def test_a_proof_of_another_key_registers_nothing(running: RunningExchange, platform: FakePartner) -> None:
    visitor, key = entered(running, platform, MemberRole.ADMINISTRATOR), browser_key()
    visitor.get("/signing/browser-key")
    given = {"public_key": key.public.to_pem().decode(), "challenge": "nonsense", "proof": "AAAA"}
    assert visitor.post("/signing/browser-key", given).status == 422
    assert key.public.keyid not in states(platform)
