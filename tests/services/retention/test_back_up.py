from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.errors import BreakwaterError, ConflictError, MalformedInputError, UnavailableError
from app.services.retention import back_up as module
from app.services.retention.back_up import back_up, manifest_of, read_manifest
from tests.factories.checkpoints import make_checkpoint
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator


def test_a_backup_is_made_while_the_exchange_serves_and_says_what_it_is(hub: Hub, tmp_path: Path) -> None:
    hub.enrol("Platform").store(indicator())
    note = make_checkpoint(hub.exchange)
    made = back_up(hub.exchange, tmp_path / "backup")
    assert read_manifest(tmp_path / "backup") == made
    assert made.tree_size == hub.next_log_index
    assert made.checkpoint is not None
    assert note is not None
    assert sorted(path.name for path in tmp_path.glob("backup*")) == ["backup", "backup.manifest.json"]
    assert not list(tmp_path.glob(".backup*"))
    for path in (tmp_path / "backup", manifest_of(tmp_path / "backup")):
        assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_is_overwritten(quick_hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("kept")
    with pytest.raises(ConflictError):
        back_up(quick_hub.exchange, tmp_path / "backup")
    assert (tmp_path / "backup").read_text() == "kept"


@pytest.mark.parametrize("damage", ["cut", "changed", "no manifest", "another manifest"])
def test_a_backup_that_is_not_what_its_manifest_says_is_none(quick_hub: Hub, tmp_path: Path, damage: str) -> None:
    target = tmp_path / "backup"
    back_up(quick_hub.exchange, target)
    content, manifest = target.read_bytes(), manifest_of(target)
    if damage == "cut":
        target.write_bytes(content[:-1])
    elif damage == "changed":
        target.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif damage == "no manifest":
        manifest.unlink()
    else:
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"more": 1}))
    with pytest.raises(MalformedInputError):
        read_manifest(target)


def test_where_the_disk_is_full_nothing_is_left(quick_hub: Hub, publisher: Member, tmp_path: Path) -> None:
    publisher.store(indicator())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises((BreakwaterError, UnavailableError)):
            back_up(quick_hub.exchange, tmp_path / "backup")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert not list(tmp_path.glob("*backup*"))


def test_a_kill_leaves_no_backup_and_the_next_one_tidies_up(quick_hub: Hub, tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from app.services.retention import back_up\n"
        "back_up._written(Path(sys.argv[1]), lambda place: (place.write_bytes(b'half'), os.kill(os.getpid(), signal.SIGKILL)))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "backup")], check=False)  # our own
    assert done.returncode == -signal.SIGKILL
    assert [path.name[:13] for path in tmp_path.glob(".backup*")] == [".backup.part-"]
    with pytest.raises(MalformedInputError):
        read_manifest(tmp_path / "backup")
    assert module.back_up(quick_hub.exchange, tmp_path / "backup")
    assert not list(tmp_path.glob(".backup*"))
