"""``export new-key`` and ``export decrypt``: the key to which exports are sealed, and what is in one sealed file.

Kept by ``tests/cli/test_export_keys.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.durable_files import EXISTING_FILE, NEW_FILE, PRIVATE, create_private, write_pieces, write_whole
from app.cli.faults import json_option, naming
from app.cli.output import say, show

if TYPE_CHECKING:
    from breakwater_client.verifying.opening_keys import OpeningKey


@click.command("new-key")
@click.option("--out", required=True, type=NEW_FILE, help="Where the private key goes; the public one goes to OUT.pub.")
@json_option
def new_key(out: Path) -> None:
    """Make the key pair to which exports are sealed: `export define --encrypt-to OUT.pub`. Keep the private one apart."""
    from breakwater_client.verifying.opening_keys import new_opening_key, read_recipient

    private, public = new_opening_key()
    create_private(out, private)
    public_file = out.with_name(f"{out.name}.pub")
    write_whole(public_file, public)
    document = {"private_key": str(out), "public_key_file": str(public_file), "public_key": read_recipient(public)}
    show(document, lambda: say(f"{out}: keep it; without it nobody opens your exports. {public_file}: for --encrypt-to."))


@click.command("decrypt")
@click.argument("files", nargs=-1, required=True, type=EXISTING_FILE)
@click.option("--key", "key_file", required=True, type=EXISTING_FILE, help="Your private key, to which they are sealed.")
@click.option("--into", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path), help="An existing folder.")
@json_option
def decrypt(files: tuple[Path, ...], key_file: Path, into: Path) -> None:
    """Open sealed FILES of an export, whose manifest lies beside each, into a folder. Verify the export before."""
    from breakwater_client.verifying.opening_keys import open_file
    from breakwater_client.verifying.read_exports import SEALED
    from breakwater_client.verifying.verify_exports import MANIFEST, claimed_manifest

    key = opening_key(key_file)
    opened: list[str] = []
    for file in files:
        with naming(file):
            manifest = claimed_manifest((file.parent / MANIFEST).read_bytes())
            target = into / file.name.removesuffix(SEALED)
            write_pieces(target, open_file(manifest, file, key), PRIVATE)  # type: ignore[arg-type]  # None only without a key
            opened.append(str(target))
    show({"files": opened}, lambda: say("\n".join(opened)))


def opening_key(file: Path | None) -> OpeningKey | None:
    """Give the key in a file, None without one.

    Raises:
        CommandFault: the file holds none.
    """
    from breakwater_client.verifying.opening_keys import read_opening_key

    if file is None:
        return None
    with naming(file):
        return read_opening_key(file.read_bytes())
