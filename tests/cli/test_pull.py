"""Pulling: complete, once, and from where the last run stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.faults import ExitCode
from app.cli.loopback_server import loopback_server
from app.domain.vocabulary import Purpose
from breakwater_client.talking.pull_state import PullState, save_state
from breakwater_client.talking.pulling import Question
from tests.cli.desk import Desk, Faltering, lock_held_elsewhere, objects_in
from tests.factories.exchanges import FakePartner, Wanted
from tests.factories.scripted_exchange import JSON, Scripted
from tests.factories.stix_objects import indicator, user_account


@pytest.fixture
def published(desk: Desk, request: pytest.FixtureRequest) -> tuple[FakePartner, list[dict[str, Any]]]:
    """A partner of this test's own and the five signed objects that it published."""
    partner = desk.running.enrol(f"Publisher of {request.node.name}")
    values = [partner.sign(indicator(name=f"Nr {number}, Å")) for number in range(5)]
    assert partner.submit_signed(values).status == 201
    return partner, values


def arguments(published: tuple[FakePartner, Any], out: Path) -> list[object]:
    return ["pull", "--out", out, "--owner", published[0].partner_id, "--purpose", "detection", "--limit", 2]


Published = tuple[FakePartner, list[dict[str, Any]]]


def test_everything_comes_once_and_as_it_was_signed(
    desk: Desk, hotline: FakePartner, published: Published, tmp_path: Path
) -> None:
    told = desk.json(hotline, *arguments(published, tmp_path / "all.ndjson"))
    assert (told["objects"], told["pages"]) == (5, 3)
    assert objects_in(tmp_path / "all.ndjson") == published[1]
    assert desk.json(hotline, *arguments(published, tmp_path / "all.ndjson"))["objects"] == 0
    assert len(objects_in(tmp_path / "all.ndjson")) == 5


def test_the_next_run_brings_what_is_new(desk: Desk, hotline: FakePartner, published: Published, tmp_path: Path) -> None:
    out = tmp_path / "pages"
    desk.json(hotline, *arguments(published, out))
    assert published[0].submit(indicator(name="later")).status == 201
    told = desk.run(hotline, *arguments(published, out)).stdout
    assert "1 new objects" in told
    assert [path.name for path in sorted(out.glob("*.ndjson"))] == [f"objects-{number:08}.ndjson" for number in (1, 2, 3, 4)]
    assert objects_in(out / "objects-00000004.ndjson")[0]["name"] == "later"


@pytest.mark.parametrize("name", ["all.ndjson", "pages"])
def test_an_interrupted_pull_goes_on_without_loss_and_without_doubles(
    desk: Desk, hotline: FakePartner, published: Published, tmp_path: Path, name: str
) -> None:
    out = tmp_path / name
    with loopback_server(Faltering(desk.running.app, "GET", 2)) as url:
        interrupted = Desk(url, desk.running).run(hotline, *arguments(published, out))
    assert interrupted.exit_code == ExitCode.UNAVAILABLE
    assert desk.json(hotline, *arguments(published, out))["objects"] == 1
    files = [out] if out.is_file() else sorted(out.glob("*.ndjson"))
    assert [value for file in files for value in objects_in(file)] == published[1]


def test_a_torn_end_of_the_file_is_repaired(desk: Desk, hotline: FakePartner, published: Published, tmp_path: Path) -> None:
    out = tmp_path / "all.ndjson"
    with loopback_server(Faltering(desk.running.app, "GET", 1)) as url:
        Desk(url, desk.running).run(hotline, *arguments(published, out))
    with out.open("ab") as torn:
        torn.write(json.dumps(published[1][2]).encode()[:40])  # the page was being written when the power went
    desk.json(hotline, *arguments(published, out))
    assert objects_in(out) == published[1]


def test_a_first_page_that_was_torn_is_repaired_too(
    desk: Desk, hotline: FakePartner, published: Published, tmp_path: Path
) -> None:
    out = tmp_path / "all.ndjson"
    filters = {"owner": (published[0].partner_id,)}
    save_state(tmp_path / ".all.ndjson.state.json", PullState(Question("detection", filters).asked))  # killed at the first page
    out.write_bytes(json.dumps(published[1][0]).encode()[:40])
    desk.json(hotline, *arguments(published, out))
    assert objects_in(out) == published[1]


def test_filters_narrow_what_is_pulled(desk: Desk, hotline: FakePartner, tmp_path: Path) -> None:
    partner = desk.running.enrol("Publisher of two kinds")
    audience = partner.register_audience(partners_in=[hotline.partner_id])
    assert audience
    partner.submit(indicator(), user_account("account-of-two-kinds"))
    own = ("--owner", partner.partner_id)
    desk.json(partner, "pull", "--out", tmp_path / "a.ndjson", *own, "--purpose", "detection", "--type", "user-account")
    assert [one["type"] for one in objects_in(tmp_path / "a.ndjson")] == ["user-account"]
    options = ("--harm", "live-streamed-csa", "--surface", "live-stream", "--phase", "live-abuse-facilitation")
    desk.json(partner, "pull", "--out", tmp_path / "b.ndjson", *own, "--purpose", "detection", *options)
    assert [one["type"] for one in objects_in(tmp_path / "b.ndjson")] == ["indicator"]


def test_a_read_without_a_purpose_is_refused(desk: Desk, hotline: FakePartner, tmp_path: Path) -> None:
    refused = desk.run(hotline, "pull", "--out", tmp_path / "all.ndjson")
    assert refused.exit_code == ExitCode.REFUSED
    assert "[purpose-missing]" in refused.stderr
    assert "header Breakwater-Purpose" in refused.stderr
    assert "--purpose detection" in refused.stderr


def test_another_purpose_than_the_tokens_own_is_refused_with_the_option_to_leave_out(desk: Desk, tmp_path: Path) -> None:
    partner = desk.running.enrol("Hotline with a fixed purpose", Wanted(purpose=Purpose.DETECTION))
    refused = desk.run(partner, "pull", "--out", tmp_path / "all.ndjson", "--purpose", "audit")
    assert refused.exit_code == ExitCode.NOT_ALLOWED
    assert "leave --purpose out" in refused.stderr


@pytest.mark.parametrize("name", ["all.ndjson", "pages"])
def test_a_refused_pull_leaves_nothing_that_blocks_the_corrected_one(
    desk: Desk, hotline: FakePartner, published: Published, tmp_path: Path, name: str
) -> None:
    command = arguments(published, tmp_path / name)
    without_purpose = [one for one in command if one not in {"--purpose", "detection"}]
    assert desk.run(hotline, *without_purpose).exit_code == ExitCode.REFUSED
    assert [path.name for path in tmp_path.iterdir()] == [f".{name}.state.json.lock"]
    assert desk.json(hotline, *command)["objects"] == 5


def test_other_filters_need_a_state_of_their_own(desk: Desk, hotline: FakePartner, published: Published, tmp_path: Path) -> None:
    out = tmp_path / "all.ndjson"
    desk.json(hotline, *arguments(published, out))
    assert desk.run(hotline, *arguments(published, out), "--type", "url").exit_code == ExitCode.USAGE
    assert (
        desk.run(hotline, *arguments(published, out), "--type", "url", "--state", tmp_path / "other").exit_code == ExitCode.USAGE
    )
    assert objects_in(out) == published[1], "a file that another state speaks of is not overwritten"


def test_anothers_cursor_is_told_to_be_one(desk: Desk, hotline: FakePartner, published: Published, tmp_path: Path) -> None:
    out = tmp_path / "all.ndjson"
    desk.json(hotline, *arguments(published, out))
    another = desk.running.enrol("Somebody with a copied state", Wanted())
    refused = desk.run(another, *arguments(published, out))
    assert refused.exit_code == ExitCode.USAGE
    assert "--state" in refused.stderr


def test_two_pulls_do_not_share_a_state(desk: Desk, hotline: FakePartner, tmp_path: Path) -> None:
    with lock_held_elsewhere(tmp_path / ".all.ndjson.state.json.lock"):
        refused = desk.run(hotline, "pull", "--out", tmp_path / "all.ndjson", "--purpose", "detection")
    assert refused.exit_code == ExitCode.REFUSED
    assert "[locked]" in refused.stderr


def test_a_question_is_what_a_position_depends_on() -> None:
    filters = {"type": ("indicator",), "id": (), "confidence_min": None, "added_after": "2026-01-01T00:00:00Z"}
    expected = {"purpose": None, "filters": {"type": ["indicator"], "added_after": "2026-01-01T00:00:00Z"}}
    assert Question(None, filters).asked == expected


def test_a_page_with_a_cursor_that_cannot_be_sent_back_ends_this_run_and_no_later_one(desk: Desk, tmp_path: Path) -> None:
    pages = [{"objects": [{"id": "a"}], "more": False, "next": one} for one in ("\ud800", "c")]
    with loopback_server(Scripted([("200 OK", JSON, json.dumps(one).encode()) for one in pages])) as url:
        partner = desk.running.enrol("Reader of a liar")
        told = [Desk(url, desk.running).run(partner, "pull", "--out", tmp_path / "all.ndjson") for _ in range(2)]
    assert [one.exit_code for one in told] == [ExitCode.UNAVAILABLE, 0], told[0].stderr
    assert objects_in(tmp_path / "all.ndjson") == [{"id": "a"}]
