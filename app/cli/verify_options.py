"""What ``verify`` is told to go by: keys of publishers, of the exchange and of witnesses, and the checkpoint that was kept.

Owns the options and what they mean together; verifying is ``services.offline.verify_files``. Kept by
``tests/cli/test_verify_options.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.durable_files import EXISTING_FILE
from app.cli.faults import CommandFault, ExitCode, naming
from app.cli.output import warn
from app.domain.vocabulary import KeyUsage

if TYPE_CHECKING:
    from app.services.offline.verify_files import Trust
    from breakwater_client.trust.keys import PublicKey
    from breakwater_client.verifying.directory_keys import Directory, DirectoryTrust
    from breakwater_client.verifying.known_keys import ExchangeKey, KnownSigner
    from breakwater_client.verifying.verify_checkpoints import ListedWitness, LogKeys, VerifiedCheckpoint
    from breakwater_client.verifying.verify_receipts import VerifiedAttestation

_KEYID = re.compile(r"[0-9a-f]{64}")
_KEYS = (
    click.option("--key", "pem_files", multiple=True, type=EXISTING_FILE, help="A publisher's public key, with --signer."),
    click.option("--signer", help="The identity that the keys of --key belong to, as their owner told you."),
    click.option("--keys", "known_keys", type=EXISTING_FILE, help="Known keys, as `key fetch` writes them."),
    click.option("--directory", "directories", multiple=True, type=EXISTING_FILE, help="The exchange's directory of keys."),
    click.option("--directory-key", metavar="PEM|KEYID", help="The key that signs the directory, as operators told you."),
    click.option("--accepted-directory", "accepted", type=EXISTING_FILE, help="The version of the directory you accepted last."),
    click.option("--exchange-key", type=EXISTING_FILE, help="The exchange's public key, for receipts and attestations."),
    click.option(
        "--unsigned-from", multiple=True, metavar="IDENTITY", help="Take unsigned objects of theirs though they have a key."
    ),
)
_OPTIONS = (
    *_KEYS,
    click.option("--checkpoint-key", type=EXISTING_FILE, help="The exchange's public key for checkpoints of its log."),
    click.option("--attestations", multiple=True, type=EXISTING_FILE, help="What `pull` kept beside unsigned objects."),
    click.option("--checkpoint", "kept", type=EXISTING_FILE, help="The checkpoint that you kept: has anything gone since?"),
    click.option("--witness", "witnesses", multiple=True, metavar="NAME=PEM", help="A witness's name and public key."),
    click.option("--witnesses", "witness_files", multiple=True, type=EXISTING_FILE, help="A file of them, from `witness list`."),
    click.option("--listed-witnesses", is_flag=True, help="Take the directory's word for who the witnesses are."),
    click.option("--witnesses-needed", type=click.IntRange(1), default=1, show_default=True, help="So many must have cosigned."),
    click.option("--cosigned-by", type=click.IntRange(1), metavar="K", help="K witnesses must have cosigned what is verified."),
    click.option("--no-older-than", "minutes", type=click.IntRange(1), metavar="MINUTES", help="A checkpoint must be as new."),
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
    directories: Sequence[Path]
    directory_key: str | None
    accepted: Path | None
    exchange_key: Path | None
    unsigned_from: Sequence[str] = ()
    checkpoint_key: Path | None = None
    attestations: Sequence[Path] = ()
    kept: Path | None = None
    witnesses: Sequence[str] = ()
    witness_files: Sequence[Path] = ()
    listed_witnesses: bool = False
    witnesses_needed: int = 1
    cosigned_by: int | None = None
    minutes: int | None = None
    level: str = "signed"

    @property
    def needed(self) -> int:
        """How many witnesses are asked for."""
        return self.cosigned_by or self.witnesses_needed


def knowing_keys(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of keys alone; they come as keywords that ``Given`` takes."""
    for option in reversed(_KEYS):
        command = option(command)
    return command


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
    from app.services.offline.verify_files import Trust
    from breakwater_client.verifying.verdicts import Level
    from breakwater_client.verifying.verify_checkpoints import GreatestAge

    pinned = _trusted_directory(given)
    directory = _directory(given, pinned)
    statements = _exchange_keys(given.exchange_key, directory, KeyUsage.STATEMENT_SIGNING)
    log = _log_keys(given, directory, statements)
    return Trust(
        signers=_signers(given, directory),
        statements=statements,
        log=log,
        kept=_kept(given.kept, log),
        attestations=_attestations(given.attestations, statements),
        level=Level.COSIGNED if given.cosigned_by else Level(given.level),
        directory=replace(pinned, trusted=directory) if pinned and directory else pinned,
        cosigned=given.cosigned_by is not None,
        unsigned_from=frozenset(given.unsigned_from),
        age=GreatestAge(timedelta(minutes=given.minutes), datetime.now(UTC)) if given.minutes else None,
    )


def _trusted_directory(given: Given) -> DirectoryTrust | None:
    """Give what a directory is held against: the version accepted last, else the pinned key; None if neither was given."""
    from breakwater_client.verifying.directory_keys import DirectoryTrust, accepted_before, pin

    now = datetime.now(UTC)
    if given.accepted is not None:
        with naming(given.accepted):
            return DirectoryTrust(accepted_before(given.accepted.read_bytes()), now)
    return DirectoryTrust(pin(given_keyid(given.directory_key)), now) if given.directory_key else None


def _directory(given: Given, trust: DirectoryTrust | None) -> Directory | None:
    """Give the directory to go by: those given one after the other, or the version that was accepted last."""
    from breakwater_client.verifying.directory_keys import accept, read_directory_file

    files = given.directories or ([given.accepted] if given.accepted else [])
    if not files:
        return None
    if trust is None:
        sentence = "Say which directory you trust: --directory-key with the key that signs it, or --accepted-directory."
        raise CommandFault(sentence, ExitCode.USAGE)
    with naming(", ".join(map(str, files))):
        return accept([read_directory_file(file.read_bytes()) for file in files], trust)


def given_keyid(given: str) -> str:
    """Give the id of a key that is given by it, or by the file of its PEM."""
    from breakwater_client.signing.make_keys import public_keyid

    if _KEYID.fullmatch(given):
        return given
    if not Path(given).is_file():
        raise CommandFault("--directory-key takes a key's id (64 hexadecimal digits) or the file of its PEM.", ExitCode.USAGE)
    with naming(given):
        return public_keyid(Path(given).read_bytes())


def _signers(given: Given, directory: Directory | None) -> list[KnownSigner]:
    from breakwater_client.verifying.directory_keys import signers_of
    from breakwater_client.verifying.known_keys import known_signer, read_known_keys

    found: list[KnownSigner] = []
    if given.known_keys is not None:
        with naming(given.known_keys):
            found += read_known_keys(given.known_keys.read_bytes())
    for file in given.pem_files:
        with naming(file):
            found.append(known_signer(file.read_bytes(), given.signer))
    return [*found, *(signers_of(directory) if directory else ())]  # what the directory knows of a key comes last, and counts


def _exchange_keys(file: Path | None, directory: Directory | None, usage: KeyUsage) -> list[ExchangeKey]:
    from breakwater_client.verifying.directory_keys import exchange_keys_of
    from breakwater_client.verifying.known_keys import ExchangeKey, known_exchange_key

    listed = exchange_keys_of(directory, usage) if directory else []
    if file is None:
        return listed
    with naming(file):
        given = ExchangeKey(known_exchange_key(file.read_bytes()))
    return listed if any(one.key == given.key for one in listed) else [*listed, given]


def _log_keys(given: Given, directory: Directory | None, statements: Sequence[ExchangeKey]) -> LogKeys:
    from breakwater_client.verifying.directory_keys import cosigning_keys_of, own_keyids, witnesses_of
    from breakwater_client.verifying.verify_checkpoints import ListedWitness, LogKeys

    if given.listed_witnesses and directory is None:
        raise CommandFault("--listed-witnesses asks for a directory: --directory, or --accepted-directory.", ExitCode.USAGE)
    named = _named_witnesses(given)
    listed = [ListedWitness(name, key) for name, keys in named.items() for key in keys[1:]]
    listed += witnesses_of(directory) if directory and given.listed_witnesses else []
    if given.cosigned_by and len(named.keys() | {one.name for one in listed}) < given.cosigned_by:
        sentence = f"Name at least {given.cosigned_by} witnesses: --witness, --witnesses, or --listed-witnesses."
        raise CommandFault(sentence, ExitCode.USAGE)
    known = cosigning_keys_of(directory) if directory else {}
    _warn_of_stolen(named, known)
    with naming("--witness"):
        return LogKeys(
            _exchange_keys(given.checkpoint_key, directory, KeyUsage.CHECKPOINT_SIGNING),
            directory.exchange if directory else None,
            {name: keys[0] for name, keys in named.items()},
            given.needed,
            listed,
            known,
            (own_keyids(directory) if directory else frozenset()) | {one.key.keyid for one in statements},
        )


def _warn_of_stolen(named: Mapping[str, Sequence[PublicKey]], known: Mapping[str, ListedWitness]) -> None:
    """Say which witnesses that were named are none any more: the directory has their key as compromised."""
    for name, keys in named.items():
        for key in keys:
            if key.keyid in known and known[key.keyid].is_compromised:
                warn(f"The key of the witness {name} is reported as compromised: it counts for nothing.", "key-was-compromised")


def _named_witnesses(given: Given) -> dict[str, list[PublicKey]]:
    """Give the keys of each witness that was named; several of one in a file of them, while one follows another."""
    from breakwater_client.verifying.known_keys import known_exchange_key, read_witnesses

    witnesses: dict[str, list[PublicKey]] = {}
    for listed in given.witness_files:
        with naming(listed):
            witnesses |= read_witnesses(listed.read_bytes())
    for named in given.witnesses:
        name, _, file = named.rpartition("=")
        if not name or not Path(file).is_file():
            raise CommandFault("--witness takes NAME=PEM: the witness's name and the file of its public key.", ExitCode.USAGE)
        with naming(file):
            witnesses[name] = [known_exchange_key(Path(file).read_bytes())]
    return witnesses


def _kept(file: Path | None, log: LogKeys) -> VerifiedCheckpoint | None:
    from breakwater_client.verifying.compare_checkpoints import read_kept

    if file is None:
        return None
    with naming(file):
        return read_kept(file.read_bytes(), log)


def _attestations(files: Sequence[Path], statements: Sequence[ExchangeKey]) -> dict[str, VerifiedAttestation]:
    from breakwater_client.verifying.verify_receipts import read_attestations

    if files and not statements:
        raise CommandFault("An attestation is verified with the exchange's public key: --exchange-key.", ExitCode.USAGE)
    found: dict[str, VerifiedAttestation] = {}
    for file in files:
        with naming(file):
            found |= read_attestations(file.read_bytes(), statements)
    return found
