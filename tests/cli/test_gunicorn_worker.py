"""How long a request waits for a thread, as the worker measures it."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from gunicorn.workers.gthread import ThreadWorker

from app.cli.gunicorn_worker import TimingWorker
from app.web.waiting import WAITED


def test_a_request_waits_from_when_its_connection_is_queued_and_the_next_one_on_it_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []
    monkeypatch.setattr(ThreadWorker, "enqueue_req", lambda _self, _conn: None)
    monkeypatch.setattr(ThreadWorker, "handle", lambda _self, _conn: seen.append(WAITED.get()))
    worker, connection = object.__new__(TimingWorker), SimpleNamespace()
    began = time.monotonic()
    worker.enqueue_req(connection)
    time.sleep(0.3)
    worker.handle(connection)
    assert 0.3 <= seen[0] <= time.monotonic() - began
    worker.enqueue_req(connection)
    worker.handle(connection)
    assert seen[1] < seen[0]
