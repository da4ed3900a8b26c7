"""``signer``: the process that alone holds the exchange's private keys, in the foreground.

Owns who may ask it (this user, or the one named), where it listens, and what it does to keep its memory to itself. ``serve``
starts one by itself (``signer_process``). Kept by ``tests/cli/test_signer.py``.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import resource
import threading

import click

from app.cli.faults import CommandFault, ExitCode
from app.cli.initialise import own_environment
from app.cli.workshop import Environment, Workshop, pass_workshop
from app.redaction.records import install

OWNER_ONLY = 0o600
OWNER_AND_GROUP = 0o660
READY = "ready"
_PR_SET_DUMPABLE = 4


@click.command()
@click.option("--for-user", metavar="NAME", help="The system user that the servers run as, if it is not this one.")
@click.option("--attached", is_flag=True, hidden=True, help="For a server that started it: end with standard input.")
@pass_workshop
def signer(workshop: Workshop, for_user: str | None, *, attached: bool) -> None:
    """Hold the exchange's private keys, and sign for its servers: run by `serve` itself, or alone, as another system user.

    Listens at BREAKWATER_SIGNER_SOCKET (HOME/signer.sock by default). Signs receipts, attestations, recall notices, directories
    of keys, and checkpoints that never go back; nothing else, whoever asks.
    """
    install()  # settings that are not fit are said too
    keep_memory_private()
    try:
        _serve(workshop, own_environment(), for_user, attached=attached)
    except (CommandFault, OSError) as exc:
        if not attached:
            raise
        sentence = exc.sentence if isinstance(exc, CommandFault) else f"the signer cannot listen: {os.strerror(exc.errno or 0)}"
        click.echo(sentence)  # the server that waits for it reads this line, and says it


def _serve(workshop: Workshop, environment: Environment, for_user: str | None, *, attached: bool) -> None:
    settings = workshop.settings(environment)
    install(settings.log_format, settings.log_level)
    answering = workshop.signer(environment, {os.getuid() if for_user is None else _user_id(for_user)})
    place = settings.signer_socket or settings.home / "signer.sock"
    with workshop.listen(place, OWNER_ONLY if for_user is None else OWNER_AND_GROUP) as listening:
        click.echo(READY if attached else f"ready: {place}")
        if attached:
            threading.Thread(target=_end_with_standard_input, daemon=True).start()
        try:
            answering.serve(listening)
        finally:
            place.unlink(missing_ok=True)


def keep_memory_private() -> None:
    """Let no process of the same user read this one's memory, and no crash write it to a file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _end_with_standard_input() -> None:
    """End when nobody is left who holds the other end: the server, and what it forked, however they ended."""
    while os.read(0, 1024):
        pass
    os._exit(0)


def _user_id(name: str) -> int:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        raise CommandFault("There is no such system user.", ExitCode.USAGE, code="user") from None
