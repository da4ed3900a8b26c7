"""``key directory fetch``: the newest directory of keys, held against the version that was accepted last and lies in a file.

Owns the file, and what is told; what is refused is ``services.offline``'s. The file is what ``verify --directory`` and
``--accepted-directory`` read. Kept by ``tests/cli/test_key_directory.py``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.durable_files import NEW_FILE, held_alone, write_whole
from app.cli.faults import CommandFault, ExitCode, json_option, naming
from app.cli.output import say, show, warn
from app.cli.verify_options import given_keyid
from app.domain.errors import Code
from breakwater_client.instant import instant_text

if TYPE_CHECKING:
    from app.cli.api import Api
    from breakwater_client.verifying.directory_keys import Directory, DirectoryTrust


@click.group()
def directory() -> None:
    """The exchange's directory of keys."""


@directory.command()
@click.option("--out", required=True, type=NEW_FILE, help="The version that you accepted last; the newest takes its place.")
@click.option("--directory-key", metavar="PEM|KEYID", help="The first time: the key that signs it, as operators told you.")
@click.option("--trust-first", is_flag=True, help="The first time: trust whichever key signs it, and compare its id later.")
@connected
@json_option
def fetch(out: Path, directory_key: str | None, api: Api, *, trust_first: bool) -> None:
    """Fetch the directory, if the version in OUT leads to it: none that is older, expired, or another exchange's."""
    with held_alone(out.with_name(f".{out.name}.lock")):
        accepted = update_directory(api, out, directory_key, trust_first=trust_first)
    document = _document(accepted, out)

    def tell() -> None:
        say(f"Version {accepted.version} of {accepted.exchange}, {len(accepted.keys)} keys, until {document['expires_at']}.")
        say(f"Signed by {document['signed_by']}. Written to {out}, for breakwater verify --accepted-directory.")

    show(document, tell)


def update_directory(api: Api, out: Path, directory_key: str | None, *, trust_first: bool) -> Directory:
    """Give the newest directory, which takes the place of the version in a file if that, or the key that was told, leads to it.

    Raises:
        CommandFault: it does not; nobody said which directory to trust; or the exchange cannot be asked.
    """
    from breakwater_client.talking.directory import envelope_bytes

    newest = envelope_bytes(api.get("/key-directory"))
    trust = _trust(out, directory_key, newest if trust_first else None)
    accepted = _followed(api, newest, trust)
    write_whole(out, newest)
    if trust_first:
        warn(f"Compare with the operators, by another way: {accepted.signing_key.keyid} signs the directory.", "trusted-first")
    return accepted


def _followed(api: Api, newest: bytes, trust: DirectoryTrust) -> Directory:
    from breakwater_client.talking.directory import envelope_bytes
    from breakwater_client.verifying.follow_directory import follow
    from breakwater_client.verifying.steps import FailedStepError

    try:
        return follow(newest, trust, lambda number: envelope_bytes(api.get(f"/key-directory/versions/{number}")))
    except FailedStepError as refused:
        code = ExitCode.ROLLED_BACK if refused.code is Code.DIRECTORY_ROLLED_BACK else ExitCode.REFUSED
        sentence = f"{refused.sentence} What you accepted before is kept."
        raise CommandFault(sentence, code, code=refused.code.value, pointer=refused.pointer) from refused


def _trust(out: Path, directory_key: str | None, first: bytes | None) -> DirectoryTrust:
    """Give what the newest version is held against: the one in the file, else the key that was told, else its own."""
    from breakwater_client.verifying.directory_keys import DirectoryTrust, accepted_before, pin
    from breakwater_client.verifying.follow_directory import trust_first

    now = datetime.now(UTC)
    if out.exists():
        with naming(out):
            kept = accepted_before(out.read_bytes())
        if first is not None or (directory_key and given_keyid(directory_key) != kept.signing_key.keyid):
            raise _there_already(out, kept)
        return DirectoryTrust(kept, now)
    if directory_key:
        return DirectoryTrust(pin(given_keyid(directory_key)), now)
    if first is not None:
        return trust_first(first, now)
    sentence = "Say which directory you trust: --directory-key with the key that signs it, or for a first look --trust-first."
    raise CommandFault(sentence, ExitCode.USAGE)


def _there_already(out: Path, kept: Directory) -> CommandFault:
    sentence = (
        f"{out} holds a version that {kept.signing_key.keyid} signed, and the next is held against that; "
        "to begin anew with another key, move the file away."
    )
    return CommandFault(sentence, ExitCode.USAGE, code="file-exists")


def _document(accepted: Directory, out: Path) -> dict[str, Any]:
    return {
        "exchange": accepted.exchange,
        "version": accepted.version,
        "issued_at": instant_text(accepted.issued_at),
        "expires_at": instant_text(accepted.expires_at),
        "signed_by": accepted.signing_key.keyid,
        "keys": len(accepted.keys),
        "file": str(out),
    }
