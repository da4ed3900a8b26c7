"""``correct``: a new version of one's own object that says what was wrong before. Kept by ``tests/cli/test_corrections.py``."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.connection import connected
from app.cli.durable_files import EXISTING_FILE, read_json_object
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.output import say, show
from app.cli.submit import send
from app.domain.object_vocabulary import CorrectionReason
from breakwater_client.extensions import OCSEA_CONTEXT

if TYPE_CHECKING:
    from app.cli.api import Api


@click.command()
@click.argument("file", type=EXISTING_FILE)
@click.option("--reason", required=True, type=click.Choice([*map(str, CorrectionReason)]), help="What was wrong before.")
@click.option("--key", "key_file", required=True, type=EXISTING_FILE, help="Your private key's file, for the signature.")
@click.option("--signer", required=True, help="Your STIX identity, as the exchange registered it: identity--…")
@connected
@json_option
def correct(file: Path, reason: str, key_file: Path, signer: str, api: Api) -> None:
    """Publish the corrected object in FILE as its newest version, signed, of now and with the reason.

    Who sees it finds it in the feed; whoever was given an older version and does not see it is told to stop using that one.
    """
    from breakwater_client.signing.make_keys import read_private_key
    from breakwater_client.signing.sign_objects import Signing, sign_correction

    value = read_json_object(str(file), "to correct")
    extensions = value.get("extensions")
    if not isinstance(extensions, dict) or not isinstance(extensions.get(OCSEA_CONTEXT), dict):
        sentence = "FILE holds one object with the context extension, which says why it is corrected."
        raise CommandFault(sentence, ExitCode.USAGE, code="usage")
    signing = Signing(read_private_key(key_file.read_bytes()), signer, datetime.now(UTC))
    signed = sign_correction(value, CorrectionReason(reason), signing)
    answer = send(api, json.dumps({"objects": [signed]}).encode(), str(uuid.uuid4()))
    [result] = answer["results"]
    show(
        answer,
        lambda: say(f"{result['status']}: {result.get('id') or result.get('code')}. `breakwater recalls` says who was told."),
    )
    if result["status"] == "refused":
        raise click.exceptions.Exit(ExitCode.REFUSED)
