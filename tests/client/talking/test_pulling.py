"""A feed is read whole and once, however its reader ends: what is not acknowledged comes again, what is never does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from app.cli.loopback_server import loopback_server
from breakwater_client.errors import ExchangeAwayError, ExchangeRefusedError, StateFileError
from breakwater_client.talking.connection import Connection, Target
from breakwater_client.talking.pulling import Feed, Question
from tests.cli.desk import Desk, lock_held_elsewhere
from tests.factories.exchanges import FakePartner
from tests.factories.scripted_exchange import JSON, NO_CURSORS, Scripted
from tests.factories.stix_objects import indicator


@pytest.fixture
def published(desk: Desk, request: pytest.FixtureRequest) -> tuple[FakePartner, list[str]]:
    """A partner of this test's own and the ids of the five objects that it published."""
    partner = desk.running.enrol(f"Publisher of {request.node.name}")
    values = [indicator(name=f"Nr {number}") for number in range(5)]
    assert partner.submit(*values).status == 201
    return partner, [str(value["id"]) for value in values]


def feed_of(desk: Desk, reader: FakePartner, owner: FakePartner, file: Path, **filters: Any) -> Feed:
    question = Question("detection", {"owner": [owner.partner_id], **filters}, limit=2)
    return Feed(Connection(Target(desk.url, reader.token)), question, file)


Published = tuple[FakePartner, list[str]]


def ids(objects: Any) -> list[str]:
    return [one["id"] for one in objects]


def test_everything_comes_once_in_order(desk: Desk, hotline: FakePartner, published: Published, tmp_path: Path) -> None:
    seen: list[str] = []
    for _ in range(2):  # the second process finds nothing
        with feed_of(desk, hotline, published[0], tmp_path / "state") as feed:
            for page in feed:
                seen += ids(page.objects)
                page.acknowledge()
    assert seen == published[1]
    assert (feed.state.objects, feed.state.pages) == (5, 3)


def test_a_page_that_was_not_acknowledged_comes_again(
    desk: Desk, hotline: FakePartner, published: Published, tmp_path: Path
) -> None:
    with feed_of(desk, hotline, published[0], tmp_path / "state") as feed:
        pages = iter(feed)
        next(pages).acknowledge()
        given = ids(next(pages).objects)
    with feed_of(desk, hotline, published[0], tmp_path / "state") as feed:
        assert ids(next(iter(feed)).objects) == given == published[1][2:4]


def test_no_page_is_passed_over(desk: Desk, hotline: FakePartner, published: Published, tmp_path: Path) -> None:
    with feed_of(desk, hotline, published[0], tmp_path / "state") as feed:
        pages = iter(feed)
        next(pages)
        with pytest.raises(StateFileError, match="Acknowledge a page") as caught:
            next(pages)
    assert caught.value.told == "page-open"


def test_a_page_is_acknowledged_once(desk: Desk, hotline: FakePartner, published: Published, tmp_path: Path) -> None:
    with feed_of(desk, hotline, published[0], tmp_path / "state") as feed:
        page = next(iter(feed))
        page.acknowledge()
        with pytest.raises(StateFileError, match="given last"):
            page.acknowledge()


def test_an_exchange_that_goes_away_leaves_what_is_kept_right(
    desk: Desk, hotline: FakePartner, published: Published, tmp_path: Path
) -> None:
    with feed_of(desk, hotline, published[0], tmp_path / "state") as feed:
        next(iter(feed)).acknowledge()
        kept = (tmp_path / "state").read_bytes()
    away = Feed(
        Connection(Target("http://127.0.0.1:1", "bw_token")),
        Question("detection", {"owner": [published[0].partner_id]}),
        tmp_path / "state",
    )
    with away, pytest.raises(ExchangeAwayError):
        next(iter(away))
    assert (tmp_path / "state").read_bytes() == kept


def test_a_refusal_keeps_nothing(desk: Desk, hotline: FakePartner, tmp_path: Path) -> None:
    refused = Feed(Connection(Target(desk.url, hotline.token)), Question(None), tmp_path / "state")
    with refused, pytest.raises(ExchangeRefusedError) as caught:
        next(iter(refused))
    assert caught.value.told == "purpose-missing"
    assert not (tmp_path / "state").exists()


def test_another_question_needs_a_file_of_its_own(desk: Desk, hotline: FakePartner, published: Published, tmp_path: Path) -> None:
    with feed_of(desk, hotline, published[0], tmp_path / "state") as feed:
        next(iter(feed)).acknowledge()
    with pytest.raises(StateFileError, match="another purpose or other filters"):
        feed_of(desk, hotline, published[0], tmp_path / "state", type=["url"]).__enter__()
    with feed_of(desk, hotline, published[0], tmp_path / "state") as feed:  # what was refused holds no lock
        assert feed.state.pages == 1


def test_one_process_at_a_time(desk: Desk, hotline: FakePartner, published: Published, tmp_path: Path) -> None:
    with lock_held_elsewhere(tmp_path / "state.lock"), pytest.raises(StateFileError) as caught:
        feed_of(desk, hotline, published[0], tmp_path / "state").__enter__()
    assert caught.value.told == "locked"


_READER = r"""
import json, os, sys, time
from pathlib import Path
from breakwater_client.talking.connection import Connection, Target
from breakwater_client.talking.pulling import Feed, Question
url, token, owner, folder = sys.argv[1:]
folder = Path(folder)
with Feed(Connection(Target(url, token)), Question("detection", {"owner": [owner]}, limit=1), folder / "state") as feed:
    for page in feed:
        if page.objects:
            with (folder / "kept").open("a") as kept:
                kept.write(page.objects[0]["id"] + "\n")
                kept.flush()
                os.fsync(kept.fileno())
        page.acknowledge()
        with (folder / "acknowledged").open("a") as said:
            said.write("".join(one["id"] + "\n" for one in page.objects))
        time.sleep(0.02)
"""


def test_killed_at_any_point_nothing_is_passed_over_and_nothing_acknowledged_comes_again(
    desk: Desk, hotline: FakePartner, tmp_path: Path
) -> None:
    publisher = desk.running.enrol("Publisher of what a killed reader reads")
    values = [indicator(name=f"Nr {number}") for number in range(12)]
    assert publisher.submit(*values).status == 201
    command = [sys.executable, "-c", _READER, desk.url, str(hotline.token), publisher.partner_id, str(tmp_path)]
    for _ in range(4):
        with subprocess.Popen(command) as reader:
            kept = _lines(tmp_path / "kept")
            while reader.poll() is None and len(_lines(tmp_path / "kept")) < len(kept) + 2:
                time.sleep(0.005)
            if reader.poll() is None:
                os.kill(reader.pid, signal.SIGKILL)
    subprocess.run(command, check=True)
    kept, acknowledged = _lines(tmp_path / "kept"), _lines(tmp_path / "acknowledged")
    assert list(dict.fromkeys(kept)) == ids(values)
    assert len(acknowledged) == len(set(acknowledged))
    assert json.loads((tmp_path / "state").read_bytes())["objects"] == len(values)


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def test_no_cursor_after_one_never_puts_the_kept_one_back(tmp_path: Path) -> None:
    answers = [{"objects": [{"id": "a"}], "more": True, "next": "c"}, {"objects": [{"id": "b"}], "more": False, "next": None}]
    script = Scripted([("200 OK", JSON, json.dumps(one).encode()) for one in answers])
    with loopback_server(script) as url:
        feed = Feed(Connection(Target(url, "bw_token")), Question("detection"), tmp_path / "state")
        with feed:
            pages = iter(feed)
            next(pages).acknowledge()
            with pytest.raises(ExchangeAwayError):
                next(pages)
    assert json.loads((tmp_path / "state").read_bytes())["next"] == "c"


@pytest.mark.parametrize("cursor", NO_CURSORS.values(), ids=NO_CURSORS)
def test_a_cursor_that_cannot_be_sent_back_is_not_kept_and_the_next_run_goes_on(cursor: str, tmp_path: Path) -> None:
    pages = [{"objects": [{"id": "a"}], "more": False, "next": one} for one in (cursor, "c")]
    script = Scripted([("200 OK", JSON, json.dumps(one).encode()) for one in pages])
    with loopback_server(script) as url:

        def pulled() -> list[str]:
            with Feed(Connection(Target(url, "bw_token")), Question("detection"), tmp_path / "state") as feed:
                seen = []
                for page in feed:
                    seen += ids(page.objects)
                    page.acknowledge()
                return seen

        with pytest.raises(ExchangeAwayError):
            pulled()
        assert pulled() == ["a"]
    assert "next" not in script.asked[1]["QUERY_STRING"]


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {"objects": [], "more": False},
        {"objects": ["a"], "more": False, "next": "c"},
        {"objects": [], "more": "no", "next": "c"},
        {"objects": [], "more": False, "next": 5},
        {"objects": [], "more": True, "next": None},
    ],
    ids=["no object", "no cursor", "an object that is none", "a word for more", "a number for a cursor", "no end"],
)
def test_what_is_no_page_keeps_nothing(answer: Any, tmp_path: Path) -> None:
    with loopback_server(Scripted([("200 OK", JSON, json.dumps(answer).encode())])) as url:
        feed = Feed(Connection(Target(url, "bw_token")), Question("detection"), tmp_path / "state")
        with feed, pytest.raises(ExchangeAwayError):
            next(iter(feed))
    assert not (tmp_path / "state").exists()
