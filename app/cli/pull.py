"""``pull``: everything new that one may see, page by page, from where the last run stopped.

Owns the options and where pages are written; what survives a kill is ``breakwater_client.talking``'s. Kept by
``tests/cli/test_pull.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.output import progress, say, show
from app.domain.vocabulary import Harm, Phase, Purpose, Surface, Urgency
from breakwater_client.errors import ExchangeAwayError, StateFileError

if TYPE_CHECKING:
    from app.cli.api import Api
    from breakwater_client.talking.pull_state import Folder, OneFile
    from breakwater_client.talking.pulling import Feed

_PATH = click.Path(path_type=Path)
_FILTERS = (
    click.option("--type", multiple=True, help="Only these STIX types."),
    click.option("--id", multiple=True, help="Only these STIX ids."),
    click.option("--owner", multiple=True, help="Only what these partners (ids) published."),
    click.option("--harm", multiple=True, type=click.Choice([*map(str, Harm)]), help="Only these kinds of harm."),
    click.option("--surface", multiple=True, type=click.Choice([*map(str, Surface)]), help="Only these surfaces."),
    click.option("--behaviour", multiple=True, help="Only these behaviours of the catalogue, by their codes (OP-nnn)."),
    click.option("--phase", multiple=True, type=click.Choice([*map(str, Phase)]), help="Only these phases."),
    click.option("--urgency", multiple=True, type=click.Choice([*map(str, Urgency)]), help="Only these urgencies."),
    click.option("--confidence-min", type=click.IntRange(0, 100), help="Only with this confidence at least."),
    click.option("--added-after", help="Only what came to you after this time (RFC 3339, UTC)."),
    click.option("--modified-after", help="Only versions after this time."),
    click.option("--valid-at", help="Only what is valid at this time."),
)


_MENDED_BY = {
    "purpose-missing": "With this command: --purpose, such as --purpose detection; `breakwater policy mine` lists yours.",
    "purpose-not-permitted": "With this command: leave --purpose out, or name another one; `breakwater policy mine` lists yours.",
}


def _filtered(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_FILTERS):
        command = option(command)
    return command


@click.command()
@click.option("--out", required=True, type=_PATH, help="FILE.ndjson to append to, or a folder that gets a file for each page.")
@click.option("--state", type=_PATH, help="The file that says where to go on; beside OUT by default.")
@click.option("--purpose", type=click.Choice([*map(str, Purpose)]), help="Why you read, unless your token says so.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=1_000, show_default=True, help="Objects a page.")
@_filtered
@connected
@json_option
def pull(out: Path, state: Path | None, purpose: str | None, limit: int, api: Api, **filters: Any) -> None:
    """Pull what is new for you since the last run. Nothing is lost or doubled if a run is interrupted: run it again."""
    from breakwater_client.talking.pull_state import target
    from breakwater_client.talking.pulling import Feed, Question

    kept_in = state or out.with_name(f".{out.name}.state.json")
    is_begun = kept_in.exists()
    with _told_in_terms_of_options(), Feed(api, Question(purpose, filters, limit), kept_in) as feed:
        before = feed.state
        pull_new(feed, target(out), is_begun=is_begun)
    document = {
        "objects": feed.state.objects - before.objects,
        "pages": feed.state.pages - before.pages,
        "out": str(out),
        "state": str(kept_in),
    }
    show(document, lambda: say(f"{document['objects']} new objects in {out}; the next run goes on from {kept_in}."))


def pull_new(feed: Feed, kept_in: OneFile | Folder, *, is_begun: bool) -> None:
    """Pull until there is no more, keeping each page before it is acknowledged; ``is_begun``: a state was there before.

    Raises:
        CommandFault: the exchange refuses or stays away; what is kept stays right.
        StateFileError: what lies where pages go is not this pull's.
    """
    if not is_begun and kept_in.is_foreign():
        raise StateFileError(f"{kept_in.path} holds objects, and no state says up to where: name another --out.")
    with progress("pulling", None) as advance:
        for number, page in enumerate(feed):
            if number == 0:  # not before: what is refused leaves neither a state nor an empty file
                if not is_begun:
                    feed.keep()
                kept_in.prepare(feed.state)
            state = kept_in.append(feed.state, _lines(page.objects), _lines(page.attestations)) if page.objects else None
            page.acknowledge(state)
            advance(len(page.objects))


def _lines(objects: Sequence[dict[str, Any]]) -> Iterator[bytes]:
    from breakwater_client.documents.read_object_file import object_line

    return map(object_line, objects)


@contextmanager
def _told_in_terms_of_options() -> Iterator[None]:
    """Let refusals be told with the option of this command that mends them, where there is one."""
    try:
        yield
    except StateFileError as exc:
        exit_code = ExitCode.REFUSED if exc.told == "locked" else ExitCode.USAGE
        raise CommandFault(exc.sentence, exit_code, code=exc.told) from exc
    except ExchangeAwayError as exc:
        raise CommandFault(exc.sentence, ExitCode.UNAVAILABLE, code=exc.told) from exc
    except CommandFault as fault:
        raise _in_terms_of_options(fault) from fault


def _in_terms_of_options(fault: CommandFault) -> CommandFault:
    if fault.details.get("code") == "cursor-invalid":
        sentence = "The state's cursor is of another exchange, partner or purpose; name another file with --state."
        return CommandFault(sentence, ExitCode.USAGE, code="cursor-invalid")
    option = _MENDED_BY.get(str(fault.details.get("code")))
    return fault if option is None else CommandFault(f"{fault.sentence} {option}", fault.exit_code, **fault.details)
