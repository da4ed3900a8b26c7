"""Taking objects back, and who was told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import recalls as module
from app.cli.recalls import own_recalls
from tests.cli.desk import Desk
from tests.factories.exchanges import FakePartner
from tests.factories.stix_objects import CREATED, indicator, newer


def test_an_object_is_withdrawn_and_its_owner_sees_who_was_told(desk: Desk, hotline: FakePartner) -> None:
    partner = desk.running.enrol("Owner of a mistake")
    value = indicator()
    partner.submit(value)
    assert "You withdrew nothing." in desk.run(partner, "recalls").stdout
    hotline.object(value["id"])
    said = desk.run(partner, "withdraw", value["id"], "--reason", "error", "--act", "delete")
    assert said.exit_code == 0, said.output
    assert "not yet" in desk.run(partner, "recalls").stdout
    desk.running.do_all_work()
    [row] = desk.json(partner, "recalls")["recalls"]
    assert row["id"] in said.stdout
    assert (row["reason"], row["act"], [one["name"] for one in row["told"]]) == ("error", "delete", ["Hotline A"])
    told = desk.run(partner, "recalls").stdout
    assert "Hotline A" in told
    assert desk.run(partner, "withdraw", value["id"]).exit_code != 0


def test_a_version_is_withdrawn(desk: Desk) -> None:
    partner = desk.running.enrol("Owner of two versions")
    value = indicator()
    partner.submit(value, newer(value))
    desk.json(partner, "withdraw", value["id"], "--version", CREATED)
    [row] = desk.json(partner, "recalls")["recalls"]
    assert [one["version"] for one in row["objects"]] == [CREATED]
    assert row["reason"] == "withdrawn"
    assert row["act"] == "stop-using"


def test_all_pages_are_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAGE", 1)
    partner = desk.running.enrol("Owner of three mistakes")
    values = [indicator() for _ in range(3)]
    partner.submit(*values)
    for value in values:
        desk.json(partner, "withdraw", value["id"])
    assert [row["objects"][0]["id"] for row in own_recalls(desk.api(partner))] == [value["id"] for value in values]


def test_a_notice_is_verified_with_the_fetched_key_of_the_exchange(desk: Desk, tmp_path: Path) -> None:
    owner, reader = desk.running.enrol("Owner recalls"), desk.running.enrol("Reader verifies")
    value = indicator()
    owner.submit(value)
    reader.object(value["id"])
    desk.json(owner, "withdraw", value["id"])
    desk.running.do_all_work()
    [notice] = [one for one in reader.pull_all(type="recall-notice") if one["recalled"][0]["stix_id"] == value["id"]]
    file, keys = tmp_path / "notice.json", tmp_path / "known-keys.json"
    file.write_text(json.dumps(notice))
    desk.json(reader, "key", "fetch", file, "--out", keys)
    verified = desk.run(reader, "verify", file, "--keys", keys)
    assert verified.exit_code == 0, verified.output
    file.write_text(json.dumps(notice | {"act": "delete"}))
    assert desk.run(reader, "verify", file, "--keys", keys).exit_code != 0
