"""``pull``: everything new that one may see, page by page, from where the last run stopped.

Owns the loop and its options; what survives a kill is ``pull_state``'s. Kept by ``tests/cli/test_pull.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.durable_files import held_alone
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.output import progress, say, show
from app.cli.pull_state import Folder, OneFile, PullState, load_state, save_state, target
from app.domain.vocabulary import Harm, Phase, Purpose, Surface, Urgency

if TYPE_CHECKING:
    from app.cli.api import Api

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


@dataclass(frozen=True, slots=True)
class Question:
    """What is pulled: for which purpose (None: the credential's own), with which filters, so many objects a page."""

    purpose: str | None
    filters: dict[str, Any]
    limit: int = 1_000

    @property
    def asked(self) -> dict[str, Any]:
        """What a position in the feed depends on, as JSON."""
        given = {name: list(value) if isinstance(value, tuple) else value for name, value in self.filters.items()}
        return {"purpose": self.purpose, "filters": {name: value for name, value in given.items() if value not in (None, [])}}


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
    kept_in = state or out.with_name(f".{out.name}.state.json")
    question = Question(purpose, filters, limit)
    with held_alone(kept_in.with_name(f"{kept_in.name}.lock")):
        before = load_state(kept_in, question.asked)
        after = pull_new(api, question, before, _Keeper(target(out), kept_in))
    document = {
        "objects": after.objects - before.objects,
        "pages": after.pages - before.pages,
        "out": str(out),
        "state": str(kept_in),
    }
    show(document, lambda: say(f"{document['objects']} new objects in {out}; the next run goes on from {kept_in}."))


@dataclass(frozen=True, slots=True)
class _Keeper:
    """Where pages and the state go."""

    target: OneFile | Folder
    state_file: Path


def pull_new(api: Api, question: Question, state: PullState, keeper: _Keeper) -> PullState:
    """Pull until there is no more, keeping each page and then its state; gives the last state.

    Raises:
        CommandFault: the exchange refuses or stays away; what is kept stays right.
    """
    if not keeper.state_file.exists() and keeper.target.is_foreign():
        sentence = f"{keeper.target.path} holds objects, and no state says up to where: name another --out."
        raise CommandFault(sentence, ExitCode.USAGE, code="state-file")
    with progress("pulling", None) as advance:
        for number, page in enumerate(_pages(api, question, state.next)):
            if number == 0:  # not before: what is refused leaves neither a state nor an empty file
                _begin(state, keeper)
            if page["objects"]:
                state = keeper.target.append(state, _lines(page["objects"]), _lines(page.get("attestations", [])))
            if page["objects"] or page["next"] != state.next:
                state = replace(state, next=page["next"], objects=state.objects + len(page["objects"]))
                save_state(keeper.state_file, state)
            advance(len(page["objects"]))
    return state


def _begin(state: PullState, keeper: _Keeper) -> None:
    """Keep a new state before its first page, so that a page torn by a kill is known to be this pull's."""
    if not keeper.state_file.exists():
        save_state(keeper.state_file, state)
    keeper.target.prepare(state)


def _lines(objects: list[dict[str, Any]]) -> Iterator[bytes]:
    from app.services.offline.read_object_file import object_line

    return map(object_line, objects)


def _in_terms_of_options(fault: CommandFault) -> CommandFault:
    """Give a refusal of the exchange's with the option of this command that mends it, where there is one."""
    if fault.details.get("code") == "cursor-invalid":
        sentence = "The state's cursor is of another exchange, partner or purpose; name another file with --state."
        return CommandFault(sentence, ExitCode.USAGE, code="cursor-invalid")
    option = _MENDED_BY.get(str(fault.details.get("code")))
    return fault if option is None else CommandFault(f"{fault.sentence} {option}", fault.exit_code, **fault.details)


def _pages(api: Api, question: Question, cursor: str | None) -> Iterator[dict[str, Any]]:
    from app.cli.api import Request

    more = True
    while more:
        parameters = {**question.filters, "limit": question.limit, "next": cursor}
        try:
            page = api.send(Request("GET", "/objects", parameters, purpose=question.purpose))
        except CommandFault as fault:
            raise _in_terms_of_options(fault) from fault
        yield page
        more, cursor = page["more"], page["next"]
