"""``/webhooks`` over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.https_servers import HOST, Receiver, receiver
from tests.factories.webhooks import let_call

ACTS = ("test", "rotation", "pause", "resumption", "replay", "removal")


@pytest.fixture
def called(running: RunningExchange, platform: FakePartner, tmp_path: Path) -> Iterator[Receiver]:
    with receiver(tmp_path) as other:
        let_call(running, platform, other.egress())
        yield other


def add(partner: FakePartner, called: Receiver, **changes: Any) -> dict[str, Any]:
    answer = partner.post("webhooks", {"url": called.url, "cadence_minutes": 60} | changes)
    assert answer.status == 201, answer.body
    made: dict[str, Any] = answer.json
    assert answer.headers["Location"].endswith(f"/webhooks/{made['id']}")
    return made


def test_a_webhook_is_added_tested_paused_resumed_rotated_replayed_and_removed(
    running: RunningExchange, platform: FakePartner, called: Receiver
) -> None:
    added = add(platform, called)
    secret = added.pop("secret")
    assert secret.startswith("whsec_")
    assert platform.get("webhooks").json == {"webhooks": [added]}
    path = f"webhooks/{added['id']}"
    assert platform.post(f"{path}/test", {}).status == 200
    running.do_all_work()
    assert len(called.calls) == 1
    shown = platform.get(path).json
    assert [one["state"] for one in shown["messages"]] == ["delivered"]
    assert shown["messages"][0]["id"] == called.calls[0].headers["webhook-id"]
    assert shown["next_at"] == added["next_at"]
    assert platform.post(f"{path}/pause", {}).json["state"] == "paused"
    assert platform.post(f"{path}/resumption", {}).json["state"] == "active"
    assert platform.post(f"{path}/rotation", {"overlap_hours": 1}).json["secret"] not in {None, secret}
    assert platform.post(f"{path}/replay", {}).json["dead_letters"] == 0
    assert platform.post(f"{path}/removal", {}).json == {"id": added["id"]}
    assert platform.get(path).status == 404


def test_hidden_and_absent_answer_alike_and_operators_see_a_host(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, called: Receiver
) -> None:
    mine = add(platform, called)
    headers = {"X-Request-Id": "same"}
    absent_id = "00000000-0000-4000-8000-000000000000"
    hidden, absent = (hotline.get(f"webhooks/{one}", headers=headers) for one in (mine["id"], absent_id))
    assert (hidden.status, hidden.body) == (404, absent.body)
    for act in ACTS:
        hidden, absent = (hotline.post(f"webhooks/{one}/{act}", {}, headers=headers) for one in (mine["id"], absent_id))
        assert (hidden.status, hidden.body) == (404, absent.body)
        assert running.operator.post(f"webhooks/{mine['id']}/{act}", {}).status == 403
    answer = running.operator.get("webhooks")
    [seen] = answer.json["webhooks"]
    assert (seen["host"], seen["url"]) == (HOST, None)
    assert b"secret" not in answer.body


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"url": "http://hooks.example.org/a-path"}, "/url"),
        ({"url": "https://169.254.169.254/a-path"}, "/url"),
        ({"url": 5}, "/url"),
        ({"cadence_minutes": 3}, "/cadence_minutes"),
        ({"more": True}, "/more"),
    ],
)
def test_a_bad_webhook_is_refused_by_place_and_without_its_value(
    platform: FakePartner, called: Receiver, changes: dict[str, Any], pointer: str
) -> None:
    answer = platform.post("webhooks", {"url": called.url} | changes)
    assert (answer.status, answer.code, answer.json["pointer"]) == (400, "request-invalid", pointer)
    assert b"a-path" not in answer.body


def test_without_the_channel_in_the_agreement_none_is_added(hotline: FakePartner, called: Receiver) -> None:
    answer = hotline.post("webhooks", {"url": called.url})
    assert (answer.status, answer.code) == (403, "terms-exceeded")
