"""Who sees what and why, asked with commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.desk import Desk
from tests.factories.exchanges import Caller, FakePartner, agreement_document
from tests.factories.stix_objects import indicator


@pytest.fixture(scope="module")
def stored(platform: FakePartner, hotline: FakePartner) -> str:
    value = indicator()
    platform.submit(value)
    hotline.object(value["id"])
    stix_id: str = value["id"]
    return stix_id


def test_an_operator_is_told_why_somebody_sees_an_object(desk: Desk, operator: Caller, stored: str, hotline: FakePartner) -> None:
    asked = ("policy", "explain", stored, "--partner", hotline.partner_id, "--purpose", "detection")
    [one] = desk.json(operator, *asked)["statements"]
    assert (one["verdict"], one["ground"], one["since"]) == ("seen", "role-and-jurisdiction", one["added_at"])
    assert "by role and jurisdiction" in desk.run(operator, *asked).stdout
    hidden = desk.run(operator, *asked, "--channel", "export").stdout
    assert "agreement: channel-not-agreed (agreement version 1)" in " ".join(hidden.split())
    assert desk.json(operator, *asked, "--at", one["added_at"])["statements"] == [one | {"since": None}]
    assert "still to come" in desk.run(operator, *asked, "--at", "2999-01-01T00:00:00Z").stderr


def test_an_operator_is_told_of_everybody_who_sees_it(desk: Desk, operator: Caller, stored: str, hotline: FakePartner) -> None:
    told = desk.run(operator, "policy", "who-sees", stored)
    assert told.exit_code == 0, told.output
    assert hotline.name in told.stdout
    assert "by role and jurisdiction" in told.stdout
    assert "not listed" not in told.stdout


def test_an_owner_is_told_of_listed_members(desk: Desk, stored: str, platform: FakePartner, hotline: FakePartner) -> None:
    assert hotline.name not in desk.run(platform, "policy", "who-sees", stored).stdout
    listed = agreement_document(hotline.partner_id, read={"sensitivities": ["aggregate"]}) | {"is_listed": True}
    desk.running.agree(listed)
    told = desk.run(platform, "policy", "who-sees", stored).stdout
    assert hotline.name in told
    assert "its agreement" in told
    assert "Members that are not listed" in told


def test_whom_objects_would_reach_is_told_before_they_are_sent(
    desk: Desk, platform: FakePartner, hotline: FakePartner, tmp_path: Path
) -> None:
    good, broken = indicator(), indicator(pattern="[")
    stored = platform.submit(indicator()).json["results"][0]["id"]
    assert stored
    path = tmp_path / "objects.json"
    path.write_text(
        json.dumps({"type": "bundle", "id": "bundle--b4b9c1f0-2f1a-4c7a-9e55-0a7a3f6f0d11", "objects": [good, broken]})
    )
    told = desk.run(platform, "policy", "simulate", path).stdout
    assert f"{good['id']}: amber, behavioural" in told
    assert hotline.name in told
    assert "would be refused (pattern-" in told
    assert desk.running.operator.get("policy/who-sees", query={"object": good["id"]}).status == 404  # nothing came


def test_whom_a_handling_would_reach(desk: Desk, platform: FakePartner, hotline: FakePartner, tmp_path: Path) -> None:
    path = tmp_path / "handling.json"
    path.write_text(json.dumps({"audience": {"partners_in": [hotline.partner_id]}, "expires_at": "2999-01-01T00:00:00Z"}))
    [one] = desk.json(platform, "policy", "simulate", "--handling", path)["simulated"]
    assert [reader["name"] for reader in one["reach"]["readers"]["listed"]] == [hotline.name]
    assert "until 2999" in desk.run(platform, "policy", "simulate", "--handling", path).stdout
    path.write_text("{")
    for wrong in (("--handling", path), (), (path, "--handling", path)):
        assert desk.run(platform, "policy", "simulate", *wrong).exit_code == 2


def test_what_an_agreement_would_change_is_told(
    desk: Desk, operator: Caller, stored: str, platform: FakePartner, tmp_path: Path
) -> None:
    reader = desk.running.enrol("Reader of little")
    path = tmp_path / "terms.json"
    terms = agreement_document(reader.partner_id, read={"sensitivities": ["aggregate"]})
    path.write_text(json.dumps(terms | {"partner_id": "to be replaced"}))
    told = desk.run(operator, "policy", "diff", "--file", path, "--partner", reader.partner_id).stdout
    assert "/read/sensitivities" in told
    assert "narrows" in told
    assert "lost" in told
    assert platform.name in told
    assert desk.run(
        operator, "policy", "explain", stored, "--partner", reader.partner_id, "--purpose", "audit"
    ).stdout.startswith("seen")
    path.write_text("[]")
    assert desk.run(operator, "policy", "diff", "--file", path).exit_code == 2
