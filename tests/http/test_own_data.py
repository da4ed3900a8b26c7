from __future__ import annotations

import json

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.stix_objects import indicator


def test_an_operator_has_what_is_a_suspended_partners_own(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    stored = platform.submit(indicator()).json["results"][0]["id"]
    path = f"partners/{platform.partner_id}/own-data"
    answer = running.operator.get(path)
    assert (answer.status, answer.code) == (409, "state-conflict")
    running.suspend(platform)
    answer = running.operator.get(path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/x-ndjson")
    lines = [json.loads(line) for line in answer.body.splitlines()]
    assert [line["object"]["id"] for line in lines if line["type"] == "object"] == [stored]
    assert hotline.partner_id not in answer.body.decode()
    assert running.operator.get("partners/0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11/own-data").status == 404
    assert running.operator.get("own-data").status == 404


def test_an_administrator_needs_a_ceiling_of_red_and_nobody_else_of_a_partner_has_it(
    running: RunningExchange, platform: FakePartner
) -> None:
    answer = platform.get("own-data")
    assert (answer.status, answer.code) == (403, "permission-missing")
    administrator = running.person(platform, running.operator, MemberRole.ADMINISTRATOR)
    answer = administrator.get("own-data")
    assert (answer.status, answer.code) == (403, "permission-missing")
    assert "red" in answer.json["detail"]
