"""The receiver of ``docs/webhooks.md`` is run as it stands there: it verifies a message, answers, and pulls."""

from __future__ import annotations

import json
import os
import re
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from app.cli.loopback_server import loopback_server
from app.domain.webhook import CADENCES, Outcome
from app.services.calling.call_webhooks import TRIED_FOR
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.furnished import furnished, hotline, platform, running
from tests.factories.https_servers import HOST, LOOPBACK, Receiver, certificates
from tests.factories.stix_objects import indicator
from tests.factories.webhooks import let_call

__all__ = ["furnished", "hotline", "platform", "running"]

TEXT = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(application: Any, folder: Path) -> Iterator[Receiver]:
    """Serve an application over TLS."""
    ca_file, certificate, key = certificates(folder, HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with make_server(LOOPBACK, 0, application, handler_class=_Quiet) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield Receiver(server.server_port, ca_file)
        server.shutdown()
        thread.join()


def test_the_receiver_verifies_answers_and_pulls(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert EXAMPLE is not None
    example: dict[str, Any] = {}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    exec(compile(EXAMPLE[1], "docs/webhooks.md", "exec"), example)  # noqa: S102  # the document's own example
    with served(example["application"], tmp_path) as other, loopback_server(running.app) as url:
        let_call(running, platform, other.egress())
        value = indicator()
        hotline.submit(value)
        made = platform.post("webhooks", {"url": other.url}).json
        for name, setting in (("WEBHOOK_SECRET", made["secret"]), ("BREAKWATER_URL", url), ("BREAKWATER_TOKEN", platform.token)):
            monkeypatch.setenv(name, str(setting))
        assert platform.post(f"webhooks/{made['id']}/test", {}).status == 200
        running.do_all_work()
        assert platform.get("webhooks").json["webhooks"][0]["last_message"]["outcome"] == "delivered"
        assert value["id"] in pulled(tmp_path / "objects.ndjson")
        monkeypatch.setenv("WEBHOOK_SECRET", "whsec_" + "A" * 44)
        running.clock.shift += TRIED_FOR / 72
        assert platform.post(f"webhooks/{made['id']}/test", {}).status == 200
        running.do_all_work()
        assert platform.get("webhooks").json["webhooks"][0]["last_message"]["outcome"] == "refused"


def pulled(file: Path) -> set[str]:
    deadline = time.monotonic() + 60
    while not (file.exists() and file.stat().st_size):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return {json.loads(line)["id"] for line in file.read_text().splitlines()}


def test_every_outcome_and_cadence_is_explained() -> None:
    for outcome in Outcome:
        assert f"`{outcome}`" in TEXT
    assert "1, 5, 15 or 60 minutes" in TEXT
    assert CADENCES == (1, 5, 15, 60)
    assert TRIED_FOR.days == 3
