"""``submit --dry-run``: each object judged here by the exchange's own code, and nothing sent.

Owns the options, and telling what was not checked; the checks are ``services.rehearse``'s. Kept by ``tests/cli/test_dry_run.py``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.durable_files import EXISTING_FILE
from app.cli.envelopes import Origin
from app.cli.faults import CommandFault, ExitCode, naming
from app.cli.object_sources import Source, Survey
from app.cli.output import progress, say
from app.cli.submission_report import Report, refused
from app.domain.vocabulary import Assurance, Profile
from breakwater_client.submission import Refusal

if TYPE_CHECKING:
    from app.cli.api import Api
    from app.services.offline.rehearse import Rehearsal

PASSED = "passed"

_OPTIONS = (
    click.option("--dry-run", is_flag=True, help="Judge each object here, with the exchange's own code, and send nothing."),
    click.option(
        "--profile",
        "profiles",
        multiple=True,
        type=click.Choice([*map(str, Profile)]),
        help="In a dry run: as this profile; ocsea.",
    ),
    click.option("--unsigned", is_flag=True, help="In a dry run: let objects come without a signature."),
    click.option("--keys", "known_keys", type=EXISTING_FILE, help="In a dry run: verify with known keys (of `key list --json`)."),
    click.option("--catalogue", type=EXISTING_FILE, help="In a dry run: go by this release (of `catalogue pull`)."),
    click.option(
        "--as-agreed",
        is_flag=True,
        help="In a dry run: ask the exchange for your agreement's profiles and assurances, and its catalogue.",
    ),
)


@dataclass(frozen=True, slots=True)
class DryRun:
    """What was asked for by the options."""

    profiles: Sequence[str]
    unsigned: bool
    known_keys: Path | None
    catalogue: Path | None
    as_agreed: bool


def dry_run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options as the keyword ``dry_run``: None if no dry run was asked for.

    Raises:
        CommandFault: an option of dry runs without one, or two that contradict each other.
    """

    @functools.wraps(command)
    def with_options(*arguments: Any, dry_run: bool, **options: Any) -> Any:
        asked = DryRun(*(options.pop(name) for name in ("profiles", "unsigned", "known_keys", "catalogue", "as_agreed")))
        if not dry_run and (asked.profiles or asked.unsigned or asked.known_keys or asked.catalogue or asked.as_agreed):
            named = "--profile, --unsigned, --keys, --catalogue and --as-agreed"
            sentence = f"{named} are for --dry-run; a submission goes by your agreement."
            raise CommandFault(sentence, ExitCode.USAGE, code="dry-run")
        if asked.as_agreed and (asked.profiles or asked.unsigned or asked.catalogue):
            raise CommandFault("--as-agreed says --profile, --unsigned and --catalogue already.", ExitCode.USAGE, code="dry-run")
        return command(*arguments, dry_run=asked if dry_run else None, **options)

    for option in reversed(_OPTIONS):
        with_options = option(with_options)
    return with_options


def rehearsal_for(asked: DryRun, connect: Callable[[], Api]) -> Rehearsal:
    """Give what to judge by; the exchange is asked for the caller's terms only if that was wanted.

    Raises:
        CommandFault: the keys' file is none; or the exchange cannot be asked, or no agreement is in force.
    """
    from app.services.cataloguing.release_files import read_release
    from app.services.offline.rehearse import Rehearsal
    from breakwater_client.verifying.known_keys import read_known_keys

    keys = None
    if asked.known_keys is not None:
        with naming(asked.known_keys):
            keys = read_known_keys(asked.known_keys.read_bytes())
    if not asked.as_agreed:
        rehearsal = Rehearsal.by(map(Profile, asked.profiles or [Profile.OCSEA]), keys, takes_unsigned=asked.unsigned)
        if asked.catalogue is None:
            return rehearsal
        with naming(asked.catalogue):
            return rehearsal.with_catalogue(read_release(asked.catalogue.read_bytes()))
    api = connect()
    terms = api.get("/policy/mine")["agreement"]
    if terms is None:
        raise CommandFault("No agreement is in force: nothing can be submitted.", code="agreement-not-in-force")
    unsigned = Assurance.CHANNEL_ATTESTED in terms["write"]["assurances"]
    rehearsal = replace(Rehearsal.by(map(Profile, terms["write"]["profiles"]), keys, takes_unsigned=unsigned), as_agreed=True)
    return rehearsal.with_catalogue(read_release(api.fetch("/catalogue")))


def judge_all(sources: Sequence[Source], survey: Survey, rehearsal: Rehearsal, report: Report) -> None:
    """Judge each object of the files."""
    with progress("judging", survey.total) as advance:
        for origin, outcome in _judged(sources, rehearsal):
            report.add(origin, outcome)
            advance(1)


def told_of(rehearsal: Rehearsal) -> dict[str, Any]:
    """Give what JSON tells beside the objects."""
    judged_by = rehearsal.examination
    return {
        "dry_run": True,
        "profiles": sorted(judged_by.profiles),
        "unsigned": judged_by.takes_unsigned,
        "not_checked": list(rehearsal.not_checked),
    }


def tell_of(rehearsal: Rehearsal) -> None:
    """Print for people what was judged, and what was not."""
    told = told_of(rehearsal)
    unsigned = "may come unsigned" if told["unsigned"] else "must be signed"
    say(f"Dry run: nothing was sent. Judged by profile {' or '.join(told['profiles'])}; objects {unsigned}. Not checked:")
    for sentence in told["not_checked"]:
        say(f"- {sentence}")


def _judged(sources: Sequence[Source], rehearsal: Rehearsal) -> Iterator[tuple[Origin, dict[str, Any]]]:
    from breakwater_client.documents.read_object_file import Placed

    for source in sources:
        with source.opened() as file:
            for reading in file.readings():
                refusal = rehearsal.why_refused(reading.value) if isinstance(reading, Placed) else Refusal.of(reading.fault)
                yield Origin.of(source.name, reading), {"status": PASSED} if refusal is None else refused(refusal)
