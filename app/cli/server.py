"""``serve``: running the exchange in the foreground.

Owns what is asked before anything is forked: are the settings fit, is the exchange initialised and at this schema. The processes
are ``gunicorn_server``'s. Kept by ``tests/cli/test_server.py``.
"""

from __future__ import annotations

import errno
import logging
import os
import socket
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from app.cli.faults import CommandFault, ExitCode
from app.cli.initialise import not_ready, own_environment
from app.cli.workshop import Environment, Workshop, pass_workshop

if TYPE_CHECKING:
    from app.cli.gunicorn_server import Serving
    from app.cli.signer_process import SignerProcess

NOBODY_IS_PAGED = (
    "BREAKWATER_SMTP_URL is not set: NOBODY WILL BE PAGED at imminent risk, and alarms stand in this log alone. Pages "
    "show in `breakwater page list`."
)
"""Said at each start of a server that sends no mail."""

READ_ONLY = (
    "READ-ONLY ({}): the log in the database is not what was published, or nobody can tell. NOTHING IS TAKEN IN; "
    "reading goes on. See docs/operations.md, The exchange is read-only."
)
"""Said at each start of a server that will take nothing in."""

RESTORED_BEHIND = (
    "This database was brought back without what was taken in, withdrawn or ended after it, and is not served: bring a newer "
    "one back, or accept that with breakwater log accept-loss. See docs/operations.md, Going on from a backup."
)
"""Said instead of serving a database that would show again what was taken away."""

ERASED_AGAIN = "the database was older than the journal of erasures: {} versions were erased once more."
"""Said at the start of a server on a database that was brought back."""

_ADDRESS_WAIT_SECONDS = 3.0
_MEMORY = Path("/dev/shm")  # noqa: S108  # only a private, unguessable folder is made there
_log = logging.getLogger("breakwater.server")


def run_server(serving: Serving) -> None:
    """Serve until SIGTERM or SIGINT; does not return.

    Raises:
        CommandFault: the exchange cannot serve: not initialised, another schema, no database, no address.
    """
    from app.cli.signer_process import signer_for

    with signer_for(serving.workshop, serving.environment) as (environment, process):
        _run(replace(serving, environment=environment), process)


def _run(serving: Serving, signer: SignerProcess | None) -> None:
    from app.cli.gunicorn_server import GunicornServer

    found = look_at_exchange(serving.workshop, serving.environment)
    _check_address(serving.workshop.settings(serving.environment).bind)
    begin_log(serving.workshop, serving.environment, found, serving.log_level)
    master = os.getpid()
    with tempfile.TemporaryDirectory(prefix="breakwater-metrics-", dir=place_of_counts(os.environ)) as counts:
        try:
            GunicornServer(serving, Path(counts), signer).run()
        finally:
            if os.getpid() != master:
                _leave_worker()


def place_of_counts(variables: Mapping[str, str]) -> Path | None:
    """Give where the folder of the workers' counts is made: in memory, unless ``TMPDIR`` says where; None: the usual place.

    Counts are written through mapped memory: on a disk that is full, the kernel would kill the worker for it.
    """
    has_memory = "TMPDIR" not in variables and _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK)
    return _MEMORY if has_memory else None


@dataclass(frozen=True, slots=True)
class FoundExchange:
    """What there is to say of an exchange at each start: why it is read-only, how much was erased once more, if it mails."""

    wrong: str | None
    erased_again: int
    has_relay: bool


def look_at_exchange(workshop: Workshop, environment: Environment) -> FoundExchange:
    """Look whether there is an exchange to serve or to work for.

    Raises:
        CommandFault: there is none, or one that must not be served.
    """
    from app.services.proving.kept_checkpoint import begin_unproven
    from app.services.retention.bring_back import bring_back
    from app.services.retention.restore import drop_leftover, is_behind
    from app.services.start_exchange import why_not_ready

    exchange = workshop.exchange(environment)
    try:
        drop_leftover(exchange)
        reason = why_not_ready(exchange)
        is_lost = reason is None and is_behind(exchange)
        wrong = None if reason else begin_unproven(exchange)
        again = 0 if reason else bring_back(exchange)
    finally:
        exchange.database.dispose()
    if reason is not None:
        raise not_ready(reason)
    if is_lost:
        raise CommandFault(RESTORED_BEHIND, ExitCode.REFUSED, code="restored-behind")
    return FoundExchange(wrong, again, exchange.relay is not None)


def begin_log(workshop: Workshop, environment: Environment, found: FoundExchange, level: str) -> None:
    """Let all that this process logs go the one way, and begin with what is to be said of the exchange."""
    from app.redaction.records import install

    install(workshop.settings(environment).log_format, level)
    if found.wrong is not None:
        _log.error(READ_ONLY.format(found.wrong))
    if found.erased_again:
        _log.warning(ERASED_AGAIN.format(found.erased_again))
    if not found.has_relay:
        _log.warning(NOBODY_IS_PAGED)


def _check_address(bind: str) -> None:
    """Refuse an address that cannot be listened at. One in use is waited for a little: a killed exchange's workers outlive it.

    Raises:
        CommandFault: it is in use, or not this machine's.
    """
    host, _, port = bind.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    deadline = time.monotonic() + _ADDRESS_WAIT_SECONDS
    while True:
        try:
            socket.create_server((host, int(port)), family=family).close()
        except OSError as exc:
            if exc.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            reason = os.strerror(exc.errno) if isinstance(exc.errno, int) and exc.errno > 0 else "no such host"
            sentence = f"{bind} cannot be listened at: {reason}. Choose another --bind."
            raise CommandFault(sentence, ExitCode.USAGE, code="address") from None
        return


def _leave_worker() -> NoReturn:
    """End a worker here: gunicorn lets it run into what its master wants to do after serving, such as tidying up."""
    sys.stdout.flush()
    sys.stderr.flush()
    # An error goes its way to the log before it gets here; SystemExit carries what gunicorn's master is to be told.
    stopped = sys.exc_info()[1]
    code = stopped.code if isinstance(stopped, SystemExit) else 1
    os._exit(code if isinstance(code, int) else 0)


@click.command()
@click.option("--bind", help="host:port to listen at, instead of BREAKWATER_BIND; port 0 takes a free one.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes, instead of BREAKWATER_WORKERS.")
@click.option("--threads", type=click.IntRange(1, 256), help="Threads of each process, instead of BREAKWATER_THREADS.")
@click.option("--no-work", is_flag=True, help="Leave the ledger's work to `breakwater worker` (BREAKWATER_WORK=elsewhere).")
@pass_workshop
def serve(workshop: Workshop, bind: str | None, workers: int | None, threads: int | None, *, no_work: bool) -> None:
    """Serve the exchange in the foreground, with the settings of the environment."""
    from app.cli.gunicorn_server import Serving

    environment = own_environment(BIND=bind, WORKERS=workers, THREADS=threads, WORK="elsewhere" if no_work else None)
    level = workshop.settings(environment).log_level
    run_server(Serving(workshop, environment, _announce, level))


def _announce(url: str) -> None:
    click.echo(f"ready: {url}")
