"""``demo``: the main job walked before one's eyes, with synthetic partners, and then an exchange to look around in.

Owns the order of the steps. It is a sandbox whose hotline has no default audience, set up and used through public routes only.
Kept by ``tests/cli/test_demo.py``.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from app.cli.durable_files import FOLDER, ORPHAN_SECONDS, held_alone
from app.cli.output import heading, say, table
from app.cli.sandbox import Sandbox, prepare, served_for_setup, warn_of_listeners
from app.cli.sandbox_partners import SANDBOX_PARTNERS
from app.cli.workshop import Environment, Workshop, pass_workshop

DEMO_PARTNERS = tuple(
    replace(partner, has_default_audience=False) if partner.name == "hotline-a" else partner
    for partner in SANDBOX_PARTNERS
    if partner.name != "regulator-a"
)


@click.command()
@click.option("--dir", "folder", type=FOLDER, help="Where the exchange lies; a temporary folder by default, gone at the end.")
@click.option("--bind", default="127.0.0.1:0", show_default=True, help="host:port to serve at afterwards.")
@click.option("--serve/--no-serve", default=True, help="Keep serving at the end, to look around.")
@pass_workshop
def demo(workshop: Workshop, folder: Path | None, bind: str, *, serve: bool) -> None:
    """Walk the main job with synthetic partners, in less than a minute, and then keep serving.

    Who submits what, who sees what and why not, what is refused, what a reader can prove, and who was told.
    """
    from app.cli.gunicorn_server import Serving
    from app.cli.server import run_server

    with _folder(folder) as place:
        practice = Sandbox.open(place, None)
        environment = practice.environment(bind, workers=2)
        warn_of_listeners(workshop.settings(environment).bind)
        with held_alone(practice.folder / ".lock", ORPHAN_SECONDS):
            walk(workshop, practice, environment)
            if serve:
                run_server(Serving(workshop, environment, lambda url: _tell_where_to_look(practice, url), "warning"))


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given
        return
    made = Path(tempfile.mkdtemp(prefix="breakwater-demo-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def walk(workshop: Workshop, practice: Sandbox, environment: Environment) -> None:
    """Set the partners up, and go through all steps.

    Raises:
        CommandFault: the exchange did not do what is told.
    """
    from app.cli.demo_exports import tell_export
    from app.cli.demo_proofs import tell_ledger, tell_narrowing, tell_proofs, tell_refusals
    from app.cli.demo_sharing import publish, tell_release, tell_who_sees_what
    from app.cli.demo_witnesses import tell_witnesses
    from app.cli.demo_world import meet

    begun = time.monotonic()
    say("Breakwater: signed indicators in, and out to each partner exactly what its policy allows. All partners are invented.")
    prepare(workshop, practice, environment, DEMO_PARTNERS)
    set_up = time.monotonic()
    rows = (
        (one["name"], one["role"], one["jurisdiction"], one["purpose"], one["keyid"][:12] + "…")
        for one in practice.known["partners"]
    )
    table("", ("partner", "role", "country", "reads for", "key id"), rows)
    say(f"Two operators enrolled them over the public interface in {set_up - begun:.1f} s; suspended-a was suspended afterwards.")
    with served_for_setup(workshop, environment) as (url, exchange):
        work = workshop.work(environment, exchange)
        try:
            world = meet(url, practice.known, exchange)
            shared = publish(world)
            tell_who_sees_what(world, shared)
            tell_refusals(world)
            tell_proofs(world, shared)
            tell_ledger(world, shared)
            tell_release(world, shared)
            tell_narrowing(world, shared)
            tell_export(world)
            tell_witnesses(world, practice.folder)
        finally:
            work.stop()
    heading("Done")
    say(f"Everything above happened over HTTP in {time.monotonic() - set_up:.1f} s, on SQLite.")


def _tell_where_to_look(practice: Sandbox, url: str) -> None:
    practice.publish(url)
    partner = next(one for one in practice.known["partners"] if one["name"] == "platform-b")
    say(f"ready: {url}")
    say(f"  interface, documented   {url}/api/v1/docs")
    say(f"  all tokens and keys     {practice.folder / 'sandbox.json'}")
    say("  pull as platform-b:")
    say(f"    curl -H 'Authorization: Bearer {partner['token']}' '{url}/api/v1/objects?limit=5'")
    say(f"    breakwater pull --url {url} --token {partner['token']} --out pulled.ndjson")
    say("  Ctrl-C ends it.")
