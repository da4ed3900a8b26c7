"""``catalogue …``: releases of the catalogue in files, read, checked, compared and given in other forms; no exchange is asked.

Kept by ``tests/cli/test_catalogue.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from app.cli.durable_files import FILE_OR_INPUT, NEW_FILE, read_input, read_json_object, write_whole
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.output import heading, say, show, table
from app.domain.catalogue import Behaviour, Catalogue, Countermeasure, Entry
from app.domain.errors import NotFoundError
from app.domain.vocabulary import Harm, Phase, Surface

_RELEASE = click.option(
    "--release",
    "name",
    type=FILE_OR_INPUT,
    help="A file with a release, or -; else the one with the software.",
)
_OUT = click.option("--out", type=NEW_FILE, help="A file for it, instead of standard output.")


@click.group()
def catalogue() -> None:
    """The catalogue: what those who harm children do, and what services do against it, by codes that are never given again."""


@catalogue.command("show")
@click.argument("code", required=False)
@_RELEASE
@json_option
def show_one(code: str | None, name: str | None) -> None:
    """Show a behaviour (OP-nnn) or countermeasure (CM-nnn); without a code, the release with its phases and surfaces."""
    from app.services.cataloguing import release_files

    release = _release(name)
    if code is None:
        document = release_files.release_document(release)
        show(document, lambda: _tell_release(release))
        return
    try:
        found = release_files.entry(release, code.upper())
    except NotFoundError:
        raise CommandFault(f"Release {release.release} has no such code.", code="not-found") from None
    show(release_files.entry_document(found), lambda: _tell_entry(release, found))


@catalogue.command("list")
@click.option("--phase", type=click.Choice([one.value for one in Phase]), help="Only of this phase.")
@click.option("--surface", type=click.Choice([one.value for one in Surface]), help="Only on this surface.")
@click.option("--harm", type=click.Choice([one.value for one in Harm]), help="Only of this kind of harm.")
@_RELEASE
@json_option
def list_entries(phase: str | None, surface: str | None, harm: str | None, name: str | None) -> None:
    """List behaviours and countermeasures in force; a countermeasure is of the phases and harms of what it mitigates."""
    from app.services.cataloguing import release_files

    narrowing = release_files.Narrowing(
        Phase(phase) if phase else None, Surface(surface) if surface else None, Harm(harm) if harm else None
    )
    behaviours, countermeasures = release_files.entries(_release(name), narrowing)
    document = {
        "behaviours": [release_files.entry_document(one) for one in behaviours],
        "countermeasures": [release_files.entry_document(one) for one in countermeasures],
    }

    def tell() -> None:
        table("Behaviours", ("code", "phase", "name", "surfaces"), map(_behaviour_row, behaviours))
        table("Countermeasures", ("code", "evidence", "cost", "name", "mitigates"), map(_countermeasure_row, countermeasures))

    show(document, tell)


@catalogue.command()
@click.argument("name", metavar="FILE", type=FILE_OR_INPUT)
@json_option
def lint(name: str) -> None:
    """Say what may not stand in a release: what is missing, and whatever could help those who harm children. Ends with 1 then."""
    from app.services.cataloguing import release_files

    problems = release_files.lint_release(read_input(name))
    found = [{"pointer": one.pointer, "rule": one.rule, "sentence": one.sentence} for one in problems]

    def tell() -> None:
        for one in problems:
            say(f"{one.pointer or '/'}  {one.rule}: {one.sentence}")
        say("Nothing was found." if not problems else f"{len(problems)} findings.")

    show({"findings": found}, tell)
    if problems:
        click.get_current_context().exit(ExitCode.REFUSED)


@catalogue.command()
@click.argument("before", type=FILE_OR_INPUT)
@click.argument("after", type=FILE_OR_INPUT)
@json_option
def diff(before: str, after: str) -> None:
    """Say what one release has added, changed and retired since another."""
    from app.services.cataloguing.compare import compare

    found = compare(_release(before), _release(after))

    def tell() -> None:
        heading(f"Release {found.before} to release {found.after}")
        for sentence in found.sentences():
            say(sentence)
        if found.is_empty:
            say("Both say the same.")

    show(found.document(), tell)


@catalogue.command()
@click.option("--scores", type=FILE_OR_INPUT, help='A JSON object with a number for some behaviours, such as {"OP-012": 3}.')
@click.option("--bundle-url", help="Where the Navigator finds the data set (catalogue stix --navigator).")
@_OUT
@_RELEASE
@json_option
def layer(scores: str | None, bundle_url: str | None, out: Path | None, name: str | None) -> None:
    """Give a release as an ATT&CK Navigator layer, with scores of yours."""
    from app.services.cataloguing import release_files

    _give(release_files.layer(_release(name), _scores(scores), bundle_url), out)


@catalogue.command()
@click.option("--navigator", is_flag=True, help="With what the ATT&CK Navigator needs to draw it: not for an exchange.")
@_OUT
@_RELEASE
@json_option
def stix(navigator: bool, out: Path | None, name: str | None) -> None:  # noqa: FBT001  # click calls it
    """Give a release as an unsigned STIX 2.1 bundle."""
    from app.services.cataloguing import release_files

    form: Callable[[Catalogue], dict[str, Any]] = release_files.navigator_data if navigator else release_files.stix_bundle
    _give(form(_release(name)), out)


def _release(name: str | None) -> Catalogue:
    from app.services.cataloguing import release_files
    from app.services.cataloguing.founding import founding

    return founding() if name is None else release_files.read_release(read_input(name))


def _scores(name: str | None) -> dict[str, float]:
    scores = {} if name is None else read_json_object(name, "with a number for each code")
    if not all(isinstance(score, int | float) and not isinstance(score, bool) for score in scores.values()):
        raise CommandFault("A score is a number.", ExitCode.USAGE, code="usage")
    return scores


def _give(document: dict[str, Any], out: Path | None) -> None:
    text = json.dumps(document, indent=2, ensure_ascii=False)
    if out is None:
        click.echo(text)
        return
    write_whole(out, text.encode() + b"\n")
    show({"file": str(out)}, lambda: say(f"Written to {out}."))


def _tell_release(release: Catalogue) -> None:
    say(f"Release {release.release}, {release.released_at:%Y-%m-%d}")
    table("Phases", ("phase", "what"), release.phases.items())
    table("Surfaces", ("surface", "what"), release.surfaces.items())
    say(f"{len(release.behaviours)} behaviours, {len(release.countermeasures)} countermeasures: breakwater catalogue list")


def _tell_entry(release: Catalogue, one: Entry) -> None:
    heading(f"{one.code} {one.name}")
    if one.retired_in is not None:
        say(f"Retired by release {one.retired_in}." + (f" Instead: {', '.join(one.replaced_by)}." if one.replaced_by else ""))
    for title, text in _parts(release, one):
        say(f"\n{title}\n  {text}")
    if one.references:
        say("\nSources")
    for each in one.references:
        say(f"  {each.source}: {each.title}" + (f" <{each.url}>" if each.url is not None else ""))


def _parts(release: Catalogue, one: Entry) -> list[tuple[str, str]]:
    names = {each.code: each.name for each in release.entries}
    surfaces = ", ".join(sorted(one.surfaces))
    if isinstance(one, Behaviour):
        mitigating = [f"{each.code} {each.name}" for each in release.countermeasures if one.code in each.mitigates]
        return [
            ("What it is", one.definition),
            ("How it may be seen", one.detection),
            ("Phase", str(one.phase)),
            ("Surfaces", surfaces),
            ("Harms", ", ".join(sorted(one.harms))),
            ("Countermeasures", "; ".join(mitigating) or "none"),
        ]
    return [
        ("What it is", one.definition),
        ("Intent", one.intent),
        ("What must be there before", " ".join(one.preconditions)),
        ("Rights", one.rights_impact),
        ("Evidence, cost", f"{one.evidence}, {one.cost}"),
        ("What remains", one.residual_risk),
        ("Principle, level", f"{one.principle}, {one.level}"),
        ("Surfaces", surfaces),
        ("Mitigates", "; ".join(f"{code} {names[code]}" for code in sorted(one.mitigates)) or "nothing by itself"),
    ]


def _behaviour_row(one: Behaviour) -> tuple[str, ...]:
    return one.code, str(one.phase), one.name, ", ".join(sorted(one.surfaces))


def _countermeasure_row(one: Countermeasure) -> tuple[str, ...]:
    return one.code, str(one.evidence), str(one.cost), one.name, ", ".join(sorted(one.mitigates))
