from __future__ import annotations

import pytest
from flask import Flask

from app.web.client_network import client_network, trust_proxies


@pytest.mark.parametrize(
    ("proxies", "header", "network"),
    [
        (0, "198.51.100.9", "192.0.2.1"),
        (1, "198.51.100.9", "198.51.100.9"),
        (1, "203.0.113.5, 198.51.100.9", "198.51.100.9"),
        (2, "203.0.113.5, 198.51.100.9", "203.0.113.5"),
        (1, None, "192.0.2.1"),
        (1, "not an address", "None"),
    ],
)
def test_a_header_is_believed_of_as_many_proxies_as_are_configured(proxies: int, header: str | None, network: str) -> None:
    app = Flask(__name__)
    app.add_url_rule("/", "told", lambda: str(client_network()))
    trust_proxies(app, proxies)
    headers = {"X-Forwarded-For": header} if header else {}
    told = app.test_client().get("/", headers=headers, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    assert told.get_data(as_text=True) == network
