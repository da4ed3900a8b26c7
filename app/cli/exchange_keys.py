"""``exchange-key …``: the exchange's own keys, on its machine: which count, making those that an upgrade needs, replacing one.

Owns the key files and the order in which they are put in place, so that a rotation that was cut off is finished by the next run.
What a rotation records is ``services.proving.rotate_own_keys``'. Kept by ``tests/cli/test_exchange_keys.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.durable_files import EXISTING_FILE, create_private, flush_folder, held_alone, private_folder
from app.cli.faults import CommandFault, ExitCode, json_option, naming
from app.cli.initialise import not_ready, own_environment
from app.cli.output import say, show, table
from app.cli.workshop import ServerSettings, Workshop, pass_workshop
from app.domain.vocabulary import KeyUsage
from breakwater_client.instant import instant_text

if TYPE_CHECKING:
    from app.services.exchange import Exchange
    from breakwater_client.signing.make_keys import PrivateKey

_USAGES = ("statement-signing", "directory-signing", "checkpoint-signing")
_OVERLAP = "overlap-evaluation"
RESTART = "Start the signer and all servers again, with this key. Until then they are not ready."


@click.group("exchange-key")
def exchange_key() -> None:
    """The exchange's own keys; on its machine."""


@exchange_key.command("list")
@json_option
@pass_workshop
def list_keys(workshop: Workshop) -> None:
    """List the exchange's keys, those that were replaced too, and whether this machine holds them."""
    from app.services.proving.rotate_own_keys import held_keyid, list_own_keys

    with _opened(workshop) as exchange:
        held = {held_keyid(exchange, KeyUsage(usage)) for usage in _USAGES}
        keys = [
            {
                "keyid": one.keyid,
                "usage": one.usage.value,
                "state": one.state.value,
                "since": instant_text(one.registered_at),
                "until": instant_text(one.not_after) if one.not_after else None,
                "replaces": one.replaces,
                "held": one.keyid in held,
            }
            for one in list_own_keys(exchange)
        ]
    columns = ("keyid", "usage", "state", "since", "until", "held")
    show({"keys": keys}, lambda: table("", columns, ([one[column] for column in columns] for one in keys)))


@exchange_key.command()
@json_option
@pass_workshop
def make(workshop: Workshop) -> None:
    """Make the key files that an exchange of an earlier version lacks; one that was lost is never made anew."""
    from app.services.offline.make_exchange_keys import new_overlap_key
    from app.services.proving.rotate_own_keys import registered_usages
    from app.services.start_exchange import is_initialised
    from breakwater_client.signing.make_keys import new_key

    settings = workshop.settings(own_environment())
    if not is_initialised(settings.database_url):
        raise not_ready("initialisation")
    registered = registered_usages(settings.database_url)
    missing = {usage: path for usage, path in _files(settings).items() if not path.exists()}
    lost = sorted(missing.keys() & {KeyUsage.STATEMENT_SIGNING, *registered})
    if lost:
        sentence = f"The exchange has a key for {', '.join(lost)}, and its file is not here: bring it back from its backup."
        raise CommandFault(sentence, ExitCode.REFUSED, code="key-lost")
    first_line = _first_line(workshop, settings.signing_key)
    for path in missing.values():
        private_folder(path.parent)
        create_private(path, first_line + new_key().private_pem)
    made = {usage.value: str(path) for usage, path in missing.items()}
    if not settings.overlap_key.exists():
        private_folder(settings.overlap_key.parent)
        create_private(settings.overlap_key, first_line + new_overlap_key() + b"\n")
        made[_OVERLAP] = str(settings.overlap_key)
    show({"made": made}, lambda: say("\n".join(f"{usage}: {path}" for usage, path in made.items()) or "No file was missing."))


@exchange_key.command("new-epoch")
@json_option
@pass_workshop
def new_epoch(workshop: Workshop) -> None:
    """Replace the key of overlap checks, where it lies, and destroy the old one: what was registered before meets nothing more.

    Start the signer and all servers again afterwards. Partners and agencies register again under the new epoch.
    """
    from app.services.offline.make_exchange_keys import new_overlap_key, overlap_epoch

    place = workshop.settings(own_environment()).overlap_key
    with held_alone(place.parent / ".overlap-key.lock"):
        if not place.exists():
            raise CommandFault("There is no such key yet: run breakwater exchange-key make.", ExitCode.REFUSED, code="not-found")
        old, content = place.read_bytes(), _first_line(workshop, place) + new_overlap_key() + b"\n"
        file = place.with_name(f"{place.stem}.next{place.suffix}")
        file.unlink(missing_ok=True)
        create_private(file, content)
        file.replace(place)
        flush_folder(place.parent)
    document = {"epoch": overlap_epoch(content), "ended": overlap_epoch(old), "private_key": str(place)}
    show(document, lambda: say(f"Epoch {document['epoch']} follows {document['ended']}. {RESTART}"))


@exchange_key.command()
@click.argument("usage", type=click.Choice(_USAGES))
@click.option("--new-key", type=EXISTING_FILE, help="Its file, where the signer holds the keys; made and put in place otherwise.")
@json_option
@pass_workshop
def rotate(workshop: Workshop, usage: str, new_key: Path | None) -> None:
    """Replace a key of the exchange, with all servers stopped. Run again if it was interrupted."""
    settings = workshop.settings(own_environment())
    place = _files(settings)[KeyUsage(usage)]
    if settings.signer_socket is not None and new_key is None:
        sentence = "The signer holds the keys: make one with `breakwater key new`, and give it with --new-key."
        raise CommandFault(sentence, ExitCode.USAGE)
    with held_alone(settings.home / ".exchange-key.lock"):
        file = new_key or _next_file(place, _first_line(workshop, place))
        with naming(file):
            new = _private_key(file)
        with _opened(workshop) as exchange:
            replaced = _rotate(exchange, KeyUsage(usage), new)
        if new_key is None:
            _put_in_place(place, file, replaced)
    held_at = place if new_key is None else file
    document = {"usage": usage, "keyid": new.public.keyid, "replaces": replaced, "private_key": str(held_at)}

    def tell() -> None:
        say(f"{new.public.keyid} signs in the place of {replaced}. Private key: {held_at}")
        say(RESTART if new_key is None else f"Put the file where the signer reads its key. {RESTART}")

    show(document, tell)


def _rotate(exchange: Exchange, usage: KeyUsage, new: PrivateKey) -> str:
    """Rotate, or finish what was begun; gives the id of the key that was replaced."""
    from app.services.proving.rotate_own_keys import finish_rotation, list_own_keys, rotate_own_key

    known = next((one for one in list_own_keys(exchange) if one.keyid == new.public.keyid), None)
    if known is None or known.replaces is None or known.usage is not usage:
        known = rotate_own_key(exchange, usage, new)
    else:
        finish_rotation(exchange, usage, known.replaces, new)
    return known.replaces or ""


def _files(settings: ServerSettings) -> dict[KeyUsage, Path]:
    return {
        KeyUsage.STATEMENT_SIGNING: settings.signing_key,
        KeyUsage.DIRECTORY_SIGNING: settings.directory_key,
        KeyUsage.CHECKPOINT_SIGNING: settings.checkpoint_key,
    }


def _first_line(workshop: Workshop, beside: Path) -> bytes:
    """Give the line that marks keys for development, if the key beside is one."""
    is_marked = beside.exists() and workshop.development_marker in beside.read_bytes()
    return workshop.development_marker + b"\n" if is_marked else b""


def _next_file(place: Path, first_line: bytes) -> Path:
    """Give the file of the next key: the one of an interrupted run, or a new one."""
    from breakwater_client.signing.make_keys import new_key

    file = place.with_name(f"{place.stem}.next{place.suffix}")
    if not file.exists():
        create_private(file, first_line + new_key().private_pem)
    return file


def _put_in_place(place: Path, file: Path, replaced: str) -> None:
    """Let the new key's file take the place of the old one's, which stays beside it under its key's id."""
    old = place.with_name(f"{place.stem}.{replaced[:16]}{place.suffix}")
    if not old.exists():
        old.hardlink_to(place)
    file.replace(place)
    flush_folder(place.parent)


def _private_key(file: Path) -> PrivateKey:
    from breakwater_client.signing.make_keys import read_private_key

    return read_private_key(file.read_bytes())


@contextmanager
def _opened(workshop: Workshop) -> Iterator[Exchange]:
    """Give the exchange, also one that holds a key which is not in force: that is what these commands mend."""
    from app.services.start_exchange import why_not_ready

    exchange = workshop.exchange(own_environment())
    try:
        reason = why_not_ready(exchange)
        if reason not in {None, "keys"}:
            raise not_ready(str(reason))
        yield exchange
    finally:
        exchange.database.dispose()
