from __future__ import annotations

from dataclasses import replace

from app.domain.paging import Duty
from app.web.context import attach
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.taxii import TAXII, ask


def test_discovery_names_the_root_where_partners_reach_it(running: RunningExchange, platform: FakePartner) -> None:
    attach(running.app, replace(running.exchange, duty=Duty(origin="https://exchange.example.org")))
    told = ask(platform, "/taxii2/").json
    assert told["api_roots"] == ["https://exchange.example.org/taxii2/root/"]
    assert told["default"] in told["api_roots"]
    assert told["title"]


def test_at_a_free_port_the_request_says_where_that_is(running: RunningExchange, platform: FakePartner) -> None:
    attach(running.app, replace(running.exchange, duty=Duty(origin="http://127.0.0.1:0")))
    assert ask(platform, "/taxii2/").json["default"] == "http://localhost/taxii2/root/"


def test_the_root_says_what_it_speaks_and_how_much_it_takes(platform: FakePartner) -> None:
    told = ask(platform, "/taxii2/root/").json
    assert (told["versions"], told["max_content_length"]) == ([TAXII], 16 * 1024 * 1024)
    assert told["title"]
