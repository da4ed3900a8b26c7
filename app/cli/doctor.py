"""``doctor``: stands between a partner's integration and a practice exchange, disturbs it, and says what it did wrong.

Owns the command, how long it lasts, and starting the integration again and again where it is given. The wire is ``doctor_hop``'s,
the disturbances ``doctor_scenario``'s, the conclusions ``doctor_checks``'. Kept by ``tests/cli/test_doctor.py``.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import open_api
from app.cli.durable_files import EXISTING_FILE, read_json_object
from app.cli.faults import CommandFault, ExitCode, json_option, wants_json
from app.cli.output import say, show, table

if TYPE_CHECKING:
    from app.cli.api import Api
    from app.cli.doctor_checks import Check
    from app.cli.doctor_found import Found
    from app.cli.doctor_practice import Practice
    from app.cli.doctor_scenario import Scenario
    from breakwater_client.verifying.known_keys import KnownSigner

_PAUSE_SECONDS = 2.0
_LOOK_SECONDS = 0.5
"""Nobody may take the doctor's own rest for the wait that an integration was told to make: it is short then."""

_LEAST_RUN_SECONDS = 1.0
"""So long the last run has, however little is left."""

_MOST_UNHEARD_RUNS = 5
"""A command that ended so many times and asked nothing here asks elsewhere, or nowhere."""

_SANDBOX_FILE = "with a sandbox's partners: give the sandbox.json of its folder"


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.option("--against", required=True, help="The practice exchange's address.")
@click.option("--sandbox", "sandbox_file", type=EXISTING_FILE, help="Its sandbox.json: then another partner shares and recalls.")
@click.option("--partner", default="platform-b", show_default=True, help="Which of the sandbox's partners you are.")
@click.option("--publisher", default="platform-a", show_default=True, help="Which of them shares practice objects.")
@click.option("--token-file", type=EXISTING_FILE, help="Without a sandbox: your token, with which signed requests are passed on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, show_default=True, help="Where to listen; 0: a free port.")
@click.option("--for", "seconds", type=click.IntRange(1), default=300, show_default=True, help="End after so many seconds.")
@click.option(
    "--kept",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A file or folder, there in the end, where you keep what you took and use; not what you set aside.",
)
@click.option("--skip", multiple=True, help="A check that does not concern you, by its name.")
@click.option("--insecure", is_flag=True, help="Allow plain HTTP to another machine.")
@json_option
def doctor(against: str, sandbox_file: Path | None, partner: str, publisher: str, **options: Any) -> None:
    """Examine an integration: prints an address, to which you point it instead of the exchange.

    With COMMAND that is started again and again, with the address in BREAKWATER_URL, until all is seen.
    """
    from app.cli.doctor_checks import RULES
    from app.cli.doctor_scenario import Scenario

    if unknown := set(options["skip"]) - RULES.keys():
        raise CommandFault(f"--skip: there is no check {', '.join(sorted(unknown))}.", ExitCode.USAGE, code="usage")
    connect = partial(open_api, against, insecure=options["insecure"])
    _check_address(against, insecure=options["insecure"])
    api, token, practice = _parties(connect, sandbox_file, (partner, publisher), options["token_file"])
    _check_reached(against, insecure=options["insecure"])
    scenario = Scenario(against.rstrip("/").removesuffix("/api/v1"), api, token, practice)
    passed = _tell(_examine(scenario, options))
    _check_seen(scenario, options["kept"], passed=passed)
    if not passed:
        click.get_current_context().exit(ExitCode.REFUSED)


def _check_address(url: str, *, insecure: bool) -> None:
    """Refuse what no connection takes, as all that comes is passed on: over plain HTTP others would read the token in it."""
    from app.cli.api import Api, Target

    Api(Target(url, insecure=insecure))


def _check_reached(url: str, *, insecure: bool) -> None:
    """Return if an exchange answers there, whatever it says to somebody unknown: else nothing could be seen of the integration.

    Raises:
        CommandFault: nobody does, or no exchange.
    """
    from app.cli.api import Api, Target

    try:
        Api(Target(url, insecure=insecure)).get("/exchange")
    except CommandFault as fault:
        if fault.exit_code is ExitCode.UNAVAILABLE:
            raise


def _check_seen(scenario: Scenario, kept: Sequence[Path], *, passed: bool) -> None:
    """Return if what was not seen was the integration's own doing.

    Raises:
        CommandFault: the exchange was away in the end, or a path that was named was never made.
    """
    from app.cli.doctor_hop import AWAY

    seen = scenario.so_far()
    if not passed and seen and seen[-1].is_away:
        raise CommandFault(AWAY, ExitCode.UNAVAILABLE, code="unreachable")
    if missing := [path for path in kept if not path.exists()]:
        raise CommandFault(f"--kept: {missing[0]} is not there, and the program did not make it.", ExitCode.USAGE, code="usage")


def _parties(
    connect: Callable[[str], Api], sandbox_file: Path | None, names: tuple[str, str], token_file: Path | None
) -> tuple[Api | None, str | None, Practice | None]:
    """Give the partner's connection and token, and who shares practice objects, as far as they are known."""
    from app.cli.doctor_practice import Practice, Publisher
    from breakwater_client.signing.make_keys import read_private_key

    if sandbox_file is None:
        token = token_file.read_text().strip() if token_file else None
        return connect(token) if token else None, token, None
    partners = _partners(sandbox_file)
    if missing := [name for name in names if name not in partners]:
        raise CommandFault(f"The sandbox has no partner {missing[0]}.", ExitCode.USAGE, code="usage")
    partner, publisher = (partners[name] for name in names)
    others = [one for name, one in partners.items() if name not in names]
    if not others:
        raise CommandFault("The sandbox has no third partner, in whose name nobody may sign.", ExitCode.USAGE, code="usage")
    shared_by, other = (
        Publisher(connect(one["token"]), read_private_key(Path(one["private_key"]).read_bytes()), one["identity_id"])
        for one in (publisher, others[0])
    )
    return connect(partner["token"]), partner["token"], Practice(shared_by, other)


def _partners(sandbox_file: Path) -> dict[str, dict[str, str]]:
    """Give the sandbox's partners by their names.

    Raises:
        CommandFault: the file is another one.
    """
    listed = read_json_object(str(sandbox_file), _SANDBOX_FILE).get("partners")
    needed = ("identity_id", "name", "private_key", "token")
    records = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else None
    if records is None or records != listed or not all(isinstance(one.get(name), str) for one in records for name in needed):
        raise CommandFault(f"{sandbox_file} is no JSON object {_SANDBOX_FILE}.", ExitCode.USAGE, code="usage")
    return {one["name"]: one for one in records}


def _examine(scenario: Scenario, options: dict[str, Any]) -> list[Check]:
    from app.cli.doctor_checks import Word, judge
    from app.cli.doctor_hop import hop
    from app.cli.doctor_scenario import UNPASSABLE

    if scenario.practice is not None:
        scenario.practice.publish()
    ends_at = time.monotonic() + options["seconds"]
    ended: list[int] = []
    with hop(scenario.answer, options["port"]) as url:
        click.echo(f"ready: {url}", err=wants_json())
        try:
            while time.monotonic() < ends_at and (len(ended) < _MOST_UNHEARD_RUNS or scenario.so_far()):
                ended += _step(options["command"], url, ends_at)
                time.sleep(_rest_seconds(scenario, options["command"]))
                if scenario.lacks_token:
                    raise CommandFault(UNPASSABLE, ExitCode.USAGE, code="no-token")
                found = _found(scenario, options["kept"], is_over=False)
                if scenario.practice is not None and found.practised and not found.unserved():
                    scenario.practice.recall()
                if all(one.word is Word.PASSED or one.name in options["skip"] for one in judge(found)):
                    break
        except KeyboardInterrupt:
            say("Stopped; this is what was seen.")
    if options["command"] and not scenario.so_far():
        raise CommandFault(_unheard(ended), ExitCode.USAGE, code="usage")
    found = _found(scenario, options["kept"], is_over=True)
    return [one for one in judge(found) if one.name not in options["skip"]]


def _unheard(ended: Sequence[int]) -> str:
    """Say that a command asked nothing; ``ended`` are the exit codes of its runs."""
    if not ended:
        return "The command made no request here, and did not end: does it read BREAKWATER_URL?"
    times = "once" if len(ended) == 1 else f"{len(ended)} times, the last"
    return f"The command ended {times} with code {ended[-1]}, and made no request here: does it read BREAKWATER_URL?"


def _step(command: Sequence[str], url: str, ends_at: float) -> list[int]:
    """Run the integration once, unless it runs by itself; gives its exit code if it ended."""
    if not command:
        return []
    environment = os.environ | {"BREAKWATER_URL": url}
    try:
        done = subprocess.run(  # noqa: S603  # the caller's own program, as it was given
            list(command),
            env=environment,
            stdout=subprocess.DEVNULL,
            timeout=max(ends_at - time.monotonic(), _LEAST_RUN_SECONDS),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return []
    except OSError as exc:
        raise CommandFault(f"{command[0]} cannot be started: {exc.strerror}", ExitCode.USAGE, code="usage") from None
    return [done.returncode]


def _rest_seconds(scenario: Scenario, command: Sequence[str]) -> float:
    from app.cli.doctor_found import is_waiting

    return _PAUSE_SECONDS if command and not is_waiting(scenario.so_far()) else _LOOK_SECONDS


def _found(scenario: Scenario, kept: Sequence[Path], *, is_over: bool) -> Found:
    from app.cli.doctor_found import Found
    from breakwater_client.verifying.known_keys import read_known_keys

    seen = scenario.so_far()
    signers: tuple[KnownSigner, ...] = ()
    if scenario.partner is not None and any(one.is_submission for one in seen):
        signers = tuple(read_known_keys(json.dumps(scenario.partner.get("/keys")).encode()))
    practice = scenario.practice
    if practice is None:
        return Found(seen, is_over, signers=signers)
    standing = practice.look(_contents(kept)) if kept else None
    told = (practice.names, practice.recalled, practice.changed, signers)
    looked = (standing, frozenset(practice.stood), frozenset(practice.used))
    return Found(seen, is_over, *told, *looked, practice.namesake)


def _contents(kept: Sequence[Path]) -> list[bytes]:
    """Give what stands in these files, whatever their form, as long as it is no packed one."""
    files = [file for one in kept for file in (one.rglob("*") if one.is_dir() else [one]) if file.is_file()]
    return [file.read_bytes() for file in files]


def _tell(checks: Sequence[Check]) -> bool:
    """Print the checks; gives whether every one passed."""
    from app.cli.doctor_checks import Word, as_record

    passed = all(one.word is Word.PASSED for one in checks)

    def tell() -> None:
        table("", ("check", "result", "what to do"), [(one.name, one.word.value, one.sentence) for one in checks])
        say("All checks passed." if passed else "Not all checks passed.")

    show({"passed": passed, "checks": [as_record(one) for one in checks]}, tell)
    return passed
