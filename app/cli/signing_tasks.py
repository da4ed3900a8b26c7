"""``signing-task …``: the partner's own signer for what its persons decided in the portal.

Owns the loop, what is shown, and how a run ends; what is checked before anything is signed is ``services.offline.sign_tasks``'.
It keeps nothing: killed at any point, the next run goes on, and the exchange does nothing twice. Kept by
``tests/cli/test_signing_tasks.py``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.durable_files import EXISTING_FILE
from app.cli.faults import CommandFault, ExitCode, as_fault, json_option, naming, wants_json
from app.cli.output import say, show, table, warn
from app.domain.errors import BreakwaterError
from app.domain.signing_task import TaskKind, TaskState

if TYPE_CHECKING:
    from app.cli.api import Api
    from app.services.offline.sign_tasks import ReadTask, TaskSigner

_PAGE = 100
_KINDS = [*map(str, TaskKind)]


@click.group("signing-task")
def signing_task() -> None:
    """What your organisation's persons decided in the portal and its key has to sign."""


@signing_task.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that wait no more as well.")
@connected
@json_option
def list_tasks(everything: bool, api: Api) -> None:  # noqa: FBT001  # click gives it by name
    """List the tasks that wait for a signature, newest first."""
    rows = list(tasks(api, None if everything else TaskState.WAITING))
    show({"tasks": rows}, lambda: _tell(rows))


@signing_task.command()
@click.option("--key", "key_file", required=True, type=EXISTING_FILE, help="Your private key's file.")
@click.option("--signer", required=True, help="Your STIX identity, as the exchange registered it: identity--…")
@click.option("--only", "kinds", multiple=True, type=click.Choice(_KINDS), help="Sign this kind alone; may be repeated.")
@click.option("--two-persons", is_flag=True, help="Sign objects, but for feedback, only if a second person agreed to them.")
@click.option("--ask", is_flag=True, help="Show each task on the terminal, and sign it after a yes.")
@click.option("--catalogue", type=EXISTING_FILE, help="Check by this release (of `catalogue pull`); the exchange's own.")
@click.option("--follow", is_flag=True, help="Go on and sign what comes, until it is stopped.")
@click.option(
    "--every", type=click.IntRange(1, 3600), default=10, show_default=True, help="Seconds between two looks, with --follow."
)
@connected
@json_option
def sign(follow: bool, every: int, ask: bool, api: Api, **given: Any) -> None:  # noqa: FBT001  # click gives them by name
    """Check each task that waits, sign it with your key, and hand it in.

    Nothing but these documents is ever signed. What is not right is left alone, and told on standard error.
    """
    if ask and not sys.stdin.isatty():
        raise CommandFault("--ask needs a terminal.", ExitCode.USAGE)
    run = Run(api, signer_of(api, Signs(**given)), confirm=_confirmed if ask else None)
    if follow:
        _follow(run, every)
        return
    run.once()
    show({"tasks": run.done}, lambda: say(f"{len(run.done)} handed in, {len(run.left)} left alone."))
    if run.has_failed:
        raise click.exceptions.Exit(ExitCode.REFUSED)


@dataclass(frozen=True, slots=True)
class Signs:
    """How tasks are signed: the key's file, the identity, which kinds (none: all), and by which release they are checked."""

    key_file: Path
    signer: str
    kinds: tuple[str, ...] = ()
    two_persons: bool = False
    catalogue: Path | None = None


@dataclass
class Run:
    """A signer at work: what it handed in, and what it left alone, which it looks at no more.

    ``confirm`` is asked before each signature; None: nobody is.
    """

    api: Api
    signer: TaskSigner
    confirm: Callable[[ReadTask], bool] | None = None
    done: list[dict[str, Any]] = field(default_factory=list)
    left: set[str] = field(default_factory=set)
    has_failed: bool = False

    def once(self) -> None:
        """Sign what waits now, the oldest first."""
        for line in reversed(list(tasks(self.api, TaskState.WAITING))):
            if line["id"] not in self.left:
                self._one(line["id"])

    def _one(self, task_id: str) -> None:
        from app.cli.api import segment
        from app.services.offline.sign_tasks import read_task, sign_task

        now = datetime.now(UTC)
        try:
            read = read_task(self.api.get(f"/signing-tasks/{segment(task_id)}"), self.signer, now)
            if self.confirm is not None and not self.confirm(read):
                self.left.add(task_id)
                return
            signed = sign_task(read, self.signer, now)
            became = self.api.post(f"/signing-tasks/{segment(task_id)}/signed", {"signed": signed})
        except (BreakwaterError, CommandFault) as failure:
            self._leave(task_id, as_fault(failure))
            return
        self._tell(read, became)

    def _leave(self, task_id: str, fault: CommandFault) -> None:
        """Go on with the next task; who is away or shut out is away for all of them."""
        if fault.exit_code in (ExitCode.UNAVAILABLE, ExitCode.NOT_ALLOWED):
            raise fault
        self.left.add(task_id)
        self.has_failed = True
        place = f" (at {fault.details['pointer']})" if fault.details.get("pointer") else ""
        warn(f"{task_id} was not signed: {fault.sentence}{place}", str(fault.details.get("code", "refused")))

    def _tell(self, read: ReadTask, became: dict[str, Any]) -> None:
        self.done.append({"id": read.task_id, "kind": read.kind.value, "digest": read.digest, "state": became["state"]})
        if became["state"] != TaskState.DONE:
            self.has_failed = True
            for one in became["refusals"]:
                warn(f"{read.task_id} was refused: {one['sentence']} (at {one['pointer']})", one["code"])
        if not wants_json():
            say(f"{read.task_id}  {read.kind}  {_counted(read)}  {became['state']}")


def signer_of(api: Api, signs: Signs) -> TaskSigner:
    """Give a signer with the key of a file, which checks by the exchange's catalogue unless a release is named."""
    from app.domain.vocabulary import Profile
    from app.services.cataloguing.release_files import read_release
    from app.services.offline.rehearse import Rehearsal
    from app.services.offline.sign_tasks import TaskSigner
    from breakwater_client.signing.make_keys import read_private_key

    with naming(signs.key_file):
        key = read_private_key(signs.key_file.read_bytes())
    release = api.fetch("/catalogue") if signs.catalogue is None else signs.catalogue.read_bytes()
    rehearsal = Rehearsal.by([Profile.OCSEA], takes_unsigned=False).with_catalogue(read_release(release))
    chosen = frozenset(map(TaskKind, signs.kinds)) or frozenset(TaskKind)
    return TaskSigner(key, signs.signer, chosen, rehearsal, two_persons=signs.two_persons)


def tasks(api: Api, state: TaskState | None) -> Iterator[dict[str, Any]]:
    """Give the tasks of the caller's partner, newest first."""
    page: dict[str, Any] = {"more": True, "next": None}
    while page["more"]:
        page = api.get("/signing-tasks", state=state, limit=_PAGE, next=page["next"])
        yield from page["tasks"]


def _follow(run: Run, every: int) -> None:
    """Look again and again. An exchange that is away comes back; a key or token that does not count is somebody's to mend."""
    while True:
        try:
            run.once()
        except CommandFault as fault:
            if fault.exit_code is not ExitCode.UNAVAILABLE:
                raise
            warn(fault.sentence, str(fault.details.get("code", "unavailable")))
        time.sleep(every)


def _confirmed(task: ReadTask) -> bool:
    say(f"Task {task.task_id}: {_counted(task)}")
    say(f"  made by   {task.made_by}")
    say(f"  agreed by {task.approved_by or 'nobody: one person decides this'}")
    say(f"  digest    {task.digest}")
    return click.confirm("Sign it?", default=False)


def _counted(task: ReadTask) -> str:
    return ", ".join(f"{count} {word}" for word, count in sorted(task.counts.items()))


def _tell(rows: list[dict[str, Any]]) -> None:
    if not rows:
        say("Nothing waits for a signature.")
        return
    columns = ("task", "kind", "state", "made", "by", "agreed by", "digest")
    names = ("id", "kind", "state", "made_at", "made_by", "approved_by", "digest")
    table("", columns, ([row[name] or "nobody" for name in names] for row in rows))
