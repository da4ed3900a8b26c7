"""The demo: it convinces, it is quick, and it is honest about what it served."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import requests

from app.cli.demo import DEMO_PARTNERS, _folder, _tell_where_to_look
from app.cli.sandbox import Sandbox
from app.cli.sandbox_partners import SANDBOX_PARTNERS
from tests.factories.sandboxes import serving_demo, serving_sandbox


@pytest.mark.parametrize(
    "fact",
    [
        "1. Who submits what",
        "2. Who sees what, and why not",
        "3. What is refused",
        "4. What a reader can prove",
        "5. Who was told",
        "6. The embargo ends",
        "7. An agreement is narrowed",
        "8. What is written by itself",
        "9. Who watches the exchange",
        "that 2 of 2 cosigned",
        "fork: The exchange's key signed two checkpoints",
        "level signed",
        "at log index",
        "exchange-baseline: identifying-not-named",
        "exchange-baseline: aggregates-only",
        "exchange-baseline: partner-not-active",
        "publisher: audience-missing",
        "agreement: sensitivity-not-agreed",
    ],
)
def test_the_key_facts_are_told(demo_output: str, fact: str) -> None:
    assert fact in demo_output


@pytest.mark.parametrize(
    "code", ["signer-mismatch", "key-not-active", "signature-invalid", "signature-missing", "content-forbidden", "terms-exceeded"]
)
def test_each_bad_submission_is_refused_with_its_code(demo_output: str, code: str) -> None:
    assert re.search(rf"\| {code} +\| /objects/0", demo_output)


def test_the_words_are_neutral(demo_output: str) -> None:
    assert not re.search(r"(?i)\b(offender|predator|victim(?!-protection)|suspect)", demo_output)


def test_without_a_terminal_the_output_is_plain(demo_output: str) -> None:
    assert "\x1b" not in demo_output
    assert max(map(len, demo_output.splitlines())) <= 170


def test_the_demo_differs_from_the_sandbox_in_one_default_audience_and_has_no_releases_for_a_regulator_to_read() -> None:
    kept = [one for one in SANDBOX_PARTNERS if one.name != "regulator-a"]
    assert [one.name for one, other in zip(DEMO_PARTNERS, kept, strict=True) if one != other] == ["hotline-a"]


def test_the_walk_takes_less_than_a_minute(demo_output: str) -> None:
    seconds = re.search(r"over HTTP in ([0-9.]+) s", demo_output)
    assert seconds
    assert float(seconds[1]) < 60


def test_what_was_shown_is_served_afterwards(demo_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving_sandbox(demo_folder, workers=1) as sandbox:
        _tell_where_to_look(Sandbox.open(demo_folder, None), sandbox.url)
        told = capsys.readouterr().out
        assert told.startswith(f"ready: {sandbox.url}\n")
        docs = re.search(r"(http\S+/docs)", told)
        curl = re.search(r"curl -H 'Authorization: Bearer (\S+)' '(\S+)'", told)
        assert docs
        assert curl
        assert requests.get(docs[1], timeout=30).status_code == 200
        page = requests.get(curl[2], headers={"Authorization": f"Bearer {curl[1]}"}, timeout=30).json()
        assert len(page["objects"]) == 5
        assert json.loads((demo_folder / "sandbox.json").read_bytes())["url"] == sandbox.url


def test_the_demo_keeps_serving_by_itself(tmp_path: Path) -> None:
    with serving_demo(tmp_path / "demo") as demo:
        partner = demo.partner("platform-b")
        assert partner.get("/objects").json()["objects"]
        assert demo.facts["taxii"] == {"discovery": f"{demo.url}/taxii2/"}
        answer = requests.get(demo.facts["taxii"]["discovery"], auth=("me", partner.token), timeout=30)
        assert answer.json()["title"] == "Breakwater"


def test_a_folder_of_its_own_is_gone_at_the_end_and_a_given_one_stays(tmp_path: Path) -> None:
    with _folder(None) as own:
        assert own.is_dir()
        (own / "file").touch()
    assert not own.exists()
    with _folder(tmp_path) as given:
        assert given == tmp_path
    assert tmp_path.is_dir()
