"""Contests over HTTP, and every refusal of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.vocabulary import Role
from app.services.recalling import contest
from tests.factories.exchanges import RunningExchange
from tests.factories.stix_objects import indicator

ABSENT = "user-account--0d9b8f6e-3f0c-4c7e-9a55-51b2a1f6f0aa"


def test_a_hotline_contests_and_is_told_nothing_yet(running: RunningExchange) -> None:
    publisher, hotline = running.enrol("Publisher"), running.enrol("Hotline B", role=Role.HOTLINE)
    value = indicator()
    publisher.submit(value)
    answers = [hotline.post("contests", {"object_id": one, "reason": "outdated"}) for one in (value["id"], ABSENT)]
    assert [(one.status, one.json["outcomes"]) for one in answers] == [(201, None)] * 2
    assert answers[0].headers["Location"] == f"/api/v1/contests/{answers[0].json['id']}"
    running.do_all_work()
    running.clock.shift = timedelta(days=1)
    running.do_all_work()
    assert hotline.get(f"contests/{answers[0].json['id']}").json == answers[0].json
    assert [one["kind"] for one in publisher.get("notices").json["notices"]] == ["contest"]
    exact = running.operator.get(f"contests/{answers[0].json['id']}").json["outcomes"]
    assert exact == {"corrected": "0", "kept": "0", "not-held": "0", "unanswered": "1"}
    whole = hotline.get("contests").json
    first = hotline.get("contests?limit=1").json
    second = hotline.get(f"contests?limit=1&next={first['next']}").json
    assert ([first["more"], second["more"], whole["more"]], len(whole["contests"])) == ([True, False, False], 2)
    assert first["contests"] + second["contests"] == whole["contests"]
    assert (
        publisher.get(f"contests?next={first['next']}").status
        == running.enrol("Hotline C", role=Role.HOTLINE).get(f"contests?next={first['next']}").status
        == 404
    )


def test_every_refusal(running: RunningExchange, monkeypatch: pytest.MonkeyPatch) -> None:
    publisher, hotline = running.enrol("Publisher"), running.enrol("Hotline B", role=Role.HOTLINE)
    good = {"object_id": ABSENT, "reason": "outdated"}
    refused = [
        publisher.post("contests", good),
        hotline.post("contests", good | {"object_id": "somebody@example.org"}),
        hotline.post("contests", good | {"reason": "because"}),
        publisher.get("contests/nonsense"),
    ]
    assert [(one.status, one.code) for one in refused] == [
        (403, "permission-missing"),
        (400, "request-invalid"),
        (400, "request-invalid"),
        (404, "not-found"),
    ]
    assert "somebody" not in refused[1].body.decode()
    monkeypatch.setattr(contest, "MOST_A_DAY", 0)
    late = hotline.post("contests", good)
    assert (late.status, late.code) == (429, "volume-exhausted")
