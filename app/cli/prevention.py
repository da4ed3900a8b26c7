"""``prevention …``: what you adopted and whether it helped, and what releases tell of others.

Kept by ``tests/cli/test_prevention.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.faults import json_option
from app.cli.output import say, show, table
from app.cli.prevention_answers import helped_lines, picture_lines, width_of_terminal
from app.domain.object_vocabulary import EvidenceGrade
from app.domain.prevention import AdoptionState, EffectBand
from app.domain.vocabulary import Surface

if TYPE_CHECKING:
    from app.cli.api import Api

_DAY = click.DateTime(["%Y-%m-%d"])
_SURFACE = click.Choice([one.value for one in Surface])
_NOT_EXPECTED = (
    "The catalogue does not say that {countermeasure} mitigates {behaviour}. It counts all the same, and others read of it\n"
    "once enough organisations say so. If it should be in the catalogue: breakwater catalogue propose."
)


@click.group()
def prevention() -> None:
    """Countermeasures: what you adopted, whether it helped, and what helped others."""


@prevention.command()
@click.argument("countermeasure", metavar="CM-NNN")
@click.argument("surface", type=_SURFACE)
@click.option("--state", type=click.Choice([one.value for one in AdoptionState]), default="adopted", show_default=True)
@click.option("--since", type=_DAY, required=True, help="The day since when, or for a plan from when.")
@click.option("--until", type=_DAY, help="The day on which it ended.")
@connected
@json_option
def adopt(api: Api, since: datetime, until: datetime | None, **said: str) -> None:
    """Declare a countermeasure on one of your surfaces; it takes the place of what you said of it before."""
    days = {"since": since.date().isoformat(), "until": until.date().isoformat() if until else None}
    made = api.post("/prevention/adoptions", said | days)
    show(made, lambda: _table([made], _OF_ADOPTIONS))


@prevention.command()
@click.argument("countermeasure", metavar="CM-NNN")
@click.argument("surface", type=_SURFACE)
@click.argument("behaviour", metavar="OP-NNN")
@click.option("--band", type=click.Choice([one.value for one in EffectBand]), required=True, help="What became of it.")
@click.option(
    *("--evidence", "evidence"),
    type=click.Choice([one.value for one in EvidenceGrade]),
    required=True,
    help="How well you know it.",
)
@click.option("--from", "observed_from", type=_DAY, required=True, help="The first day that you looked at.")
@click.option("--until", "observed_until", type=_DAY, required=True, help="The last day that you looked at.")
@connected
@json_option
def effect(api: Api, observed_from: datetime, observed_until: datetime, **said: str) -> None:
    """Declare what a countermeasure that you adopted did to a behaviour; bands, never figures."""
    days = {"observed_from": observed_from.date().isoformat(), "observed_until": observed_until.date().isoformat()}
    made = api.post("/prevention/effects", said | days)

    def tell() -> None:
        _table([made], _OF_EFFECTS)
        if not made["mitigates"]:
            say(_NOT_EXPECTED.format(**made))

    show(made, tell)


@prevention.command("list")
@connected
@json_option
def list_own(api: Api) -> None:
    """List what your organisation declared; nobody else sees it."""
    own = api.get("/prevention/adoptions") | api.get("/prevention/effects")

    def tell() -> None:
        _table(own["adoptions"], _OF_ADOPTIONS)
        _table(own["effects"], _OF_EFFECTS)

    show(own, tell)


@prevention.command("take-back")
@click.argument("declaration_id", metavar="ID")
@connected
@json_option
def take_back(declaration_id: str, api: Api) -> None:
    """Erase an adoption with its effects, or an effect; releases that were made stay."""
    from app.cli.api import segment

    own = {one["id"] for one in api.get("/prevention/effects")["effects"]}
    kind = "effects" if declaration_id in own else "adoptions"
    removed = api.post(f"/prevention/{kind}/{segment(declaration_id)}/removal")
    show(removed, lambda: say(f"{removed['id']} is erased."))


@prevention.command()
@click.option("--csv", "as_csv", type=click.IntRange(min=1), metavar="N", help="Print release N as a table for spreadsheets.")
@connected
@json_option
def releases(as_csv: int | None, api: Api) -> None:
    """List the releases of counts of organisations, or print one as CSV."""
    if as_csv is not None:
        rows = api.fetch(f"/prevention/releases/{as_csv}/table.csv").decode(errors="replace")
        show({"table": rows}, lambda: say(rows.removesuffix("\n")))
        return
    found = api.get("/prevention/releases")
    show(found, lambda: _table(found["releases"], ("number", "released_at", "catalogue_release", "log_index")))


@prevention.command()
@connected
@json_option
def release(api: Api) -> None:
    """Operators: make a release now; 28 days after the last one at the soonest."""
    made = api.post("/prevention/releases")
    show(made, lambda: say(f"Release {made['number']} of {made['released_at']}: {len(made['cells'])} numbers."))


@prevention.command()
@click.argument("behaviour", metavar="OP-NNN")
@click.argument("surface", type=_SURFACE)
@connected
@json_option
def helped(behaviour: str, surface: str, api: Api) -> None:
    """Say what helped others against a behaviour on a surface, best first."""
    found = api.get("/prevention/helped", behaviour=behaviour, surface=surface)

    show(found, lambda: _say_lines(helped_lines(found, width_of_terminal())))


@prevention.command()
@click.argument("surface", type=_SURFACE)
@connected
@json_option
def picture(surface: str, api: Api) -> None:
    """Say what happens on a surface, most reported first, and what helped against it."""
    found = api.get("/prevention/picture", surface=surface)

    show(found, lambda: _say_lines(picture_lines(found, width_of_terminal())))


_OF_ADOPTIONS = ("id", "surface", "countermeasure", "state", "since", "until")
_OF_EFFECTS = ("id", "surface", "countermeasure", "behaviour", "band", "evidence", "observed_from", "observed_until")


def _table(records: Iterable[dict[str, Any]], columns: tuple[str, ...]) -> None:
    table("", columns, ([one[name] for name in columns] for one in records))


def _say_lines(lines: Iterable[str]) -> None:
    say("\n".join(lines))
