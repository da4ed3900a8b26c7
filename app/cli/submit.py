"""``submit``: sending signed objects, and telling what became of each.

Owns the report and the receipts' files; cutting is ``envelopes``', retries are ``api``'s. Interrupted, the same command goes on
where it stopped. Kept by ``tests/cli/test_submit.py``.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.durable_files import EXISTING_FILE, FOLDER, write_whole
from app.cli.envelopes import Envelope, atomic_envelope, envelopes
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.output import progress, say, show, table

if TYPE_CHECKING:
    from app.cli.api import Api

_MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class Sending:
    """How envelopes are sent. ``key`` is the caller's own idempotency key; None: of the content, or by chance if ``fresh``."""

    atomic: bool = False
    key: str | None = None
    fresh: bool = False
    receipts: Path | None = None

    def key_of(self, envelope: Envelope, number: int) -> str:
        """Give the idempotency key of the envelope with this number, counted from 1."""
        if self.key is not None:
            return self.key if number == 1 else f"{self.key}.{number}"
        return str(uuid.uuid4()) if self.fresh else envelope.idempotency_key


@dataclass(slots=True)
class Report:
    """What became of the objects so far."""

    submissions: list[dict[str, Any]] = field(default_factory=list)
    objects: list[dict[str, Any]] = field(default_factory=list)

    @property
    def counts(self) -> Counter[str]:
        """How many objects came to which end."""
        return Counter(one["status"] for one in self.objects)

    def document(self) -> dict[str, Any]:
        """Give it as JSON tells it."""
        return {"counts": dict(self.counts), "submissions": self.submissions, "objects": self.objects}


@click.command()
@click.argument("files", nargs=-1, required=True, type=EXISTING_FILE)
@click.option("--atomic", is_flag=True, help="One refused object refuses all; everything must go into one request.")
@click.option("--idempotency-key", "key", help="Your own key, instead of one made of the content; .2, .3 … for further requests.")
@click.option("--fresh", is_flag=True, help="Ask anew about objects whose refusal had its cause on the exchange's side.")
@click.option("--receipts", type=FOLDER, help="A folder for the signed receipts.")
@connected
@json_option
def submit(files: Sequence[Path], receipts: Path | None, api: Api, **how: Any) -> None:
    """Submit the signed objects in FILES: objects, bundles, or NDJSON, of any size.

    They go in requests of up to 1,000 objects. Run the same command again after an interruption: nothing is taken twice.
    """
    report = Report()
    sending = Sending(receipts=receipts, **how)
    try:
        send_all(api, files, sending, report)
    except CommandFault as fault:
        raise _interrupted(fault, report) from fault
    show(report.document(), lambda: _tell(report, files))
    if report.counts["refused"]:
        raise click.exceptions.Exit(ExitCode.REFUSED)


def send_all(api: Api, files: Sequence[Path], sending: Sending, report: Report) -> None:
    """Send all objects of files, adding to ``report`` as answers come.

    Raises:
        CommandFault: the exchange refuses a whole request, or stays away.
    """
    if sending.receipts is not None:
        sending.receipts.mkdir(parents=True, exist_ok=True)
    parts = [atomic_envelope(files)] if sending.atomic else envelopes(files)
    with progress("submitting", None) as advance:
        for number, envelope in enumerate(parts, start=1):
            answer = send(api, envelope.body, sending.key_of(envelope, number), atomic=sending.atomic)
            _keep(report, envelope, answer, sending.receipts)
            advance(len(envelope.origins))


def send(api: Api, body: bytes, idempotency_key: str, *, atomic: bool = False) -> dict[str, Any]:
    """Send one envelope, and give the exchange's answer."""
    from app.cli.api import Request

    parameters = {"atomic": "true"} if atomic else {}
    answer: dict[str, Any] = api.send(Request("POST", "/submissions", parameters, body, idempotency_key))
    return answer


def _keep(report: Report, envelope: Envelope, answer: dict[str, Any], receipts: Path | None) -> None:
    kept = {"id": answer["id"], "received_at": answer["received_at"]}
    if receipts is not None:
        file = receipts / f"{uuid.UUID(answer['id'])}.json"  # a UUID, whatever the other side calls its submissions
        write_whole(file, json.dumps(answer["receipt"], indent=2).encode() + b"\n")
        kept["receipt"] = str(file)
    report.submissions.append(kept)
    for origin, result in zip(envelope.origins, answer["results"], strict=True):
        within = (result.get("refusal_pointer") or "").removeprefix(result["pointer"])
        placed = {"file": origin.file, "place": origin.place, **result, "pointer": within}
        placed.pop("refusal_pointer", None)
        report.objects.append(placed)


def _interrupted(fault: CommandFault, report: Report) -> CommandFault:
    done = len(report.objects)
    if not done:
        return fault
    sentence = f"{fault.sentence} {done} objects are answered already; run the same command again, nothing is taken twice."
    return CommandFault(sentence, fault.exit_code, **fault.details)


def _tell(report: Report, files: Sequence[Path]) -> None:
    if not report.objects:
        say(f"{', '.join(map(str, files))}: nothing to do, no objects.")
        return
    shown = report.objects if len(report.objects) <= _MOST_ROWS else [one for one in report.objects if one["status"] == "refused"]
    if shown:
        table("", ("file", "place", "result", "object", "why not"), map(_row, shown[: 10 * _MOST_ROWS]))
    for kept in report.submissions:
        say(f"submission {kept['id']}" + (f", receipt in {kept['receipt']}" if "receipt" in kept else ""))
    say(", ".join(f"{count} {status}" for status, count in sorted(report.counts.items())))
    if report.counts["refused"]:
        say("Mend what was refused and submit it again; if the cause was the exchange's side (agreement, key), add --fresh.")


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    why = f"{one['detail']} [{one['code']}]" + (f" at {one['pointer']}" if one["pointer"] else "") if "code" in one else ""
    return one["file"], one["place"], one["status"], one.get("id"), why
