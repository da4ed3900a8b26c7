"""Where address and token come from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.cli.connection import open_api
from app.cli.faults import CommandFault, ExitCode
from app.web.context import attach
from breakwater_client.trust.keys import PrivateKey
from tests.cli.desk import Desk, run, write_signed
from tests.factories.exchanges import FakePartner
from tests.factories.signed_requests import add_request_key
from tests.factories.stix_objects import indicator


def test_address_and_token_come_from_the_environment(desk: Desk, platform: FakePartner) -> None:
    assert desk.run(platform, "policy", "mine").exit_code == 0


def test_a_token_file_spares_the_arguments(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{platform.token}\n")
    assert run("policy", "mine", "--url", desk.url, "--token-file", file).exit_code == 0


def test_the_token_file_wins_over_the_environment(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("bw_unknown")
    result = desk.run(platform, "policy", "mine", "--token-file", file)
    assert result.exit_code == ExitCode.NOT_ALLOWED
    assert "[unauthenticated]" in result.stderr


@pytest.mark.parametrize(
    ("url", "token", "missing"), [(None, "bw_token", "no-address"), ("https://exchange.example.org", None, "no-token")]
)
def test_what_is_missing_is_named(url: str | None, token: str | None, missing: str) -> None:
    with pytest.raises(CommandFault) as caught:
        open_api(url, token)
    assert caught.value.details["code"] == missing
    assert caught.value.exit_code == ExitCode.USAGE


# --- signing instead of a token -----------------------------------------------------------------------------------------------


def signing_desk(desk: Desk, platform: FakePartner, folder: Path) -> Path:
    """Give the file of a key that signs requests, at an exchange that knows where it is reached."""
    key, exchange = PrivateKey.generate(), desk.running.exchange
    add_request_key(exchange, platform.partner_id, key)
    attach(desk.running.app, replace(exchange, duty=replace(exchange.duty, origin=desk.url)))
    file = folder / "requests.pem"
    file.write_bytes(key.to_pem())
    return file


def test_a_key_signs_each_request_and_no_token_is_sent(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    file = signing_desk(desk, platform, tmp_path)
    for _ in range(2):
        assert run("policy", "mine", "--url", desk.url, "--request-key", file).exit_code == 0
    by_environment = {"BREAKWATER_URL": desk.url, "BREAKWATER_REQUEST_KEY": str(file), "BREAKWATER_TOKEN": "bw_unknown"}
    signed = write_signed(platform, tmp_path / "signed.ndjson", indicator())
    assert run("submit", signed, environment=by_environment).exit_code == 0
    pulled = run("pull", "--purpose", "detection", "--out", tmp_path / "pulled.ndjson", environment=by_environment)
    assert pulled.exit_code == 0, pulled.output


def test_a_clock_that_is_off_is_told_by_how_much(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    file = signing_desk(desk, platform, tmp_path)
    desk.running.clock.shift = timedelta(minutes=10)
    result = run("policy", "mine", "--url", desk.url, "--request-key", file)
    assert result.exit_code == ExitCode.NOT_ALLOWED
    assert "[request-clock-skew]" in result.stderr
    assert "600 seconds before" in result.stderr or "601 seconds before" in result.stderr


def test_a_file_without_a_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_bytes(b"no key")
    result = run("policy", "mine", "--url", "https://exchange.example.org", "--request-key", tmp_path / "none.pem")
    assert result.exit_code == ExitCode.USAGE
    assert "--request-key" in result.stderr
