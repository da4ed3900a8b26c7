"""``sign``: writing the publisher's signature into every object of a file.

Owns files and options; the signing itself is ``services.sign_objects``. Needs no exchange. Kept by ``tests/cli/test_sign.py``.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.durable_files import EXISTING_FILE, FILE_OR_INPUT, write_pieces
from app.cli.faults import json_option, naming, printable, wants_json
from app.cli.object_sources import Source
from app.cli.output import progress

if TYPE_CHECKING:
    from breakwater_client.signing.sign_objects import SignedDocument


@click.command()
@click.argument("file", type=FILE_OR_INPUT)
@click.option("--key", "key_file", required=True, type=EXISTING_FILE, help="Your private key's file.")
@click.option("--signer", required=True, help="Your STIX identity, as the exchange registered it: identity--…")
@click.option("--out", default="-", help="The file to write; standard output by default.")
@click.option("--as-is", is_flag=True, help="Keep the spelling, though other STIX tools may then break the signature.")
@json_option
def sign(file: str, key_file: Path, signer: str, out: str, *, as_is: bool) -> None:
    """Sign each object of FILE: a STIX object, a bundle, or NDJSON.

    Timestamps and defaults are first spelled so that other STIX tools keep the signature valid; everything else stays. Published
    objects (TLP markings, extension definitions) stay unsigned.
    """
    from breakwater_client.signing.make_keys import read_private_key
    from breakwater_client.signing.sign_objects import SignedDocument, Signing

    with naming(key_file):
        signing = Signing(read_private_key(key_file.read_bytes()), signer, datetime.now(UTC), hub_stable=not as_is)
    source = Source.of_input(file)
    with source.opened() as content:
        signed = SignedDocument(content, signing)
        with progress("signing", content.count()) as advance:
            _write(out, _counted(signed, advance))
    counts = {"signed": signed.signed, "left_unsigned": signed.left, "keyid": signing.key.public.keyid, "out": out}
    if wants_json():
        click.echo(json.dumps(counts), err=out == "-")
    elif not signed.signed + signed.left:
        click.echo(printable(f"{source.name}: nothing to do, the file holds no objects."), err=True)
    else:
        click.echo(f"{signed.signed} signed, {signed.left} published objects left as they are.", err=True)


def _counted(signed: SignedDocument, advance: Callable[[int], None]) -> Iterator[bytes]:
    done = 0
    for piece in signed.pieces():
        yield piece
        advance(signed.signed + signed.left - done)
        done = signed.signed + signed.left


def _write(out: str, pieces: Iterable[bytes]) -> None:
    """Write all pieces, or none: an object that cannot be signed fails the file."""
    if out != "-":
        write_pieces(Path(out), pieces)
        return
    with tempfile.TemporaryFile() as whole:
        whole.writelines(pieces)
        whole.seek(0)
        shutil.copyfileobj(whole, sys.stdout.buffer)
        sys.stdout.buffer.flush()
