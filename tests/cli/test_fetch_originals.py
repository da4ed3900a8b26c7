"""After a lossy hop: the original is fetched, compared and verified; without the option nobody is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.faults import ExitCode
from tests.cli.desk import Desk, run
from tests.factories.exchanges import FakePartner
from tests.factories.stix_objects import indicator


@pytest.fixture
def lossy(desk: Desk, platform: FakePartner, tmp_path: Path) -> Path:
    """An object of the platform as another tool spelled it anew, with the keys to verify it beside it."""
    value = platform.sign(indicator(revoked=False))
    assert platform.submit_signed([value]).json["results"][0]["status"] == "stored"
    desk.json(platform, "key", "fetch", "--keyid", platform.key.public.keyid, "--out", tmp_path / "keys.json")
    del value["revoked"]
    value["valid_from"] = value["valid_from"].replace(".000Z", "Z")
    (tmp_path / "lossy.json").write_text(json.dumps(value))
    return tmp_path


def test_the_original_is_fetched_compared_and_verified(desk: Desk, platform: FakePartner, lossy: Path) -> None:
    asked = ("verify", lossy / "lossy.json", "--keys", lossy / "keys.json", "--fetch-original", "--purpose", "detection")
    result = desk.run(platform, *asked, "--json")
    assert result.exit_code == ExitCode.REFUSED
    [told] = json.loads(result.stdout)["originals"]
    assert (told["verdict"]["level"], told["original"]["id"]) == ("signed", json.loads((lossy / "lossy.json").read_text())["id"])
    assert {one["pointer"]: one["difference"] for one in told["differs"]} == {
        "/revoked": "removed",
        "/valid_from": "spelled otherwise",
    }
    words = desk.run(platform, *asked).stdout
    assert "the exchange's original verifies, level signed; what you have differs from it in 2 places" in words
    assert "/revoked: removed" in words


def test_what_the_exchange_does_not_show_has_no_original(desk: Desk, platform: FakePartner, lossy: Path) -> None:
    value = json.loads((lossy / "lossy.json").read_text()) | {"id": "indicator--00000000-0000-4000-8000-000000000000"}
    (lossy / "lossy.json").write_text(json.dumps(value))
    asked = ("verify", lossy / "lossy.json", "--keys", lossy / "keys.json", "--fetch-original", "--purpose", "detection")
    assert "no original of this id and version" in desk.run(platform, *asked).stdout


def test_an_exchange_that_cannot_be_asked_is_an_error_and_only_then(lossy: Path) -> None:
    asked = ("verify", lossy / "lossy.json", "--keys", lossy / "keys.json")
    assert run(*asked).exit_code == ExitCode.REFUSED
    assert run(*asked, "--fetch-original", environment={"BREAKWATER_URL": "", "BREAKWATER_TOKEN": ""}).exit_code == ExitCode.USAGE


def test_nothing_is_asked_where_nothing_failed(desk: Desk, platform: FakePartner, lossy: Path) -> None:
    good = lossy / "good.json"
    good.write_text(json.dumps(platform.sign(indicator())))
    told = json.loads(run("verify", good, "--keys", lossy / "keys.json", "--fetch-original", "--json").stdout)
    assert told["originals"] == []
    assert desk.url
