"""A witness's folder: its key, who it is, and what is wrong with it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.cli.faults import CommandFault, ExitCode
from app.cli.witness_folder import keep_about, open_witness, witness_key
from breakwater_client.trust.keys import PrivateKey


def test_a_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    key = witness_key(tmp_path)
    assert witness_key(tmp_path).public == key.public
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600


def test_what_was_kept_is_opened(tmp_path: Path) -> None:
    key = witness_key(tmp_path)
    keep_about(tmp_path, "breakwater-witness/a", "an-exchange", key.public.keyid)
    known = open_witness(tmp_path)
    assert (known.name, known.exchange, known.key.public) == ("breakwater-witness/a", "an-exchange", key.public)
    assert known.shelf.has("witness.json")


def test_what_is_none_is_damaged_or_mixed_up_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandFault) as caught:
        open_witness(tmp_path)
    assert caught.value.exit_code is ExitCode.USAGE
    key = witness_key(tmp_path)
    for content in ("damaged", "{}", "[]"):
        (tmp_path / "witness.json").write_text(content)
        with pytest.raises(CommandFault, match="damaged"):
            open_witness(tmp_path)
    keep_about(tmp_path, "breakwater-witness/a", "an-exchange", key.public.keyid)
    (tmp_path / "key.pem").write_bytes(PrivateKey.generate().to_pem())
    with pytest.raises(CommandFault, match="not the key that was registered"):
        open_witness(tmp_path)
