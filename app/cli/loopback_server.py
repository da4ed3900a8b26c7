"""A small HTTP server on a free loopback port, inside the running process, for setting an exchange up before it is served.

Owns its thread. Not for serving partners: that is gunicorn's. Kept by ``tests/cli/test_loopback_server.py``.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from app.cli.workshop import WsgiApplication

_HOST = "127.0.0.1"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer's own asks the name service who 127.0.0.1 is
        self.server_name, self.server_port = _HOST, self.server_address[1]
        self.setup_environ()


class _Handler(WSGIRequestHandler):
    def address_string(self) -> str:
        return _HOST

    def get_environ(self) -> dict[str, Any]:
        return super().get_environ() | {"RAW_URI": self.path}  # as gunicorn does: signatures cover what was spelled

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class names it so
        """Write nothing: the application has its own access log."""


@contextmanager
def loopback_server(application: WsgiApplication) -> Iterator[str]:
    """Serve an application while the block runs; gives its URL."""
    with _Server((_HOST, 0), _Handler) as server:
        server.set_app(application)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://{_HOST}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
