"""A webhook tried against the sandbox, as ``docs/webhooks.md`` says: a receiver here is called, and its signature fits."""

from __future__ import annotations

import time
from pathlib import Path

from standardwebhooks.webhooks import Webhook

from tests.factories.https_servers import receiver
from tests.factories.sandboxes import serving_sandbox


def test_a_receiver_on_this_machine_is_called(tmp_path: Path) -> None:
    with receiver(tmp_path, name="hooks.localhost") as called:
        options = ("--webhook-port", called.port, "--webhook-ca", called.ca_file)
        with serving_sandbox(tmp_path / "sandbox", workers=1, options=options) as sandbox:
            partner = sandbox.partner("platform-b")
            made = partner.post("/webhooks", {"url": f"https://hooks.localhost:{called.port}/in", "cadence_minutes": 1}).json()
            assert partner.post(f"/webhooks/{made['id']}/test", {}).status_code == 200
            deadline = time.monotonic() + 120
            while not called.calls:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        [call] = called.calls
        assert Webhook(made["secret"]).verify(call.body, call.headers)["type"] == "poll"
