"""``jobs …``: the work that runs by itself, for operators and auditors. Kept by ``tests/cli/test_jobs.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.faults import json_option
from app.cli.output import say, show, table
from app.domain.work import WorkState

if TYPE_CHECKING:
    from app.cli.api import Api

_RUNNING = "running"


@click.group()
def jobs() -> None:
    """Work that runs by itself: how it goes, and stepping in."""


@jobs.command("list")
@click.option("--state", type=click.Choice([*map(str, WorkState)]), help="Only jobs of this state.")
@click.option("--kind", help="Only jobs of this kind.")
@click.option("--partner", "partner_id", metavar="ID", help="Only a partner's jobs.")
@click.option("--most", type=click.IntRange(1, 1000), default=100, show_default=True, help="How many at most, the newest first.")
@connected
@json_option
def list_jobs(state: str | None, kind: str | None, partner_id: str | None, most: int, api: Api) -> None:
    """List jobs, the newest first."""
    found = api.get("/jobs", state=state, kind=kind, partner_id=partner_id, limit=most)
    columns = ("job", "kind", "state", "wanted", "next try", "attempts", "worker", "failure")
    rows = [
        (
            str(one["id"]),
            one["kind"],
            _RUNNING if one["running"] else one["state"],
            one["wanted_at"],
            one["due_at"],
            str(one["attempts"]),
            one["claimed_by"] or "",
            one["failure"] or "",
        )
        for one in found["jobs"]
    ]
    show(found, lambda: table("", columns, rows) if rows else say("There is no such work."))


@jobs.command("show")
@click.argument("job_id", metavar="JOB", type=int)
@connected
@json_option
def show_job(job_id: int, api: Api) -> None:
    """Show all that is told of JOB."""
    found = api.get(f"/jobs/{job_id}")
    show(found, lambda: table("", ("member", "value"), [(name, _shown(value)) for name, value in found.items()]))


def _shown(value: Any) -> str:
    return "-" if value is None else str(value)


@jobs.command()
@click.argument("job_id", metavar="JOB", type=int)
@connected
@json_option
def retry(job_id: int, api: Api) -> None:
    """Have JOB, which failed, done at once."""
    made = api.post(f"/jobs/{job_id}/retry", {})
    show(made, lambda: say(f"Job {made['id']} ({made['kind']}) is due now."))


@jobs.command()
@click.argument("job_id", metavar="JOB", type=int)
@connected
@json_option
def cancel(job_id: int, api: Api) -> None:
    """Give JOB up: long work and calls, or whatever is dead; what is owed to somebody cannot be cancelled."""
    made = api.post(f"/jobs/{job_id}/cancellation", {})
    show(made, lambda: say(f"Job {made['id']} ({made['kind']}) is cancelled."))
