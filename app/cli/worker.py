"""``worker``: the work of the ledger in a process of its own, in the foreground.

Owns the process's life: it starts as a server does, works until SIGTERM or SIGINT, lets what runs end, and tells systemd. What is
done is ``app/jobs``'. Kept by ``tests/cli/test_worker.py`` and ``tests/walk/test_fault_workers.py``.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from types import FrameType

import click

from app.cli.initialise import own_environment
from app.cli.server import begin_log, look_at_exchange
from app.cli.workshop import Environment, Workshop, pass_workshop

_STOP_SECONDS = 30.0


@click.command()
@click.option("--lanes", metavar="LANES", help="Lanes and their threads, e.g. prompt=2,bulk=1 (BREAKWATER_WORK_THREADS).")
@click.option("--broker-url", metavar="URL", help="A RabbitMQ that tells of work (BREAKWATER_BROKER_URL); without a password.")
@pass_workshop
def worker(workshop: Workshop, lanes: str | None, broker_url: str | None) -> None:
    """Do the exchange's work in the foreground: any number may, on any number of machines, beside servers or without."""
    from app.cli.signer_process import signer_for

    environment = own_environment(WORK_THREADS=lanes, WORK="here", BROKER_URL=broker_url)
    workshop.settings(environment)  # refused before anything starts
    with signer_for(workshop, environment) as (named, _signer):
        found = look_at_exchange(workshop, named)
        begin_log(workshop, named, found, workshop.settings(named).log_level)
        _work(workshop, named)


def _work(workshop: Workshop, environment: Environment) -> None:
    from app.services.do_work import worker_name
    from app.services.proving.kept_checkpoint import begin_unproven

    stopping = _stop_at_signals()
    exchange = workshop.exchange(environment)
    begin_unproven(exchange)
    running = workshop.worker(environment, exchange)
    click.echo(f"ready: {worker_name()}")
    tell_systemd("READY=1")
    stopping.wait()
    tell_systemd("STOPPING=1")
    running.stop(_STOP_SECONDS)
    exchange.database.dispose()


def _stop_at_signals() -> threading.Event:
    """Give what is set by the first SIGTERM or SIGINT; a second one ends the process at once: the ledger bears it."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        if stopping.is_set():
            os._exit(1)
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return stopping


def tell_systemd(state: str) -> None:
    """Tell whoever supervises this process, where one waits for it (``sd_notify(3)``); nobody else is told."""
    place = os.environ.get("NOTIFY_SOCKET")
    if place:
        address = "\0" + place[1:] if place.startswith("@") else place
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.sendto(state.encode(), address)
