"""The console script ``breakwater``, ``python -m app``, and the WSGI entry: settings, factory and work handed to the commands.

Owns this wiring only. Settings and factory are imported when a command needs them, so that ``breakwater --help`` answers at once.
Kept by ``tests/test_main.py``.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Set as AbstractSet
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.commands import commands
from app.cli.faults import SettingsRefusedError
from app.cli.workshop import Environment, RunningWork, Signer, Workshop, WsgiApplication
from app.domain.errors import BreakwaterError

if TYPE_CHECKING:
    from app.config.settings import Settings
    from app.services.exchange import Exchange


def main() -> None:
    """Run the command line."""
    commands(obj=workshop(), prog_name="breakwater")


def workshop() -> Workshop:
    """Give what commands work with."""
    marker = b"breakwater development key: not for production"
    return Workshop(_settings, _exchange, _application, _work, _worker, _signer, _listen, marker)


def application() -> WsgiApplication:
    """Give the WSGI application of the process's environment, for servers that ask for a factory: ``app.__main__:application()``.

    It serves requests only; ``breakwater serve`` does the work of the ledger beside it.
    """
    from app.redaction.records import install  # noqa: PLC0415  # on use

    settings = _settings(os.environ)
    install(settings.log_format, settings.log_level)
    return _application(os.environ, _exchange(os.environ))


def _settings(environment: Environment) -> Settings:
    from app.config.reading import SettingsError  # noqa: PLC0415  # on use, see the module's docstring
    from app.config.settings import Settings  # noqa: PLC0415  # on use

    try:
        return Settings.from_environment(environment)
    except SettingsError as exc:
        raise SettingsRefusedError(str(exc)) from exc


def _exchange(environment: Environment) -> Exchange:
    from app.config.reading import SettingsError  # noqa: PLC0415  # on use
    from app.factory import create_exchange  # noqa: PLC0415  # on use

    try:
        return create_exchange(_settings(environment))
    except SettingsError as exc:
        raise SettingsRefusedError(str(exc)) from exc


def _application(environment: Environment, exchange: Exchange) -> WsgiApplication:
    from app.factory import create_app  # noqa: PLC0415  # on use

    return create_app(_settings(environment), exchange)


def _work(environment: Environment, exchange: Exchange) -> RunningWork:
    from app.jobs.poller import start_keeper, start_pollers  # noqa: PLC0415  # on use

    settings = _settings(environment)
    return start_keeper(exchange) if settings.work == "elsewhere" else start_pollers(exchange, settings.lanes)


def _worker(environment: Environment, exchange: Exchange) -> RunningWork:
    from app.jobs.poller import start_pollers  # noqa: PLC0415  # on use

    settings = _settings(environment)
    if settings.broker_url is None:
        return start_pollers(exchange, settings.lanes)
    from app.jobs.broker import AnnouncedWork, Broker, BrokerMissingError  # noqa: PLC0415  # an extra, on use

    try:
        return AnnouncedWork(exchange, Broker(settings.broker_url), settings.lanes)
    except BrokerMissingError as exc:
        raise SettingsRefusedError(str(exc)) from exc


def _signer(environment: Environment, allowed: AbstractSet[int]) -> Signer:
    # Not by way of the factory, which loads all that a signer must not know.
    from app.config.reading import SettingsError  # noqa: PLC0415  # on use
    from app.domain.vocabulary import KeyUsage  # noqa: PLC0415  # on use
    from app.signer.admitted_keys import keys_beside  # noqa: PLC0415  # on use
    from app.signer.evaluations import open_evaluations  # noqa: PLC0415  # on use
    from app.signer.server import open_signer  # noqa: PLC0415  # on use

    settings = _settings(environment)
    try:
        files = {
            KeyUsage.STATEMENT_SIGNING: settings.read_signing_key(),
            KeyUsage.DIRECTORY_SIGNING: settings.read_directory_key(),
            KeyUsage.CHECKPOINT_SIGNING: settings.read_checkpoint_key(),
        }
        places = {
            KeyUsage.STATEMENT_SIGNING: settings.signing_key,
            KeyUsage.DIRECTORY_SIGNING: settings.directory_key,
            KeyUsage.CHECKPOINT_SIGNING: settings.checkpoint_key,
        }
        memory_file = settings.checkpoint_key.with_suffix(".signed")
        spent = settings.overlap_key.with_suffix(".spent")
        evaluations = open_evaluations(settings.read_overlap_key(), spent, settings.evaluations_per_day)
        return open_signer(files, memory_file, allowed, partial(keys_beside, places), evaluations)
    except SettingsError as exc:
        raise SettingsRefusedError(str(exc)) from exc
    except BreakwaterError as exc:
        raise SettingsRefusedError(f"A key file is not usable: {exc.sentence}") from exc


def _listen(path: Path, mode: int) -> socket.socket:
    from app.signer.places import listen  # noqa: PLC0415  # on use

    return listen(path, mode)


if __name__ == "__main__":
    main()
