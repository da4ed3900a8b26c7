"""``sandbox``: an exchange with synthetic partners to practise against, in one folder.

Owns the folder and ``sandbox.json``, whose shape outside tools rely on (``docs/cli.md``). A folder that holds a sandbox is served
again as it is, also after a kill at any point. Kept by ``tests/cli/test_sandbox.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import open_api
from app.cli.durable_files import EXISTING_FILE, FOLDER, ORPHAN_SECONDS, PRIVATE, held_alone, private_folder, write_whole
from app.cli.faults import CommandFault, ExitCode
from app.cli.initialise import add_operator, initialise
from app.cli.loopback_server import loopback_server
from app.cli.output import progress
from app.cli.sandbox_contributors import COUNT, STAGES, make_release, say_stage
from app.cli.sandbox_partners import SANDBOX_PARTNERS, PracticePartner
from app.cli.sandbox_people import invite, missing_staff, people_record, set_up_people, told_people
from app.cli.sandbox_practice import Practice, practice_record, set_up_practice
from app.cli.sandbox_setup import Setup, set_up_partner
from app.cli.sandbox_signers import running_signers
from app.cli.taxii import DISCOVERY
from app.cli.workshop import Environment, Workshop, pass_workshop
from app.domain.paging import portal_origin_of
from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole

if TYPE_CHECKING:
    from app.services.exchange import Exchange

OPERATORS = ("operator-a", "operator-b")
STAFF = (("auditor-a", StaffRole.AUDITOR), ("data-protection-a", StaffRole.DATA_PROTECTION))

PEOPLE = (*((name, StaffRole.OPERATOR) for name in OPERATORS), *STAFF)
"""The exchange's own people, who are invited to the portal."""


@dataclass(slots=True)
class Sandbox:
    """A sandbox's folder, and what is known of it: database, tokens, in the end all of ``sandbox.json`` but the URL."""

    folder: Path
    known: dict[str, Any]

    @classmethod
    def open(cls, folder: Path, database_url: str | None) -> Sandbox:
        """Open the sandbox in a folder, or begin a new one there.

        Raises:
            CommandFault: the sandbox there has another database.
        """
        folder = private_folder(folder).resolve()
        if not any(folder.iterdir()):
            folder.chmod(0o700)
        memory = folder / "exchange" / "practice.json"
        private_folder(memory.parent)
        private_folder(folder / "keys")
        known = (
            json.loads(memory.read_bytes()) if memory.exists() else {"database_url": database_url, "operators": [], "tokens": {}}
        )
        if database_url is not None and known["database_url"] != database_url:
            sentence = f"The sandbox in {folder} has another database; leave --database-url out, or take another folder."
            raise CommandFault(sentence, ExitCode.USAGE, code="state-file")
        return cls(folder, known)

    def save(self) -> None:
        """Keep what is known."""
        write_whole(self.folder / "exchange" / "practice.json", json.dumps(self.known, indent=2).encode() + b"\n", PRIVATE)

    def environment(
        self, bind: str, workers: int, webhook_port: Sequence[int] = (), webhook_ca: Path | None = None
    ) -> Environment:
        """Give the settings it is served with: its own, and nothing of the surrounding environment.

        With ports for webhooks, addresses of this machine may be called at them.
        """
        served = {"BIND": bind, "WORKERS": str(workers), "LOG_LEVEL": "warning"}
        if webhook_port:
            served |= {"WEBHOOK_PORTS": ",".join(map(str, webhook_port)), "WEBHOOK_ADDRESSES": "127.0.0.1,::1"}
        if webhook_ca is not None:
            served["WEBHOOK_CA_FILE"] = str(webhook_ca)
        return self.own_settings() | {f"BREAKWATER_{name}": value for name, value in served.items()}

    def own_settings(self) -> dict[str, str]:
        """Give the settings by which commands of the exchange's own machine find it."""
        settings = {"HOME": str(self.folder / "exchange"), "MODE": "development"}
        if self.known["database_url"]:
            settings["DATABASE_URL"] = self.known["database_url"]
        return {f"BREAKWATER_{name}": value for name, value in settings.items()}

    def remember_token(self, name: str, token: str) -> None:
        """Keep a partner's token before anything is done with it: it is shown once."""
        self.known["tokens"][name] = token
        self.save()

    def forget_outdated(self) -> None:
        """Forget tokens that an earlier release issued, where this one has more permissions: they are issued again, in full.

        The earlier ones stay valid. That of a suspended partner stays: it is refused everything.
        """
        permissions = sorted(Permission)
        if self.known.get("permissions") != permissions:
            kept = [one.name for one in SANDBOX_PARTNERS if one.is_suspended]
            self.known |= {"permissions": permissions, "operators": [], "staff": []}
            self.known["tokens"] = {name: token for name, token in self.known["tokens"].items() if name in kept}
            self.known.pop("partners", None)
            self.save()

    def publish(self, url: str) -> None:
        """Write ``sandbox.json``: it is there whole or not at all. The demo's has no practice collections."""
        practice = self.known.get("practice")
        taxii: dict[str, Any] = {"discovery": url + DISCOVERY}
        if practice is not None:
            taxii |= {"api_root": url + practice["api_root"], "practice": practice_record(practice)}
        kept = {name: self.known[name] for name in ("exchange", "operators", "staff", "partners")}
        portal = portal_origin_of(url)
        people = people_record(self.known["people"], portal) if "people" in self.known else []
        reached = {"BREAKWATER_BIND": url.removeprefix("http://")}
        places = {"url": url, "portal": f"{portal}/portal", "taxii": taxii, "environment": self.own_settings() | reached}
        document = {**places, **kept, "people": people}
        write_whole(self.folder / "sandbox.json", json.dumps(document, indent=2).encode() + b"\n", PRIVATE)


@click.command()
@click.option("--dir", "folder", required=True, type=FOLDER, help="Where it lies; made if new.")
@click.option("--bind", default="127.0.0.1:0", show_default=True, help="host:port to listen at; port 0 takes a free one.")
@click.option("--database-url", help="A database of its own, instead of SQLite in the folder.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes that serve.")
@click.option(
    "--webhook-port", type=click.IntRange(1, 65_535), multiple=True, help="Webhooks may be at this port of this machine."
)
@click.option("--webhook-ca", type=EXISTING_FILE, help="A PEM file of the authorities that vouch for those webhooks.")
@pass_workshop
def sandbox(workshop: Workshop, /, folder: Path, database_url: str | None, **served: Any) -> None:
    """Serve a practice exchange with synthetic partners; their tokens and keys are in DIR/sandbox.json.

    Prints one line, `ready: URL`, on standard error the portal's address and the links of invitations, and serves until SIGTERM
    or SIGINT. A folder that holds a sandbox is served again as it is.
    """
    from app.cli.gunicorn_server import Serving
    from app.cli.server import run_server

    practice = Sandbox.open(folder, database_url)
    environment = practice.environment(**served)
    warn_of_listeners(workshop.settings(environment).bind)
    with held_alone(practice.folder / ".lock", ORPHAN_SECONDS):
        practice.forget_outdated()
        prepare_contributors(workshop, practice, environment)
        prepare(workshop, practice, environment)
        prepare_practice(workshop, practice, environment)
        prepare_people(workshop, practice, environment)
        with running_signers(practice.folder) as tell:

            def announce(url: str) -> None:
                practice.publish(url)
                tell(url)
                click.echo(f"ready: {url}")
                portal = portal_origin_of(url)
                for line in told_people(people_record(practice.known["people"], portal), f"{portal}/portal"):
                    click.echo(line, err=True)

            run_server(Serving(workshop, environment, announce, "warning"))


def warn_of_listeners(bind: str) -> None:
    """Say on standard error that plain HTTP beyond this machine shows tokens."""
    from app.cli.api import is_loopback

    if not is_loopback(bind.rpartition(":")[0].strip("[]")):
        click.echo(f"warning: {bind} is reached from other machines over plain HTTP: tokens travel in clear.", err=True)


def prepare(
    workshop: Workshop,
    practice: Sandbox,
    environment: Environment,
    partners: Sequence[PracticePartner] = SANDBOX_PARTNERS,
) -> None:
    """Set the sandbox up, or finish what an interrupted call began; does nothing when it is complete."""
    _name_operators(workshop, practice, environment)
    if "partners" in practice.known:
        return
    with served_for_setup(workshop, environment) as (url, _exchange):
        setup = setup_of(practice, url)
        first = setup.first
        with progress("setting partners up", len(partners)) as advance:
            records = []
            for one in partners:
                records.append(set_up_partner(setup, one))
                advance(1)
        practice.known["exchange"] = _exchange_record(first.get("/exchange"), practice.folder)
        write_whole(practice.folder / "known-keys.json", json.dumps(first.get("/keys"), indent=2).encode() + b"\n")
    practice.known["partners"] = records
    practice.save()


def prepare_practice(workshop: Workshop, practice: Sandbox, environment: Environment) -> None:
    """Set the practice collections up, or finish what an interrupted call began; does nothing when they are complete."""
    known = practice.known.setdefault("practice", {})
    if "api_root" in known:
        return
    partners = {one["name"]: one for one in practice.known["partners"]}
    with served_for_setup(workshop, environment) as (url, _exchange):
        operator = open_api(url, practice.known["operators"][0]["token"])
        set_up_practice(Practice(operator, url, partners, known, practice.save))


def prepare_people(workshop: Workshop, practice: Sandbox, environment: Environment) -> None:
    """Have people of some partners, and invite everybody who has not set up how they sign in; earlier invitations end."""
    with served_for_setup(workshop, environment) as (url, exchange):
        if "people" not in practice.known:
            practice.known["people"] = set_up_people(setup_of(practice, url), practice.known["partners"], PEOPLE)
        practice.known["people"] += missing_staff(setup_of(practice, url), practice.known["people"], PEOPLE)
        invite(exchange, practice.known["people"])
    practice.save()


def prepare_contributors(workshop: Workshop, practice: Sandbox, environment: Environment) -> None:
    """Have synthetic contributors and releases of counts, or finish what an interrupted call began.

    A new sandbox begins ``STAGES`` days ago: its exchange does all of that by a clock that is set back, and comes into the
    present stage by stage. In one that was there before all is said now, and one release is made of it.
    """
    if "contributors" in practice.known:
        return
    if not practice.known["operators"]:
        practice.known["stage"] = 0
    for stage, days in enumerate(STAGES, 1):
        if stage > practice.known.get("stage", 0):
            ago = timedelta(days=days if "stage" in practice.known else 0)
            _prepare_stage(_as_of(workshop, ago), practice, environment, stage, ago)
    practice.known["contributors"] = {"count": COUNT}
    practice.save()


def _prepare_stage(workshop: Workshop, practice: Sandbox, environment: Environment, stage: int, ago: timedelta) -> None:
    _name_operators(workshop, practice, environment)
    setting = progress(f"setting contributors up, {stage} of {len(STAGES)}", COUNT)
    with served_for_setup(workshop, environment) as (url, _exchange), setting as advance:
        setup = setup_of(practice, url)
        say_stage(setup, stage, datetime.now(UTC) - ago, advance)
        if "stage" in practice.known:
            make_release(setup, stage)
            practice.known["stage"] = stage
        elif stage == len(STAGES):
            make_release(setup, 1)
    practice.save()


def _as_of(workshop: Workshop, ago: timedelta) -> Workshop:
    """Give the workshop whose exchanges have a clock that is so far behind."""

    def exchange(environment: Environment) -> Exchange:
        return replace(workshop.exchange(environment), clock=lambda: datetime.now(UTC) - ago)

    return replace(workshop, exchange=exchange)


def setup_of(practice: Sandbox, url: str) -> Setup:
    """Give what setting partners up needs, at the URL where the sandbox is served for it."""
    first, second = (open_api(url, one["token"]) for one in practice.known["operators"])
    tokens, keys = practice.known["tokens"], practice.folder / "keys"
    return Setup(first, second, lambda token: open_api(url, token), keys, tokens, practice.remember_token)


@contextmanager
def served_for_setup(workshop: Workshop, environment: Environment) -> Iterator[tuple[str, Exchange]]:
    """Serve an exchange from this process while the block runs; gives its URL and itself. It leaves no connection open."""
    exchange = workshop.exchange(environment)
    try:
        with loopback_server(workshop.application(environment, exchange)) as url:
            yield url, exchange
    finally:
        exchange.database.dispose()


def _name_operators(workshop: Workshop, practice: Sandbox, environment: Environment) -> None:
    from app.services.start_exchange import is_initialised, migrate

    settings = workshop.settings(environment)
    practice.save()
    migrate(settings.database_url)
    operators: list[dict[str, str]] = practice.known["operators"]
    if is_initialised(settings.database_url) and not settings.signing_key.exists():
        raise CommandFault("This database holds another exchange; a sandbox needs one of its own.", code="state-conflict")
    for name in OPERATORS[len(operators) :]:
        if is_initialised(settings.database_url):
            new = add_operator(workshop, environment, name)
        else:
            new = initialise(workshop, environment, name, development=True)
        operators.append({"name": new.person.name, "token": new.token})
        practice.save()
    staff: list[dict[str, str]] = practice.known.setdefault("staff", [])
    for name, role in STAFF[len(staff) :]:
        new = add_operator(workshop, environment, name, role)
        staff.append({"name": name, "role": role.value, "token": new.token})
        practice.save()


def _exchange_record(exchange: dict[str, Any], folder: Path) -> dict[str, str]:
    public_key = folder / "exchange.pub.pem"
    write_whole(public_key, exchange["public_key"].encode())
    return {"id": exchange["id"], "keyid": exchange["keyid"], "public_key": str(public_key)}
