from __future__ import annotations

from app.domain.permissions import Permission
from tests.factories.exchanges import FakePartner, RunningExchange, issue
from tests.factories.stix_objects import indicator
from tests.factories.taxii import ROOT, ask, post_signed
from tests.factories.urgent import urgent_indicator

ABSENT = f"{ROOT}/status/0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11/"


def test_a_status_is_what_the_post_was_answered_with(platform: FakePartner) -> None:
    made = post_signed(platform, "exchange", indicator()).json
    for slash in ("", "/"):
        assert ask(platform, f"{ROOT}/status/{made['id']}{slash}").json == made


def test_a_status_is_its_creators_alone(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    by_taxii = post_signed(platform, "exchange", indicator()).json["id"]
    by_rest = platform.submit(indicator()).json["id"]
    same = {"X-Request-Id": "same"}
    absent = ask(hotline, ABSENT, headers=same)
    for one in (by_taxii, by_rest):
        hidden = ask(hotline, f"{ROOT}/status/{one}/", headers=same)
        assert (hidden.status, hidden.body) == (404, absent.body)
    platform.token = issue(running.operator, platform, {Permission.OBJECTS_READ})
    assert ask(platform, f"{ROOT}/status/{by_taxii}/").status == 403


def test_at_imminent_risk_the_status_says_whom_to_call(platform: FakePartner) -> None:
    made = post_signed(platform, "exchange", urgent_indicator()).json
    assert "Call now: Police" in made["successes"][0]["message"]
    assert ask(platform, f"{ROOT}/status/{made['id']}/").json == made
