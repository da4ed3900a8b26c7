"""Which addresses are asked, and how what is below them is spelled."""

from __future__ import annotations

import pytest

from breakwater_client.errors import ExchangeError, MalformedInputError
from breakwater_client.talking.addresses import is_loopback, pairs, segment
from breakwater_client.talking.connection import Connection, Target
from tests.factories.scripted_exchange import NO_ADDRESSES


def test_plain_http_to_another_machine_is_refused_unless_somebody_insists() -> None:
    with pytest.raises(ExchangeError, match=r"use https.*this machine alone") as refused:
        Connection(Target("http://exchange.example.org", "bw_token"))
    assert "insecure" not in refused.value.sentence, "nothing is advised that `Exchange` does not take"
    Connection(Target("http://exchange.example.org", "bw_token", insecure=True))
    Connection(Target("https://exchange.example.org", "bw_token"))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://[::1]:8000/", "http://localhost/api/v1"])
def test_plain_http_stays_possible_on_this_machine(url: str) -> None:
    Connection(Target(url, "bw_token"))


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ExchangeError, match="no address of an exchange"):
        Connection(Target(url, "bw_token"))


def test_a_segment_never_becomes_two() -> None:
    assert segment("../partners?x=1#y") == "..%2Fpartners%3Fx%3D1%23y"


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_step_of_a_path_is_no_segment(value: str) -> None:
    with pytest.raises(MalformedInputError):
        segment(value)


def test_a_list_repeats_its_name_and_what_is_empty_is_left_out() -> None:
    assert list(pairs({"a": ["1", 2], "b": None, "c": "", "d": 0})) == [("a", "1"), ("a", "2"), ("d", "0")]


@pytest.mark.parametrize(
    ("host", "own"), [("127.0.0.9", True), ("::1", True), ("localhost", True), ("192.0.2.1", False), ("x.test", False)]
)
def test_this_machine_is_told_from_others(host: str, *, own: bool) -> None:
    assert is_loopback(host) is own
