"""From which place on the network a request comes, as far as that is known.

Owns that a header says so only where proxies are configured (``BREAKWATER_PROXIES``): the factory then lets that many proxies in
front name the address, and what a client itself wrote is not among it. Kept by ``tests/web/test_client_network.py``.
"""

from __future__ import annotations

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from app.domain.sign_in_attempts import network_of


def client_network() -> str | None:
    """Give the network of whoever asks; None where a proxy hides it, or it is this machine."""
    return network_of(request.remote_addr)


def trust_proxies(app: Flask, proxies: int) -> None:
    """Let so many proxies in front say from where a request comes; with none the socket's address alone counts."""
    if proxies:
        believed = {"x_for": proxies, "x_proto": 0, "x_host": 0, "x_port": 0, "x_prefix": 0}
        app.wsgi_app = ProxyFix(app.wsgi_app, **believed)  # type: ignore[method-assign]  # as Flask's documents say
