"""An answer is read whole, of a bounded size and time, or not at all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.egress.connection import Request
from app.egress.fetch import FetchError, fetch
from tests.factories.https_servers import DRIPPING, ENDLESS, ENDLESS_HEAD, GARBAGE, SILENT, receiver, resolving
from tests.factories.openid_providers import COMPRESSED, CUT_OFF, DISCOVERY, HUGE, KEYS, REDIRECT, SLOW, Simulator, simulator

GET = Request("GET")
QUICK_SECONDS = 2.0
MUCH_LATER_SECONDS = 15  # before others would let go, and on a busy machine


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Simulator]:
    with simulator(tmp_path) as running:
        yield running


def test_a_document_is_read(provider: Simulator) -> None:
    assert provider.issuer.encode() in fetch(provider.egress(), f"{provider.issuer}{DISCOVERY}", GET, "a")


@pytest.mark.parametrize("how", [HUGE, REDIRECT, SLOW])
def test_what_is_too_much_elsewhere_or_too_late_is_not(provider: Simulator, how: str) -> None:
    provider.answers[KEYS] = how
    began_at = time.monotonic()
    with pytest.raises(FetchError):
        fetch(provider.egress(call_seconds=QUICK_SECONDS), f"{provider.issuer}{KEYS}", GET, "a")
    assert time.monotonic() - began_at < MUCH_LATER_SECONDS
    assert provider.asked == [KEYS]


@pytest.mark.parametrize("answer", [SILENT, DRIPPING, ENDLESS, GARBAGE, ENDLESS_HEAD, 204, 404, 500])
def test_what_is_no_answer_is_not_read(tmp_path: Path, answer: int | str) -> None:
    with receiver(tmp_path) as other:
        other.answers = [answer]
        began_at = time.monotonic()
        with pytest.raises(FetchError):
            fetch(other.egress(call_seconds=QUICK_SECONDS), other.url, GET, "a")
        assert time.monotonic() - began_at < MUCH_LATER_SECONDS


def test_an_empty_answer_is_one(tmp_path: Path) -> None:
    with receiver(tmp_path) as other:
        other.answers = [200]
        assert fetch(other.egress(), other.url, Request("POST", {}, b"x"), "a") == b""
        assert other.calls[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "change", [{"resolve": resolving("10.0.0.5")}, {"resolve": resolving()}, {"ca_file": None}, {"ports": frozenset({443})}]
)
def test_nobody_else_is_called(tmp_path: Path, change: dict[str, Any]) -> None:
    with receiver(tmp_path) as other:
        with pytest.raises(FetchError):
            fetch(other.egress(**change), other.url, GET, "a")
        assert other.calls == []


def test_a_certificate_of_another_name_is_refused(tmp_path: Path) -> None:
    with receiver(tmp_path, name="other.example.org") as other, pytest.raises(FetchError) as caught:
        fetch(other.egress(), other.url, GET, "a")
    assert "secret" not in str(caught.value)


def test_a_compressed_answer_is_not_read(provider: Simulator) -> None:
    provider.answers[KEYS] = COMPRESSED
    with pytest.raises(FetchError):
        fetch(provider.egress(), f"{provider.issuer}{KEYS}", GET, "a")


def test_an_answer_that_is_cut_off_is_not_read(provider: Simulator) -> None:
    provider.answers[KEYS] = CUT_OFF
    with pytest.raises(FetchError):
        fetch(provider.egress(), f"{provider.issuer}{KEYS}", GET, "a")
