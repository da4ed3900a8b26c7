"""One call: to the address that was checked, with a certificate of the name, within its limits whatever the other side does."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.webhook import Outcome
from app.egress.addresses import Egress
from app.egress.call import post, why_not_callable
from tests.factories.https_servers import (
    DRIPPING,
    ENDLESS,
    ENDLESS_HEAD,
    GARBAGE,
    HOST,
    LOOPBACK,
    SILENT,
    Receiver,
    Resolving,
    receiver,
    resolving,
)

BODY = b'{"type":"poll"}'
QUICK_SECONDS = 0.5
MUCH_LATER_SECONDS = 12  # before others would let go, and on a busy machine


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Receiver]:
    with receiver(tmp_path) as running:
        yield running


def call(other: Receiver, **changes: Any) -> Outcome:
    return post(other.egress(**changes), other.url, {"webhook-id": "msg_1"}, BODY, "a")


def test_a_message_arrives_as_it_was_sent(other: Receiver) -> None:
    assert call(other) is Outcome.DELIVERED
    [came] = other.calls
    assert (came.target, came.body) == ("/in/a-secret-path?token=a-secret-token", BODY)
    assert came.headers == {
        "host": f"{HOST}:{other.port}",
        "user-agent": "breakwater",
        "content-type": "application/json",
        "content-length": str(len(BODY)),
        "connection": "close",
        "webhook-id": "msg_1",
    }


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.DELIVERED),
        (202, Outcome.DELIVERED),
        (404, Outcome.REFUSED),
        (410, Outcome.GONE),
        (429, Outcome.REFUSED),
        (500, Outcome.SERVER_FAILED),
        (503, Outcome.SERVER_FAILED),
    ],
)
def test_a_status_is_told_by_its_class(other: Receiver, status: int, outcome: Outcome) -> None:
    other.answers = [status]
    assert call(other) is outcome


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(other: Receiver, status: int) -> None:
    other.answers = [status]
    assert call(other) is Outcome.REDIRECTED
    other.location = other.url
    assert call(other) is Outcome.REDIRECTED
    assert len(other.calls) == 2


@pytest.mark.parametrize("misdeed", [SILENT, DRIPPING])
def test_nobody_holds_a_call_up(other: Receiver, misdeed: str) -> None:
    other.answers = [misdeed]
    began_at = time.monotonic()
    outcome = call(other, call_seconds=QUICK_SECONDS)
    assert outcome is Outcome.TIMED_OUT
    assert time.monotonic() - began_at < MUCH_LATER_SECONDS


def test_an_endless_answer_is_not_read(other: Receiver) -> None:
    other.answers = [ENDLESS]
    began_at = time.monotonic()
    assert call(other) is Outcome.DELIVERED
    assert time.monotonic() - began_at < 5


@pytest.mark.parametrize("misdeed", [GARBAGE, ENDLESS_HEAD])
def test_what_is_no_answer_has_an_end(other: Receiver, misdeed: str) -> None:
    other.answers = [misdeed]
    assert call(other) is Outcome.NO_ANSWER


def test_who_does_not_take_the_handshake_up_is_not_waited_for(other: Receiver) -> None:
    with socket.create_server((LOOPBACK, 0)) as silent:
        port = silent.getsockname()[1]
        egress = other.egress(ports=frozenset({port}), call_seconds=QUICK_SECONDS)
        assert post(egress, f"https://{HOST}:{port}/", {}, BODY, "a") is Outcome.TIMED_OUT


def test_nobody_there_is_unreachable(other: Receiver) -> None:
    with socket.create_server((LOOPBACK, 0)) as gone:
        port = gone.getsockname()[1]
    assert post(other.egress(ports=frozenset({port})), f"https://{HOST}:{port}/", {}, BODY, "a") is Outcome.UNREACHABLE


def test_the_next_address_is_tried_where_one_is_dead(other: Receiver) -> None:
    both = other.egress().also_addresses | {type(next(iter(other.egress().also_addresses)))("127.0.0.9")}
    assert call(other, also_addresses=both, resolve=resolving("127.0.0.9", LOOPBACK)) is Outcome.DELIVERED


@pytest.mark.parametrize("options", [{"name": "other.example.org"}, {"expired": True}])
def test_a_certificate_of_another_name_or_time_is_refused_before_anything_is_sent(tmp_path: Path, options: Any) -> None:
    with receiver(tmp_path, **options) as wrong:
        assert call(wrong) is Outcome.CERTIFICATE_REFUSED
        assert (wrong.connections, wrong.calls) == (1, [])


def test_a_certificate_of_an_unknown_authority_is_refused(other: Receiver) -> None:
    assert call(other, ca_file=None) is Outcome.CERTIFICATE_REFUSED
    assert other.calls == []


def test_the_name_is_looked_up_once_and_what_it_says_later_is_not_called(other: Receiver) -> None:
    rebinding = Resolving([LOOPBACK], ["169.254.169.254"])
    assert call(other, resolve=rebinding) is Outcome.DELIVERED
    assert rebinding.asked == [HOST]
    assert call(other, resolve=rebinding) is Outcome.ADDRESS_REFUSED
    assert len(other.calls) == 1


def test_without_the_name_of_a_development_address_loopback_is_not_connected_to(other: Receiver) -> None:
    assert call(other, also_addresses=frozenset()) is Outcome.ADDRESS_REFUSED
    assert other.connections == 0


def test_no_proxy_of_the_environment_is_asked(other: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert call(other) is Outcome.DELIVERED


def test_no_header_can_be_smuggled_in(other: Receiver) -> None:
    with pytest.raises(ValueError, match="line break"):
        post(other.egress(), other.url, {"webhook-id": "a\r\nx: y"}, BODY, "a")


@pytest.mark.parametrize(
    ("url", "addresses", "outcome"),
    [
        ("https://hooks.example.org/", ("93.184.215.14",), None),
        ("https://hooks.example.org/", ("93.184.215.14", "10.0.0.1"), Outcome.ADDRESS_REFUSED),
        ("http://hooks.example.org/", ("93.184.215.14",), Outcome.ADDRESS_REFUSED),
        ("https://hooks.example.org/", (), Outcome.UNREACHABLE),
    ],
)
def test_a_url_is_looked_at_before_it_is_kept(url: str, addresses: tuple[str, ...], outcome: Outcome | None) -> None:
    assert why_not_callable(Egress(resolve=resolving(*addresses)), url, "a") is outcome
