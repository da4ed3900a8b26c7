"""A recall from the withdrawal to its last answer, over HTTP: who is late loses access, and has it again when it has answered."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.cli.loopback_server import loopback_server
from tests.cli.desk import Desk, key_file
from tests.factories.exchanges import running_exchange
from tests.factories.stix_objects import indicator

STRICT = {"acknowledge_within_hours": 2, "overdue": "lose-access"}


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    database = shutil.copy(sqlite_template, tmp_path / "breakwater.db")
    with running_exchange(f"sqlite:///{database}") as running, loopback_server(running.app) as url:
        yield Desk(url, running)


def test_a_recall_is_answered_by_one_and_by_the_other_late(desk: Desk, tmp_path: Path) -> None:
    running = desk.running
    owner, prompt = running.enrol("Owner"), running.enrol("Prompt")
    late = running.enrol("Late", agreement={"recall": STRICT})
    wrong, right = indicator(), indicator()
    owner.submit(wrong, right)
    for reader in (prompt, late):
        assert len(reader.pull_all()) == 2
    desk.json(owner, "withdraw", wrong["id"], "--reason", "error", "--act", "delete")
    running.do_all_work()
    [notice] = desk.json(prompt, "recall", "list")["notices"]
    desk.json(prompt, "recall", "acknowledge", notice["id"], "--outcome", "deleted", "--key", key_file(prompt, tmp_path))
    [recall] = desk.json(owner, "recalls")["recalls"]
    assert {one["name"]: one["answered_at"] is not None for one in recall["told"]} == {"Prompt": True, "Late": False}
    running.clock.shift += timedelta(hours=2, seconds=1)
    running.do_all_work()
    assert late.object(right["id"]).status == 404
    assert prompt.object(right["id"]).status == 200
    assert [one["type"] for one in late.pull_all()] == ["recall-notice"]
    [due] = desk.json(late, "recall", "list")["notices"]
    assert due["if_overdue"] == "lose-access"
    desk.json(late, "recall", "acknowledge", "--all", "--outcome", "not-held", "--key", key_file(late, tmp_path))
    assert late.object(right["id"]).status == 200
    [recall] = desk.json(owner, "recalls")["recalls"]
    assert [one["outcomes"] for one in recall["told"]] in ([{"deleted": 1}, {"not-held": 1}], [{"not-held": 1}, {"deleted": 1}])
    assert "recall-overdue" in desk.running.operator.get("/metrics").body.decode()
