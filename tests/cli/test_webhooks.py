"""Webhooks by the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli.faults import ExitCode
from app.cli.webhooks import fate
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller, FakePartner
from tests.factories.https_servers import Receiver, receiver
from tests.factories.webhooks import let_call


@pytest.fixture
def called(desk: Desk, platform: FakePartner, tmp_path: Path) -> Iterator[Receiver]:
    with receiver(tmp_path) as other:
        let_call(desk.running, platform, other.egress())
        yield other


def test_a_webhook_goes_through_its_life(desk: Desk, platform: FakePartner, operator: Caller, called: Receiver) -> None:
    told = desk.run(platform, "webhook", "add", called.url, "--every", "60").stdout
    assert "shown once: whsec_" in told
    assert "breakwater webhook test" in told
    [added] = desk.json(platform, "webhook", "list")["webhooks"]
    assert added["cadence_minutes"] == 60
    assert "none yet" in desk.run(platform, "webhook", "list").stdout
    assert called.url not in desk.run(operator, "webhook", "list").stdout
    assert desk.run(platform, "webhook", "test", added["id"]).exit_code == 0
    desk.running.do_all_work()
    assert len(called.calls) == 1
    assert "delivered" in desk.run(platform, "webhook", "show", added["id"]).stdout
    assert desk.json(platform, "webhook", "rotate", added["id"], "--overlap-hours", "1")["secret"].startswith("whsec_")
    assert "whsec_" in desk.run(platform, "webhook", "rotate", added["id"]).stdout
    assert "paused" in desk.run(platform, "webhook", "pause", added["id"]).stdout
    assert "active" in desk.run(platform, "webhook", "resume", added["id"]).stdout
    assert desk.run(platform, "webhook", "replay", added["id"]).exit_code == 0
    assert added["id"] in desk.run(platform, "webhook", "remove", added["id"]).stdout
    assert desk.json(platform, "webhook", "list")["webhooks"] == []


def test_a_url_that_is_not_called_is_refused_without_being_repeated(desk: Desk, platform: FakePartner) -> None:
    refused = desk.run(platform, "webhook", "add", "http://hooks.example.org/a-secret-path")
    assert refused.exit_code == ExitCode.REFUSED
    assert "(at /url)" in refused.stderr
    assert "secret-path" not in refused.stderr


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (None, "none yet"),
        ({"state": "waiting", "outcome": None}, "on its way"),
        ({"state": "waiting", "outcome": "timed-out"}, "timed-out, is tried again"),
        ({"state": "dead", "outcome": "refused", "ended_at": "2026-03-01T12:00:00Z"}, "dead 2026-03-01T12:00:00Z"),
    ],
)
def test_what_became_of_a_message_is_told_in_words(message: dict[str, Any] | None, words: str) -> None:
    assert fate(message) == words
