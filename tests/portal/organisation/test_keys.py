from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, entered
from tests.factories.stix_objects import indicator

KEYS = "/organisation/keys"


@pytest.fixture
def administrator(running: RunningExchange, platform: FakePartner) -> Visitor:
    return entered(running, platform, MemberRole.ADMINISTRATOR)


def test_keys_are_listed_with_their_state_and_life(platform: FakePartner, administrator: Visitor) -> None:
    keyid = platform.key.public.keyid
    assert keyid[:16] in administrator.get(KEYS).text
    assert "breakwater key rotate" in administrator.page.words
    shown = administrator.get(f"{KEYS}/{keyid}").words
    assert keyid in shown
    assert "Registered: counts for nothing yet" in shown


def test_a_key_is_retired_at_a_moment_and_ends_on_the_overview(
    running: RunningExchange, platform: FakePartner, administrator: Visitor
) -> None:
    path = f"{KEYS}/{platform.key.public.keyid}"
    moment = (running.clock() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    administrator.get(path)
    assert administrator.post(f"{path}/retirement", {"retire_at": moment}).status == 303
    assert "Ends" in administrator.get(path).words
    assert "rotate it" in administrator.get("/organisation").words
    later = (running.clock() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    for wrong in (later, "soon", "2020-01-01T00:00"):
        administrator.get(path)
        assert administrator.post(f"{path}/retirement", {"retire_at": wrong}).status == 422
    administrator.get(path)
    assert administrator.post(f"{path}/retirement", {"retire_at": ""}).status == 303
    assert "Retired" in administrator.get(path).words


def test_a_key_is_revoked(platform: FakePartner, administrator: Visitor) -> None:
    path = f"{KEYS}/{platform.key.public.keyid}"
    administrator.get(path)
    assert administrator.post(f"{path}/revocation").status == 303
    assert "Revoked" in administrator.get(path).words
    assert platform.submit(indicator()).json["results"][0]["status"] == "refused"


def test_a_stolen_key_is_reported_after_it_was_said_what_that_takes_back(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, administrator: Visitor
) -> None:
    values = [indicator() for _ in range(3)]
    assert platform.submit(*values).status == 201
    since = (running.clock() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    path = f"{KEYS}/{platform.key.public.keyid}/compromise"
    assert "If you report this" not in administrator.get(path).words
    assert "3 object versions are withdrawn" in administrator.get(f"{path}?since={since}").words
    assert hotline.object(values[0]["id"]).status == 200, "looking takes nothing back"
    reported = administrator.post(path, {"since": since})
    assert "3 object versions were withdrawn" in reported.words
    assert hotline.object(values[0]["id"]).status == 404
    assert "In other hands" in administrator.get(KEYS).words
    administrator.get(path)
    running.clock.shift += timedelta(minutes=2)
    later = running.clock().strftime("%Y-%m-%dT%H:%M")
    assert administrator.post(path, {"since": later}).status == 422, "a window is never made narrower"


@pytest.mark.parametrize("since", ["soon", "9999-01-01T00:00"])
def test_a_moment_that_is_none_or_to_come_is_said_at_its_field(platform: FakePartner, administrator: Visitor, since: str) -> None:
    path = f"{KEYS}/{platform.key.public.keyid}/compromise"
    assert administrator.get(f"{path}?since={since}").status == 422
    assert administrator.post(path, {"since": since}).status == 422


def test_a_pending_key_says_what_the_operator_has_to_do(platform: FakePartner, administrator: Visitor) -> None:
    new = FakePartner(platform.transport, platform.token, platform.partner_id)
    assert new.register_key().status == 201
    assert "Waits for an operator" in administrator.get(KEYS).words
    assert "by telephone" in administrator.get(f"{KEYS}/{new.key.public.keyid}").words
    assert "waits for an operator" in administrator.get("/organisation").words


def test_anothers_key_is_not_there(hotline: FakePartner, administrator: Visitor) -> None:
    path = f"{KEYS}/{hotline.key.public.keyid}"
    assert administrator.get(path).status == 404
    assert administrator.get(f"{path}/compromise?since=2026-01-01T00:00").status == 404
    for form, given in (("retirement", {"retire_at": ""}), ("revocation", {}), ("compromise", {"since": "2026-01-01T00:00"})):
        administrator.get(KEYS)
        assert administrator.post(f"{path}/{form}", given).status == 404
    assert hotline.submit(indicator()).json["results"][0]["status"] == "stored"


@pytest.mark.parametrize("role", [one for one in MemberRole if one is not MemberRole.ADMINISTRATOR])
def test_everybody_sees_keys_and_administrators_end_them(
    running: RunningExchange, platform: FakePartner, role: MemberRole
) -> None:
    visitor = entered(running, platform, role)
    path = f"{KEYS}/{platform.key.public.keyid}"
    assert "Revoke this key" not in visitor.get(path).words
    assert visitor.get(f"{path}/compromise").status == 403
    for form in ("retirement", "revocation", "compromise"):
        assert visitor.post(f"{path}/{form}", {}).status == 403


def test_keys_end_after_a_step_up_alone(running: RunningExchange, platform: FakePartner, administrator: Visitor) -> None:
    path = f"{KEYS}/{platform.key.public.keyid}"
    running.clock.shift += timedelta(minutes=6)
    for form in ("retirement", "revocation", "compromise"):
        administrator.get(path)
        assert administrator.post(f"{path}/{form}").asks_again


def test_before_a_key_ends_the_page_says_how_much_hangs_on_it(platform: FakePartner, administrator: Visitor) -> None:
    shown = administrator.get(f"{KEYS}/{platform.key.public.keyid}").words
    assert shown.count("0 other keys for the same use go on counting. Nothing can be signed with any until") == 2
    assert "came of it" not in shown, "it signs objects: no credential comes of it"
