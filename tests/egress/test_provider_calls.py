from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.egress.connection import Request
from app.egress.fetch import FetchError
from app.egress.provider_calls import KEPT_FOR, LEAST_BETWEEN, MOST_AT_ONCE, PAUSE_AFTER_FAILURE, ProviderCalls
from tests.factories.openid_providers import BROKEN, KEYS, REDIRECT, SLOW, TOKEN, Simulator, simulator

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Simulator]:
    with simulator(tmp_path) as running:
        yield running


def test_a_document_is_kept_for_an_hour(provider: Simulator) -> None:
    calls, url = ProviderCalls(provider.egress()), f"{provider.issuer}{KEYS}"
    first = calls.document(url, NOW)
    provider.answers[KEYS] = BROKEN
    assert calls.document(url, NOW + KEPT_FOR - SECOND) == first
    assert calls.document(url, NOW + KEPT_FOR) == b"{not json"
    assert calls.document(url, NOW - SECOND) == b"{not json", "the clock was set back: read anew"
    assert len(provider.asked) == 3


def test_what_is_wanted_anew_is_read_once_a_minute(provider: Simulator) -> None:
    calls, url = ProviderCalls(provider.egress()), f"{provider.issuer}{KEYS}"
    calls.document(url, NOW)
    for _ in range(3):
        calls.document(url, NOW + LEAST_BETWEEN - SECOND, anew=True)
    assert len(provider.asked) == 1
    calls.document(url, NOW + LEAST_BETWEEN, anew=True)
    assert len(provider.asked) == 2


def test_what_failed_is_not_asked_again_at_once(provider: Simulator) -> None:
    calls, url = ProviderCalls(provider.egress()), f"{provider.issuer}{KEYS}"
    provider.answers[KEYS] = REDIRECT
    for _ in range(3):
        with pytest.raises(FetchError):
            calls.document(url, NOW)
    assert len(provider.asked) == 1
    del provider.answers[KEYS]
    assert calls.document(url, NOW + PAUSE_AFTER_FAILURE)


class SlowNames:
    """Name servers that answer once so many were asked: nobody has an address before all look theirs up."""

    def __init__(self, asked_at_once: int) -> None:
        self._all_asked = threading.Barrier(asked_at_once)

    def __call__(self, _host: str) -> list[str]:
        self._all_asked.wait(20)
        return ["127.0.0.1"]


def test_a_slow_provider_holds_few(provider: Simulator) -> None:
    calls, url = ProviderCalls(provider.egress(call_seconds=3.0)), f"{provider.issuer}{TOKEN}"
    provider.answers[TOKEN] = SLOW
    told: list[str] = []

    def ask() -> None:
        with pytest.raises(FetchError) as caught:
            calls.send(url, Request("POST", {}, b"x"))
        told.append(str(caught.value))

    threads = [threading.Thread(target=ask) for _ in range(MOST_AT_ONCE + 4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert told.count("too many on their way") == 4
    del provider.answers[TOKEN]
    with pytest.raises(FetchError) as caught:
        calls.send(url, Request("POST", {}, b"code=x"))
    assert str(caught.value) != "too many on their way", "there is room again"


def test_whoever_has_room_may_look_the_host_up_though_all_do_at_once(provider: Simulator) -> None:
    calls = ProviderCalls(replace(provider.egress(), resolve=SlowNames(MOST_AT_ONCE + 1)))
    told: list[str] = []

    def send() -> None:
        with pytest.raises(FetchError) as caught:
            calls.send(f"{provider.issuer}{TOKEN}", Request("POST", {}, b"code=x"))
        told.append(str(caught.value))

    threads = [threading.Thread(target=send) for _ in range(MOST_AT_ONCE)]
    for one in threads:
        one.start()
    assert calls.document(f"{provider.issuer}{KEYS}", NOW)
    for one in threads:
        one.join()
    assert told == ["ValueError"] * MOST_AT_ONCE, "each was answered, with 400"
    assert provider.asked.count(TOKEN) == MOST_AT_ONCE
