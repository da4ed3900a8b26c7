"""``submit``: sending objects, or only judging them, and telling what became of each.

Owns the sending; cutting is ``envelopes``', retries are ``api``'s, the report is ``submission_report``'s, and what an answer and
its receipt have to say is ``breakwater_client.talking.submission_answers``'.
Interrupted, the same command goes on where it stopped. Kept by ``tests/cli/test_submit.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected_if_asked
from app.cli.dry_run import DryRun, dry_run_options, judge_all, rehearsal_for, tell_of, told_of
from app.cli.durable_files import FILE_OR_INPUT, FOLDER, NEW_FILE
from app.cli.envelopes import Envelope, atomic_envelope, envelopes
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.imminent_risk import tell_whom_to_call
from app.cli.object_sources import Source, Survey, sources_of, survey
from app.cli.output import progress, say, show
from app.cli.submission_report import Report, refused, reporting
from breakwater_client.submission import Refusal

if TYPE_CHECKING:
    from app.cli.api import Api
    from app.services.offline.rehearse import Rehearsal


@dataclass(frozen=True, slots=True)
class Sending:
    """How envelopes are sent. ``key`` is the caller's own idempotency key; None: of the content, or by chance if ``fresh``.

    ``group`` is the sharing group that they are posted to; None: the exchange.
    """

    atomic: bool = False
    key: str | None = None
    fresh: bool = False
    receipts: Path | None = None
    group: uuid.UUID | None = None

    def key_of(self, envelope: Envelope, number: int) -> str:
        """Give the idempotency key of the envelope with this number, counted from 1."""
        if self.key is not None:
            return self.key if number == 1 else f"{self.key}.{number}"
        if self.fresh:
            return str(uuid.uuid4())
        return envelope.key_of(self.group, atomic=self.atomic)

    @property
    def parameters(self) -> dict[str, str]:
        """Give what the request says beside its body."""
        atomic = {"atomic": "true"} if self.atomic else {}
        return atomic if self.group is None else atomic | {"group": str(self.group)}


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE_OR_INPUT)
@click.option("--atomic", is_flag=True, help="One refused object refuses all; everything must go into one request.")
@click.option("--idempotency-key", "key", help="Your own key, instead of one made of the content; .2, .3 … for further requests.")
@click.option("--group", type=click.UUID, help="Post them to this sharing group (id) in which you may write, not the exchange.")
@click.option("--fresh", is_flag=True, help="Ask anew about objects whose refusal had its cause on the exchange's side.")
@click.option("--receipts", type=FOLDER, help="A folder for the signed receipts.")
@click.option("--report", "report_file", type=NEW_FILE, help="A file for what became of each object, one line of JSON each.")
@dry_run_options
@connected_if_asked
@json_option
def submit(
    files: Sequence[str], report_file: Path | None, dry_run: DryRun | None, connect: Callable[[], Api], **how: Any
) -> None:
    """Submit the objects in FILES (- for standard input): objects, bundles, or NDJSON, of any size.

    They go in requests of up to 1,000 objects. Run the same command again after an interruption: nothing is taken twice.
    """
    sources = sources_of(files)
    with reporting(report_file, [Path(file) for file in files if file != "-"]) as report:
        if dry_run is None:
            _submit(connect(), sources, Sending(**how), report)
        else:
            _rehearse(sources, rehearsal_for(dry_run, connect), report)
    if report.counts["refused"]:
        raise click.exceptions.Exit(ExitCode.REFUSED)


def _rehearse(sources: Sequence[Source], rehearsal: Rehearsal, report: Report) -> None:
    surveyed = survey(sources)
    judge_all(sources, surveyed, rehearsal, report)

    def tell() -> None:
        _tell(report, sources, surveyed)
        tell_of(rehearsal)

    show(report.document() | told_of(rehearsal) | {"remarks": surveyed.remarks}, tell)


def _submit(api: Api, sources: Sequence[Source], sending: Sending, report: Report) -> None:
    surveyed = survey(sources)
    try:
        send_all(api, sources, sending, report, surveyed.total)
    except CommandFault as fault:
        raise _interrupted(fault, report) from fault

    def tell() -> None:
        _tell(report, sources, surveyed)
        tell_whom_to_call(report.submissions)
        if report.counts["refused"]:
            say("Mend what was refused and submit it again; if the cause was the exchange's side (agreement, key), add --fresh.")

    show(report.document() | {"remarks": surveyed.remarks}, tell)


def send_all(api: Api, sources: Sequence[Source], sending: Sending, report: Report, total: int) -> None:
    """Send all objects of files, adding to ``report`` as answers come.

    Raises:
        CommandFault: the exchange refuses a whole request, or stays away.
        UntrustedSignatureError: its receipt is not of what was sent.
    """
    if sending.receipts is not None:
        sending.receipts.mkdir(parents=True, exist_ok=True)
    parts = [atomic_envelope(sources)] if sending.atomic else envelopes(sources)
    number = 0
    with progress("submitting", total) as advance:
        for envelope in parts:
            if envelope.is_empty:
                _keep(report, envelope, None)
            else:
                number += 1
                answer, receipt = _sent(api, envelope.body, sending.key_of(envelope, number), sending)
                kept = {name: answer[name] for name in ("id", "received_at", "imminent_risk") if name in answer}
                report.submissions.append(kept | ({} if receipt is None else {"receipt": str(receipt)}))
                _keep(report, envelope, answer)
            advance(len(envelope.origins))


def send(api: Api, body: bytes, idempotency_key: str) -> dict[str, Any]:
    """Send one envelope, and give the exchange's answer.

    Raises:
        CommandFault: the exchange refuses, cannot be reached, or does not answer as an exchange does.
        UntrustedSignatureError: its receipt is not of what was sent.
    """
    return _sent(api, body, idempotency_key, Sending())[0]


def _sent(api: Api, body: bytes, idempotency_key: str, sending: Sending) -> tuple[dict[str, Any], Path | None]:
    from app.cli.api import Request, told_as_faults
    from breakwater_client.talking.submission_answers import check_answer

    answer: dict[str, Any] = api.send(Request("POST", "/submissions", sending.parameters, body, idempotency_key))
    with told_as_faults():
        return answer, check_answer(body, answer, sending.receipts)


def _keep(report: Report, envelope: Envelope, answer: dict[str, Any] | None) -> None:
    sent = [origin for origin in envelope.origins if origin.fault is None]
    outcomes = (_outcome(result) for _, result in zip(sent, answer["results"] if answer else (), strict=True))
    for origin in envelope.origins:
        report.add(origin, next(outcomes) if origin.fault is None else refused(Refusal.of(origin.fault)))
    report.answered += len(sent)
    report.flush()


def _outcome(result: dict[str, Any]) -> dict[str, Any]:
    """Give a result with its pointer within the object instead of within the envelope, which nobody sees."""
    outcome = {**result, "pointer": (result.get("refusal_pointer") or "").removeprefix(result["pointer"])}
    outcome.pop("refusal_pointer", None)
    return outcome


def _interrupted(fault: CommandFault, report: Report) -> CommandFault:
    if not report.answered:
        return fault
    sentence = (
        f"{fault.sentence} {report.answered} objects are answered already; run the same command again, nothing is taken twice."
    )
    return CommandFault(sentence, fault.exit_code, **fault.details)


def _tell(report: Report, sources: Sequence[Source], surveyed: Survey) -> None:
    for remark in surveyed.remarks:
        say(remark)
    if surveyed.total:
        report.tell()
    else:
        say(f"{', '.join(source.name for source in sources)}: nothing to do, no objects.")
