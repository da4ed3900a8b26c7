from __future__ import annotations

import io
import json

import pytest

from app.services.read_document import MAX_DOCUMENT_BYTES
from tests.factories.exchanges import FakePartner, RunningExchange

PARTNER = {"name": "Platform A", "role": "platform", "jurisdiction": "NL"}


@pytest.mark.parametrize(
    "media_type",
    [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", "json"],
)
def test_nothing_else_is_read(running: RunningExchange, media_type: str | None) -> None:
    answer = running.operator.post("partners", PARTNER, media_type=media_type)
    assert (answer.status, answer.code) == (415, "media-type-unsupported")


def test_an_encoded_body_is_not_unpacked(running: RunningExchange) -> None:
    answer = running.operator.post("partners", PARTNER, headers={"Content-Encoding": "gzip"})
    assert (answer.status, answer.code) == (415, "media-type-unsupported")
    assert running.operator.post("partners", PARTNER, headers={"Content-Encoding": "identity"}).status == 201


def test_a_reading_route_does_not_look_at_a_body(platform: FakePartner) -> None:
    headers = {"Breakwater-Purpose": "detection"}
    for body in (b"{", b"x" * 300_000, b"\xff"):
        assert platform.send("GET", "objects", body=body, headers=headers).status == 200


class Broken(io.BytesIO):
    """A body that breaks off, as a server's reading of malformed chunks does."""

    def __init__(self, failure: Exception) -> None:
        super().__init__()
        self.failure = failure

    def read(self, _size: int | None = -1) -> bytes:
        raise self.failure

    readinto = read  # type: ignore[assignment]  # it reads nothing either


def chunked(running: RunningExchange, body: io.BytesIO, path: str = "partners") -> tuple[int, str]:
    """Send a body whose length nobody says beforehand."""
    response = running.app.test_client().post(
        f"/api/v1/{path}",
        input_stream=body,
        headers={"Authorization": f"Bearer {running.operator.token}", "Transfer-Encoding": "chunked"},
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True},
    )
    return response.status_code, response.get_json(force=True).get("code", "")


def test_a_chunked_body_is_read_like_any_other(running: RunningExchange) -> None:
    body = json.dumps(PARTNER).encode()
    assert chunked(running, io.BytesIO(body.ljust(MAX_DOCUMENT_BYTES))) == (201, "")


@pytest.mark.parametrize("more", [1, 2, 100_000])
def test_a_chunked_body_is_too_large_from_the_first_byte_on_and_not_cut_off(running: RunningExchange, more: int) -> None:
    body = json.dumps(PARTNER).encode()
    assert chunked(running, io.BytesIO(body.ljust(MAX_DOCUMENT_BYTES + more))) == (413, "body-too-large")


@pytest.mark.parametrize("path", ["partners", f"keys/{'0' * 64}/activation"])
def test_a_body_that_breaks_off_is_an_error_of_the_caller(running: RunningExchange, path: str) -> None:
    for failure in (OSError("SECRET"), RuntimeError("SECRET"), ValueError("SECRET")):
        assert chunked(running, Broken(failure), path) == (400, "request-invalid")
