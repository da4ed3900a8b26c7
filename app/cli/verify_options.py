"""What ``verify`` is told to go by: keys of publishers, of the exchange and of witnesses, and the checkpoint that was kept.

Owns the options and what they mean together; verifying is ``services.offline.verify_files``. Kept by
``tests/cli/test_verify_options.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.durable_files import EXISTING_FILE
from app.cli.faults import CommandFault, ExitCode, naming

if TYPE_CHECKING:
    from app.services.offline.known_keys import ExchangeKey, KnownSigner
    from app.services.offline.verify_checkpoints import LogKeys, VerifiedCheckpoint
    from app.services.offline.verify_files import Trust
    from app.services.offline.verify_receipts import VerifiedAttestation

_OPTIONS = (
    click.option("--key", "pem_files", multiple=True, type=EXISTING_FILE, help="A publisher's public key, with --signer."),
    click.option("--signer", help="The identity that the keys of --key belong to, as their owner told you."),
    click.option("--keys", "known_keys", type=EXISTING_FILE, help="Known keys, as `key fetch` writes them."),
    click.option("--exchange-key", type=EXISTING_FILE, help="The exchange's public key, for receipts and attestations."),
    click.option("--checkpoint-key", type=EXISTING_FILE, help="The exchange's public key for checkpoints of its log."),
    click.option("--attestations", multiple=True, type=EXISTING_FILE, help="What `pull` kept beside unsigned objects."),
    click.option("--checkpoint", "kept", type=EXISTING_FILE, help="The checkpoint that you kept: has anything gone since?"),
    click.option("--witness", "witnesses", multiple=True, metavar="NAME=PEM", help="A witness's name and public key."),
    click.option("--witnesses-needed", type=click.IntRange(1), default=1, show_default=True, help="So many must have cosigned."),
    click.option(
        "--level",
        type=click.Choice(["signed", "logged", "cosigned"]),
        default="signed",
        show_default=True,
        help="What every object must reach.",
    ),
)


@dataclass(frozen=True, slots=True)
class Given:
    """The options as they were given."""

    pem_files: Sequence[Path]
    signer: str | None
    known_keys: Path | None
    exchange_key: Path | None
    checkpoint_key: Path | None
    attestations: Sequence[Path]
    kept: Path | None
    witnesses: Sequence[str]
    witnesses_needed: int
    level: str


def trusting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options; they come as keywords that ``Given`` takes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_trust(given: Given) -> Trust:
    """Read all that was given to go by.

    Raises:
        CommandFault: a file is not what its option asks for; the kept checkpoint does not verify; something is missing.
    """
    from app.services.offline.verdicts import Level
    from app.services.offline.verify_files import Trust

    statements = _exchange_keys(given.exchange_key)
    log = _log_keys(given)
    return Trust(
        signers=_signers(given),
        statements=statements,
        log=log,
        kept=_kept(given.kept, log),
        attestations=_attestations(given.attestations, statements),
        level=Level(given.level),
    )


def _signers(given: Given) -> list[KnownSigner]:
    from app.services.offline.known_keys import known_signer, read_known_keys

    found: list[KnownSigner] = []
    if given.known_keys is not None:
        with naming(given.known_keys):
            found += read_known_keys(given.known_keys.read_bytes())
    for file in given.pem_files:
        with naming(file):
            found.append(known_signer(file.read_bytes(), given.signer))
    return found


def _exchange_keys(file: Path | None) -> list[ExchangeKey]:
    from app.services.offline.known_keys import ExchangeKey, known_exchange_key

    if file is None:
        return []
    with naming(file):
        return [ExchangeKey(known_exchange_key(file.read_bytes()))]


def _log_keys(given: Given) -> LogKeys:
    from app.services.offline.known_keys import known_exchange_key
    from app.services.offline.verify_checkpoints import LogKeys

    witnesses = {}
    for named in given.witnesses:
        name, _, file = named.rpartition("=")
        if not name or not Path(file).is_file():
            raise CommandFault("--witness takes NAME=PEM: the witness's name and the file of its public key.", ExitCode.USAGE)
        with naming(file):
            witnesses[name] = known_exchange_key(Path(file).read_bytes())
    with naming("--witness"):
        return LogKeys(_exchange_keys(given.checkpoint_key), None, witnesses, given.witnesses_needed)


def _kept(file: Path | None, log: LogKeys) -> VerifiedCheckpoint | None:
    from app.services.offline.verify_checkpoints import read_checkpoint_file

    if file is None:
        return None
    with naming(file):
        return read_checkpoint_file(file.read_bytes(), log)


def _attestations(files: Sequence[Path], statements: Sequence[ExchangeKey]) -> dict[str, VerifiedAttestation]:
    from app.services.offline.verify_receipts import read_attestations

    if files and not statements:
        raise CommandFault("An attestation is verified with the exchange's public key: --exchange-key.", ExitCode.USAGE)
    found: dict[str, VerifiedAttestation] = {}
    for file in files:
        with naming(file):
            found |= read_attestations(file.read_bytes(), statements)
    return found
