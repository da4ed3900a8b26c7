"""Where address and token come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.connection import open_api
from app.cli.faults import CommandFault, ExitCode
from tests.cli.desk import Desk, run
from tests.factories.exchanges import FakePartner


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
