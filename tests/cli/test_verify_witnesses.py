"""``verify`` with witnesses: what the directory of keys says of those that were named, and how old what they cosigned may be."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from app.cli.faults import ExitCode
from app.domain.vocabulary import KeyState, KeyUsage
from breakwater_client.trust.checkpoint import cosign_checkpoint, log_origin, witness_name
from breakwater_client.trust.key_directory import Directory, DirectoryKey, sign_directory
from breakwater_client.trust.keys import PrivateKey
from tests.cli.desk import run
from tests.factories.directories import HOME
from tests.factories.small_logs import EXCHANGE, SmallLog

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OWNERS = [f"identity--22222222-2222-4222-8222-22222222222{number}" for number in range(2)]


@dataclass
class Scene:
    """A log, its exchange's directory in a file, and two witnesses with keys that the directory lists."""

    folder: Path
    log: SmallLog = field(default_factory=lambda: SmallLog().fill(7))
    signing: PrivateKey = field(default_factory=PrivateKey.generate)
    keys: list[PrivateKey] = field(default_factory=lambda: [PrivateKey.generate() for _ in OWNERS])

    def __post_init__(self) -> None:
        self.list_keys()
        self.cosigned = self.folder / "cosigned"
        self.cosign(NOW)

    def list_keys(self, *further: DirectoryKey, **changes: Any) -> None:
        """Write the directory; ``changes`` are those of the first witness's key."""
        first, second = (_listed(key, KeyUsage.CHECKPOINT_COSIGNING, owner) for key, owner in zip(self.keys, OWNERS, strict=True))
        own = (
            _listed(self.signing, KeyUsage.DIRECTORY_SIGNING),
            _listed(self.log.key, KeyUsage.CHECKPOINT_SIGNING),
            _listed(self.log.statements, KeyUsage.STATEMENT_SIGNING),
        )
        all_keys = (*own, replace(first, **changes), second, *further)
        made = Directory(EXCHANGE, 1, NOW, NOW + 7 * DAY, log_origin(EXCHANGE), (), all_keys)
        self.directory = self.folder / "directory.json"
        self.directory.write_text(json.dumps(sign_directory(made, [self.signing])))

    def cosign(self, *times: datetime, dated: datetime | None = None, keys: list[PrivateKey] | None = None) -> None:
        """Have the newest checkpoint cosigned by both, each at its time (one: for all)."""
        note = self.log.checkpoint(at=dated)
        for owner, key, at in zip(OWNERS, keys or self.keys, times * len(OWNERS), strict=False):
            note = cosign_checkpoint(note, witness_name(owner), key, at)
        self.cosigned.write_text(note)

    def pinned(self) -> Path:
        """Have the witnesses listed in a file, as ``witness list`` does."""
        out = self.folder / "witnesses.json"
        assert run("witness", "list", self.directory, "--out", out).exit_code == 0
        return out

    def verify(self, *options: object) -> Result:
        return run("verify", self.cosigned, "--accepted-directory", self.directory, "--no-steps", *options)


def _listed(key: PrivateKey, usage: KeyUsage, owner: str = HOME) -> DirectoryKey:
    return DirectoryKey(key.public, usage, owner, KeyState.ACTIVE, NOW - 9 * DAY, NOW - 9 * DAY)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


@pytest.mark.parametrize(
    "becomes",
    [
        {"state": KeyState.COMPROMISED, "compromised_since": NOW + DAY},
        {"state": KeyState.RETIRED, "not_after": NOW},
        {"activated_at": NOW + HOUR},
    ],
    ids=["stolen", "ended", "not yet"],
)
def test_a_named_witness_counts_no_further_than_its_key_does_in_the_directory(scene: Scene, becomes: dict[str, Any]) -> None:
    pinned = scene.pinned()
    assert scene.verify("--witnesses", pinned, "--cosigned-by", 2).exit_code == 0
    scene.list_keys(**becomes)
    assert scene.verify("--witnesses", pinned, "--cosigned-by", 2).exit_code == ExitCode.REFUSED
    assert scene.verify("--listed-witnesses", "--cosigned-by", 2).exit_code != 0
    left = scene.verify("--witnesses", pinned, "--cosigned-by", 1)
    assert (left.exit_code, OWNERS[0] in left.stdout, OWNERS[1] in left.stdout) == (0, False, True)
    assert ("is reported as compromised" in left.stderr) == ("compromised_since" in becomes)


@pytest.mark.parametrize("by", ["old", "new"])
def test_a_witness_counts_once_by_whichever_key_while_one_follows_another(scene: Scene, by: str) -> None:
    following = PrivateKey.generate()
    scene.list_keys(_listed(following, KeyUsage.CHECKPOINT_COSIGNING, OWNERS[0]), not_after=NOW + HOUR)
    scene.cosign(NOW, keys=[scene.keys[0] if by == "old" else following])
    pinned = scene.pinned()
    assert scene.verify("--witnesses", pinned, "--cosigned-by", 1).exit_code == 0
    both = cosign_checkpoint(
        scene.cosigned.read_text(), witness_name(OWNERS[0]), following if by == "old" else scene.keys[0], NOW
    )
    scene.cosigned.write_text(both)
    assert scene.verify("--witnesses", pinned, "--cosigned-by", 2).exit_code == ExitCode.REFUSED
    assert scene.verify("--witnesses", pinned, "--cosigned-by", 3).exit_code == ExitCode.USAGE


def test_no_key_of_the_exchange_is_a_witness(scene: Scene) -> None:
    for key in (scene.log.statements, scene.signing, scene.log.key):
        pem = scene.folder / "named.pem"
        pem.write_bytes(key.public.to_pem())
        refused = scene.verify("--witness", f"W={pem}", "--cosigned-by", 1)
        assert (refused.exit_code, "own key" in refused.stderr) == (ExitCode.REFUSED, True)
    given = ("--exchange-key", scene.folder / "named.pem", "--checkpoint-key", scene.folder / "log.pem")
    (scene.folder / "named.pem").write_bytes(scene.log.statements.public.to_pem())
    (scene.folder / "log.pem").write_bytes(scene.log.key.public.to_pem())
    assert run("verify", scene.cosigned, *given, "--witness", f"W={scene.folder / 'named.pem'}").exit_code == ExitCode.REFUSED


def test_what_was_last_cosigned_too_long_ago_is_refused_though_the_exchange_dates_it_anew(scene: Scene) -> None:
    now = datetime.now(UTC).replace(microsecond=0)  # this module may have been read long ago
    scene.cosign(now - 3 * HOUR, now - HOUR, dated=now)
    asked = ("--witnesses", scene.pinned(), "--cosigned-by")
    assert scene.verify(*asked, 2, "--no-older-than", 190).exit_code == 0
    frozen = scene.verify(*asked, 2, "--no-older-than", 170)
    assert (frozen.exit_code, "[checkpoint-too-old]" in frozen.stdout) == (ExitCode.REFUSED, True)
    assert scene.verify(*asked, 1, "--no-older-than", 170).exit_code == 0
    assert scene.verify(*asked, 1, "--no-older-than", 50).exit_code == ExitCode.REFUSED
    assert scene.verify("--no-older-than", 50).exit_code == 0  # without witnesses the exchange's word counts
