"""``breakwater signer`` as a process of its own."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.faults import ExitCode
from app.domain.errors import SignerRefusedError, UnavailableError
from app.domain.vocabulary import KeyUsage
from app.signer.client import RemoteKey, SignerClient
from breakwater_client.trust.keys import PrivateKey
from tests.cli.desk import run
from tests.factories.signers import checkpoint, receipt, signer_process

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An initialised exchange."""
    assert run("init", environment={"BREAKWATER_HOME": str(tmp_path / "home")}).exit_code == 0
    return tmp_path / "home"


@pytest.fixture
def signer(home: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with signer_process(home, tmp_path / "s" / "signer.sock") as process:
        yield process


def key(tmp_path: Path, usage: KeyUsage = KeyUsage.STATEMENT_SIGNING) -> RemoteKey:
    return RemoteKey(SignerClient(tmp_path / "s" / "signer.sock"), usage)


@pytest.mark.usefixtures("signer")
def test_it_signs_with_the_keys_of_the_files(home: Path, tmp_path: Path) -> None:
    own = PrivateKey.from_pem((home / "keys" / "signing.pem").read_bytes())
    message = receipt()
    own.public.verify(key(tmp_path).sign(message), message)
    assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "s" / "signer.sock").stat().st_mode) == 0o600


def test_what_it_signed_of_the_log_survives_it(home: Path, tmp_path: Path) -> None:
    for size, expected in ((5, True), (4, False), (6, True)):
        with signer_process(home, tmp_path / "s" / "signer.sock"):
            if expected:
                key(tmp_path, KeyUsage.CHECKPOINT_SIGNING).sign(checkpoint(size))
            else:
                with pytest.raises(SignerRefusedError, match="checkpoint-rolled-back"):
                    key(tmp_path, KeyUsage.CHECKPOINT_SIGNING).sign(checkpoint(size))
    assert (home / "keys" / "checkpoint.signed").exists()


def test_its_memory_goes_to_no_file_and_to_no_other_process_of_its_user(signer: subprocess.Popen[str]) -> None:
    limits = Path(f"/proc/{signer.pid}/limits").read_text()
    assert re.search(r"Max core file size +0 +0 ", limits)
    # What may not be dumped belongs to root, in /proc, and is opened by nobody of the same user.
    assert Path(f"/proc/{signer.pid}/mem").stat().st_uid == 0
    if os.getuid() != 0:
        with pytest.raises(PermissionError):
            Path(f"/proc/{signer.pid}/mem").open("rb").close()


SIGN = """
import os, sys, pathlib
user, group = int(sys.argv[2]), int(sys.argv[3])
from app.domain.vocabulary import KeyUsage
from app.signer.client import RemoteKey, SignerClient
from tests.factories.signers import receipt
os.setgroups([]); os.setgid(group); os.setuid(user)
key = RemoteKey(SignerClient(pathlib.Path(sys.argv[1])), KeyUsage.STATEMENT_SIGNING)
try:
    print(len(key.sign(receipt())))
except Exception as exc:
    print(type(exc).__name__)
"""


def signing_as(user: pwd.struct_passwd, place: Path) -> str:
    """Give what a client of another system user gets: the length of a signature, or the kind of its error."""
    command = [sys.executable, "-c", SIGN, str(place), str(user.pw_uid), str(user.pw_gid)]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter; those of pytest are their owner's."""
    with tempfile.TemporaryDirectory(prefix="breakwater-test-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


def test_another_user_is_let_in_by_name_alone(home: Path, open_folder: Path) -> None:
    """As root (in a container, in CI) with a client that really is another user; the decision itself is in tests/signer."""
    other, place = pwd.getpwnam("nobody"), open_folder / "signer.sock"
    with signer_process(home, place, "--for-user", other.pw_name):
        assert stat.S_IMODE(place.stat().st_mode) == 0o660
        with pytest.raises(UnavailableError):
            RemoteKey(SignerClient(place), KeyUsage.STATEMENT_SIGNING).sign(receipt())  # we are not that user
        if os.getuid() == 0:
            place.chmod(0o666)  # its group is that of whoever runs the tests
            assert signing_as(other, place) == "64"
    with signer_process(home, place):
        if os.getuid() == 0:
            assert signing_as(other, place) == "UnavailableError"
            place.chmod(0o666)
            assert signing_as(other, place) == "UnavailableError"


def refused_to(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Start a signer that will not start; in a process of its own, for it changes what the process may do."""
    command = [sys.executable, "-m", "app", "signer", *arguments]
    environment = os.environ | {"BREAKWATER_HOME": str(home)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)


def test_without_its_keys_it_does_not_start(home: Path) -> None:
    (home / "keys" / "checkpoint.pem").unlink()
    refused = refused_to(home)
    assert refused.returncode == ExitCode.USAGE
    assert "BREAKWATER_CHECKPOINT_KEY" in refused.stderr


@pytest.mark.parametrize("spoilt", ["signing.pem", "checkpoint.signed"])
def test_what_cannot_be_used_is_named_in_one_line(home: Path, spoilt: str) -> None:
    (home / "keys" / spoilt).write_text("spoilt")
    (home / "keys" / spoilt).chmod(0o600)
    refused = refused_to(home)
    assert refused.returncode == ExitCode.USAGE
    assert refused.stderr.count("\n") == 1


def test_one_key_in_two_files_is_refused(home: Path) -> None:
    shutil.copy(home / "keys" / "signing.pem", home / "keys" / "directory.pem")
    refused = refused_to(home)
    assert (refused.returncode, "of its own" in refused.stderr) == (ExitCode.USAGE, True)


def test_a_user_that_is_not_there_is_refused(home: Path) -> None:
    refused = refused_to(home, "--for-user", "no-such-user")
    assert (refused.returncode, "system user" in refused.stderr) == (ExitCode.USAGE, True)


def test_attached_it_tells_its_server_why_it_does_not_start(home: Path) -> None:
    (home / "keys" / "signing.pem").unlink()
    told = refused_to(home, "--attached")
    assert told.returncode == 0
    assert told.stdout.startswith("BREAKWATER_SIGNING_KEY: ")


def test_attached_it_ends_with_its_standard_input(home: Path) -> None:
    command = [sys.executable, "-m", "app", "signer", "--attached"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"BREAKWATER_HOME": str(home)},
    ) as process:
        assert process.stdout
        assert process.stdin
        assert process.stdout.readline() == b"ready\n"
        process.stdin.close()
        assert process.wait(20) == 0
