"""``search …``: what one may see, by what it says. ``search WORDS…`` is ``search words WORDS…``.

Kept by ``tests/cli/test_search.py``.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.faults import json_option
from app.cli.names import names_known
from app.cli.output import say, show, table
from app.domain.vocabulary import Harm, Phase, Purpose, Surface

if TYPE_CHECKING:
    from app.cli.api import Api

_FILTERS = (
    click.option("--type", multiple=True, help="Only these STIX types."),
    click.option("--owner", multiple=True, help="Only what these partners (ids) published."),
    click.option("--harm", multiple=True, type=click.Choice([*map(str, Harm)]), help="Only these kinds of harm."),
    click.option("--surface", multiple=True, type=click.Choice([*map(str, Surface)]), help="Only these surfaces."),
    click.option("--phase", multiple=True, type=click.Choice([*map(str, Phase)]), help="Only these phases."),
    click.option("--behaviour", multiple=True, help="Only these behaviours of the catalogue, by their codes (OP-nnn)."),
)
purpose_option = click.option(
    "--purpose", type=click.Choice([*map(str, Purpose)]), help="Why you read, unless your token says so."
)
_COLUMNS = ("type", "id", "version", "name")


def filtered(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the filters of a search as the keyword ``filters``, without what was not named."""

    @functools.wraps(command)
    def with_filters(*arguments: Any, **options: Any) -> Any:
        named = ("type", "owner", "harm", "surface", "phase", "behaviour")
        filters = {name: list(value) for name in named if (value := options.pop(name))}
        return command(*arguments, filters=filters, **options)

    for option in reversed(_FILTERS):
        with_filters = option(with_filters)
    return with_filters


class _WordsFirst(click.Group):
    """A group whose first words, where they name no command of it, are words to search for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name of the command before words."""
        if args and args[0] not in self.commands and args[0] not in {"-h", "--help"}:
            args = ["words", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_WordsFirst)
def search() -> None:
    """What you may see, by what it says: search WORDS…, with "phrases", beginnings* and, after --, -what must not be there."""


@search.command()
@click.argument("words", nargs=-1)
@filtered
@click.option("--counts", is_flag=True, help="Count what is found by type, publisher, behaviour, harm, phase and surface.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=20, show_default=True, help="So many at most, newest first.")
@click.option("--next", help="Go on where an earlier answer ended.")
@purpose_option
@connected
@json_option
def words(words: tuple[str, ...], filters: dict[str, Any], purpose: str | None, api: Api, *, counts: bool, **page: Any) -> None:
    """Search names, descriptions and behaviours; the newest version of each object, newest first."""
    from app.cli.api import Request

    asked = filters | ({"q": as_typed(words)} if words else {})
    if counts:
        counted = api.send(Request("GET", "/search/counts", asked, purpose=purpose))
        show(counted, lambda: _tell_counts(counted, api))
        return
    found = api.send(Request("GET", "/search", asked | page, purpose=purpose))
    show(found, lambda: tell_found(found))


@search.command()
@click.argument("kind")
@click.argument("value", default="-")
@click.option("--service", help="The service of an account.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=20, show_default=True, help="So many at most, newest first.")
@click.option("--next", help="Go on where an earlier answer ended.")
@purpose_option
@connected
@json_option
def observable(kind: str, value: str, purpose: str | None, api: Api, **asked: Any) -> None:
    """Look an observable up in any of its forms: KIND (account-id, email, sha256 …), VALUE (without: from standard input).

    Each look-up is counted and audited.
    """
    from app.cli.api import Request

    stated = sys.stdin.readline().strip() if value == "-" else value
    document = {"kind": kind, "value": stated} | {name: one for name, one in asked.items() if one is not None}
    found = api.send(Request("POST", "/search/observable", body=json.dumps(document).encode(), purpose=purpose))
    show(found, lambda: tell_found(found))


def as_typed(words: tuple[str, ...]) -> str:
    """Give the query: what a shell kept together is a phrase."""
    return " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)


def tell_found(found: dict[str, Any]) -> None:
    """Print objects that were found, one line each."""
    rows = ([one["type"], one["id"], one.get("modified"), one.get("name")] for one in found["objects"])
    table("", _COLUMNS, rows) if found["objects"] else say("Nothing that you may see says that.")
    for one in found.get("may_ask", ()):
        say(f"You may ask for access: breakwater request ask-access {one} --for PURPOSE --legal-basis WORD")
    if not found.get("complete", True):
        say("What is stored is still being looked through after an update: there may be more.")
    if found.get("next"):
        say(f"There is more: --next {found['next']}")


def _tell_counts(counted: dict[str, Any], api: Api) -> None:
    names = names_known(api)
    naming = {"owner": names.partner, "behaviour": names.behaviour}
    least = "at least " if counted["at_least"] else ""
    say(f"{least}{counted['counted']} objects{', of which the newest were counted' if least else ''}")
    named = ((kind, naming.get(kind, str)(value), count) for kind, of in counted["by"].items() for value, count in of.items())
    rows = ([kind, value, f"{least}{count}"] for kind, value, count in named)
    table("", ("by", "value", "objects"), rows)
