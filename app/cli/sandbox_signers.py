"""The sandbox's signers: what people of its partners decide in the portal is signed by itself, as by each partner's own signer.

Owns one process beside the server, which ends with it: its input is a pipe that the server's processes hold. Kept by
``tests/cli/test_sandbox_signers.py``.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from app.cli.connection import open_api
from app.cli.faults import CommandFault, ExitCode
from app.cli.output import warn
from app.cli.signing_tasks import Run, Signs, signer_of, tasks
from app.domain.errors import BreakwaterError
from app.domain.signing_task import TaskState

_EVERY_SECONDS = 2.0
_STOP_SECONDS = 5.0
_LOG = "signers.log"


@contextmanager
def running_signers(folder: Path) -> Iterator[Callable[[str], None]]:
    """Let signers run for the sandbox in a folder; they begin when they are told its URL, by whatever process, and end here."""
    with (folder / "exchange" / _LOG).open("wb") as log:
        command = [sys.executable, "-m", "app.cli.sandbox_signers", str(folder)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log)  # noqa: S603  # our own interpreter and module
    assert process.stdin is not None  # noqa: S101  # for the reader of types: it is a pipe
    master = os.getpid()
    try:
        yield partial(_tell, process.stdin.fileno())
    finally:
        if os.getpid() == master:
            _stop(process)


def _tell(pipe: int, url: str) -> None:
    os.write(pipe, f"{url}\n".encode())


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def sign_once(url: str, partner: Mapping[str, Any]) -> Run | None:
    """Sign what waits for a partner of ``sandbox.json`` now; None if nothing does.

    Raises ``CommandFault`` where the exchange is away, or knows the partner no more.
    """
    api = open_api(url, partner["token"])
    if next(tasks(api, TaskState.WAITING), None) is None:
        return None
    run = Run(api, signer_of(api, Signs(Path(partner["private_key"]), partner["identity_id"])))
    run.once()
    return run


def serve(folder: Path, pipe: int) -> None:
    """Sign for all partners of a sandbox, from the moment when its URL comes on a pipe until that is closed."""
    url = _line(pipe)
    if not url:
        return
    partners = json.loads((folder / "sandbox.json").read_bytes())["partners"]
    while not select.select([pipe], [], [], _EVERY_SECONDS)[0]:
        partners = [one for one in partners if _goes_on(url, one)]


def _goes_on(url: str, partner: Mapping[str, Any]) -> bool:
    """Sign for a partner; False if it is shut out, as a suspended one is."""
    try:
        sign_once(url, partner)
    except (CommandFault, BreakwaterError) as failure:
        fault = failure if isinstance(failure, CommandFault) else CommandFault(failure.sentence)
        if fault.exit_code is ExitCode.NOT_ALLOWED:
            return False
        warn(f"{partner['name']}: {fault.sentence}", "signer")
    return True


def _line(pipe: int) -> str:
    """Give the first line of a pipe, empty if it is closed before: a byte at a time, so that nothing more is taken."""
    read = b""
    while not read.endswith(b"\n"):
        one = os.read(pipe, 1)
        if not one:
            return ""
        read += one
    return read.decode().strip()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.stdin.fileno())
