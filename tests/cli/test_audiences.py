"""Audiences, signed and registered."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.faults import ExitCode
from breakwater_client.trust.keys import PrivateKey
from tests.cli.desk import Desk, key_file
from tests.factories.exchanges import FakePartner


def test_an_audience_is_registered_and_listed(desk: Desk, platform: FakePartner, hotline: FakePartner, tmp_path: Path) -> None:
    options = ("--role", "platform", "--jurisdiction", "NL", "--with", hotline.partner_id)
    made = desk.json(platform, "audience", "new", "--key", key_file(platform, tmp_path), *options)
    assert (made["roles"], made["jurisdictions"], made["partners_in"]) == (["platform"], ["NL"], [hotline.partner_id])
    assert made["audience_id"] in desk.run(platform, "audience", "list").stdout
    assert made not in desk.json(hotline, "audience", "list")["audiences"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), ([], [])),
        (("--role", "hotline"), (["hotline"], ["any"])),
        (("--role", "any", "--jurisdiction", "GB"), (["any"], ["GB"])),
    ],
)
def test_a_role_alone_reaches_every_jurisdiction_and_nothing_reaches_nobody(
    desk: Desk, platform: FakePartner, tmp_path: Path, options: tuple[str, ...], expected: tuple[list[str], list[str]]
) -> None:
    made = desk.json(platform, "audience", "new", "--key", key_file(platform, tmp_path), *options)
    assert (made["roles"], made["jurisdictions"]) == expected


def test_an_audience_signed_with_a_foreign_key_is_refused(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(PrivateKey.generate().to_pem())
    refused = desk.run(platform, "audience", "new", "--key", tmp_path / "key.pem")
    assert refused.exit_code == ExitCode.REFUSED
    assert "[signature-invalid]" in refused.stderr
