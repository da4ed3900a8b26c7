"""The demo's last but one step: what a partner sees is written for it by itself, and one file of it is fetched.

Owns the telling; the step fails the demo if the exchange does not do what is told. Kept by ``tests/cli/test_demo_exports.py``.
"""

from __future__ import annotations

import hashlib
from typing import Any

from app.cli.demo_sharing import wait_until
from app.cli.demo_world import World
from app.cli.faults import CommandFault
from app.cli.listings import all_of
from app.cli.output import heading, say, table

EXPORT = {
    "name": "nightly",
    "snapshots": "0 3 * * *",
    "deltas": "*/5 * * * *",
    "time_zone": "Europe/Amsterdam",
    "compression": "none",
}


def tell_export(world: World) -> None:
    """Let platform-b have everything exported each night and what is new every five minutes, and show the first export."""
    heading("8. What is written by itself")
    reader = world.parties["platform-b"]
    known = [one for one in all_of(reader.api, "/exports", "exports") if one["name"] == EXPORT["name"]]
    made = known[0] if known else reader.api.post("/exports", EXPORT)
    path = f"/exports/{made['id']}"
    reader.api.post(f"{path}/runs", {"snapshot": True})

    def published() -> bool:
        newest = reader.api.get(path)["newest"]
        return newest is not None and newest["state"] == "published"

    wait_until(published, "the first export")
    run = reader.api.get(f"{path}/runs/{reader.api.get(path)['newest']['number']}")
    rows = ((one["name"], one["part"], one["objects"], one["size"], one["sha256"][:12] + "…") for one in run["files"])
    table("", ("file", "part", "objects", "bytes", "SHA-256"), rows)
    fetched = reader.api.fetch(f"{path}/files/{_snapshot(run)['name']}")
    if hashlib.sha256(fetched).hexdigest() != _snapshot(run)["sha256"]:
        raise CommandFault("The file is not the one that was exported.", code="demo")
    say("platform-b has everything it sees written at 3:00 in Amsterdam, and what is new every 5 minutes.")
    signed = f"the exchange signed its manifest ({run['manifest_sha256'][:12]}…)"
    say(f"The first holds {_snapshot(run)['objects']} objects as of {run['as_of']}; {signed}.")
    say("A file is given as long as all in it may be given; what is withdrawn tomorrow takes today's file along.")


def _snapshot(run: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in run["files"] if one["part"] == "snapshot")
    return found
