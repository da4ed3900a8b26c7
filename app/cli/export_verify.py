"""``export verify``: exports that lie in a folder, held against what was accepted before, without asking any exchange.

Owns the command and how it tells; what is refused is the client library's (``verify_export_folders``). Kept by
``tests/cli/test_export_verify.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.durable_files import EXISTING_FILE, NEW_FILE, write_whole
from app.cli.export_keys import opening_key
from app.cli.faults import CommandFault, ExitCode, as_fault, json_option, naming
from app.cli.output import heading, progress, say, show, table
from app.cli.verify_options import Given, knowing_keys, read_trust
from app.domain.errors import BreakwaterError
from breakwater_client.instant import instant_text

if TYPE_CHECKING:
    from app.services.offline.verify_files import Trust
    from breakwater_client.verifying.opening_keys import OpeningKey
    from breakwater_client.verifying.verify_export_contents import Contents
    from breakwater_client.verifying.verify_exports import Accepted, Expected, OpenedExport

DIRECTORY = "directory.json"
"""The exchange's directory of keys as it was accepted last, in a mirror beside its database and its exports."""
_EXISTING_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("verify")
@click.argument("folder", type=_EXISTING_FOLDER)
@click.option("--state", type=NEW_FILE, help="The export that you accepted last; the newest takes its place once all verifies.")
@click.option("--partner", help="Your id at the exchange: another partner's export is refused.")
@click.option("--definition", help="The id of the export's definition: another one's is refused.")
@click.option("--publishers", is_flag=True, help="Verify the signature in every object, too.")
@click.option("--decryption-key", type=EXISTING_FILE, help="Your private key, where files are sealed.")
@click.option("--steps/--no-steps", default=True, help="Say what each step checks and does not check.")
@knowing_keys
@json_option
def verify_exports(  # noqa: PLR0913  # one keyword for each option, as click gives them
    folder: Path,
    *,
    state: Path | None,
    partner: str | None,
    definition: str | None,
    publishers: bool,
    decryption_key: Path | None,
    steps: bool,
    **options: Any,
) -> None:
    """Verify offline the exports in FOLDER: one with its manifest, or a folder of them by their numbers, such as a mirror.

    Refused are an export that is older than the one in --state, another one under its number, one that does not follow it, one
    that has expired, another partner's, and files that are missing, cut off, changed, or not its own.
    """
    from breakwater_client.verifying.verify_export_folders import export_folders, open_exports
    from breakwater_client.verifying.verify_exports import MANIFEST, accepted_bytes

    given, own = _with_own_directory(Given(**options), folder)
    trust = read_trust(given)
    if not (folders := export_folders(folder)):
        raise CommandFault(f"{folder}: no {MANIFEST} lies here, nor in a folder of a number below.", code="no-export")
    exports = open_exports(folders, trust.statements, _expected(state, partner, definition, trust), at_export)
    found = _checked(exports, folders, trust if publishers else None, opening_key(decryption_key))
    document = _document(exports, found, steps=steps) | {"own_directory": str(own) if own else None}
    show(document, lambda: _tell(document))
    if not document["verified"]:
        raise click.exceptions.Exit(ExitCode.REFUSED)
    if state is not None:
        write_whole(state, accepted_bytes(exports[-1].accepted))


def _with_own_directory(given: Given, folder: Path) -> tuple[Given, Path | None]:
    """Let a mirror's own directory of keys be gone by where no other is given; gives its path if it is.

    It is held against ``--directory-key`` if that is given, and else is as it was accepted last.
    """
    from breakwater_client.verifying.verify_export_folders import MIRROR

    found = folder / DIRECTORY
    if given.accepted or given.directories or given.exchange_key or not ((folder / MIRROR).is_file() and found.is_file()):
        return given, None
    return (replace(given, directories=[found]) if given.directory_key else replace(given, accepted=found)), found


def _expected(state: Path | None, partner: str | None, definition: str | None, trust: Trust) -> Expected:
    from breakwater_client.verifying.verify_exports import Expected, read_accepted

    accepted: Accepted | None = None
    if state is not None and state.exists():
        with naming(state):
            accepted = read_accepted(state.read_bytes())
    if not trust.statements:
        sentence = "Say which key of the exchange you trust: --accepted-directory, --directory-key, or --exchange-key."
        raise CommandFault(sentence, ExitCode.USAGE)
    return Expected(accepted, exchange_of(trust), partner, definition)


def exchange_of(trust: Trust) -> str | None:
    """Give the id of the exchange whose directory is gone by, None without one."""
    return trust.directory.trusted.exchange if trust.directory is not None else None


def _checked(
    exports: Sequence[OpenedExport], folders: Sequence[Path], trust: Trust | None, key: OpeningKey | None
) -> list[Contents]:
    from breakwater_client.verifying.verify_export_contents import PublisherKeys, Reading
    from breakwater_client.verifying.verify_export_folders import check_exports

    keys = None if trust is None else PublisherKeys(trust.signers, trust.statements, trust.unsigned_from)
    with progress("verifying", sum(file.objects for one in exports for file in one.manifest.files)) as advance:
        return check_exports(exports, folders, Reading(folders[0], key, keys, advance), at_export)


@contextmanager
def at_export(place: object) -> Iterator[None]:
    """Let what the block refuses be told with the place, and the step.

    Raises:
        CommandFault: the block raised an error of the domain.
    """
    try:
        yield
    except BreakwaterError as refused:
        fault, step = as_fault(refused), getattr(refused, "number", None)
        at = f"step {step}: " if step is not None else ""
        raise CommandFault(f"{place}: {at}{fault.sentence}", fault.exit_code, step=step, **fault.details) from refused


def _document(exports: Sequence[OpenedExport], found: Sequence[Contents], *, steps: bool) -> dict[str, Any]:
    from breakwater_client.verifying.verify_exports import EXPORT_STEPS

    newest = exports[-1].manifest
    explained = [{"step": one.number, "checked": one.checked, "not_checked": one.not_checked} for one in EXPORT_STEPS]
    return {
        "verified": not any(one.failed for one in found),
        "exchange": newest.exchange_id,
        "partner": newest.partner_id,
        "definition": newest.definition_id,
        "exports": [_export(one, contents) for one, contents in zip(exports, found, strict=True)],
        **({"steps": explained} if steps else {}),
    }


def _export(export: OpenedExport, contents: Contents) -> dict[str, Any]:
    manifest = export.manifest
    return {
        "number": manifest.number,
        "manifest_sha256": export.sha256,
        "keyid": export.keyid,
        "as_of": instant_text(manifest.as_of),
        "expires_at": instant_text(manifest.expires_at),
        "parts": sorted({one.part.value for one in manifest.files}),
        "files": len(manifest.files),
        "objects": dict(sorted(contents.counts.items())),
        "recalls": list(manifest.recalls),
        "levels": dict(sorted(contents.levels.items())),
        "failed": contents.failed,
        "failures": [
            {"file": name, "stix_id": one.stix_id, "step": one.step, "code": one.refusal.code, "detail": one.refusal.sentence}
            for name, one in contents.failures
        ],
    }


def _tell(document: dict[str, Any]) -> None:
    if "steps" in document:
        heading("How an export is verified")
        rows = ((str(one["step"]), one["checked"], one["not_checked"]) for one in document["steps"])
        table("", ("step", "shown once passed", "not shown"), rows)
    if document["own_directory"]:
        say(f"Keys: those of the directory that this mirror accepted last, {document['own_directory']}.")
        say("Whoever may write here could have changed that, too, unless you gave --directory-key.")
    say(f"Exchange {document['exchange']}, partner {document['partner']}, definition {document['definition']}.")
    columns = ("export", "as of", "newest until", "parts", "files", "objects", "recalls", "publishers")
    table("", columns, (_row(one) for one in document["exports"]))
    for one in document["exports"]:
        for failure in one["failures"]:
            why = f"{failure['detail']} [{failure['code']}]"
            say(f"FAILED, step {failure['step']}: {failure['stix_id']} in {failure['file']}: {why}")
    say("Everything verifies." if document["verified"] else "Objects FAILED: see above.")


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    levels = [f"{count} {level}" for level, count in one["levels"].items()]
    if one["failed"]:
        levels.append(f"{one['failed']} FAILED")
    return (
        str(one["number"]),
        one["as_of"],
        one["expires_at"],
        ", ".join(one["parts"]),
        str(one["files"]),
        [f"{count} {stix_type}" for stix_type, count in one["objects"].items()] or "none",
        str(len(one["recalls"])),
        levels or "not asked",
    )
