"""``verify``: checking signatures and receipts offline, step by step, and saying what no step shows.

Owns which keys are given and how verdicts are told; the steps are those of ``services.verify_objects``. Never asks an exchange.
Kept by ``tests/cli/test_verify.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.durable_files import EXISTING_FILE, FILE_OR_INPUT, read_input
from app.cli.faults import CommandFault, ExitCode, as_fault, json_option, naming, printable
from app.cli.output import say, show, table
from app.domain.errors import BreakwaterError

if TYPE_CHECKING:
    from app.services.offline.verify_objects import KnownSigner, Verdict
    from app.services.offline.verify_receipts import VerifiedAttestation, VerifiedReceipt


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE_OR_INPUT)
@click.option("--key", "pem_files", multiple=True, type=EXISTING_FILE, help="A publisher's public key, with --signer.")
@click.option("--signer", help="The identity that the keys of --key belong to, as their owner told you.")
@click.option("--keys", "known_keys", type=EXISTING_FILE, help="Known keys, as `key fetch` writes them.")
@click.option("--exchange-key", type=EXISTING_FILE, help="The exchange's public key, for receipts and attestations.")
@click.option("--attestations", "attested", multiple=True, type=EXISTING_FILE, help="What `pull` kept beside unsigned objects.")
@click.option("--steps/--no-steps", default=True, help="Say what each step checks and does not check.")
@json_option
def verify(files: Sequence[str], exchange_key: Path | None, attested: Sequence[Path], *, steps: bool, **keys: Any) -> None:
    """Verify the objects and the receipts in FILES, offline.

    With receipts among the files, each object is also looked up in them: whether the exchange signed for exactly this content.
    Objects that nobody signed are looked up in --attestations.
    """
    from app.services.offline.verify_receipts import is_receipt

    signers = _signers(**keys)
    contents = {name: read_input(name) for name in files}
    receipts = {name: raw for name, raw in contents.items() if is_receipt(raw)}
    report = _Report(_attestations(attested, exchange_key))
    for name, raw in receipts.items():
        report.add_receipt(name, raw, exchange_key)
    for name in contents.keys() - receipts.keys():
        report.add_objects(name, contents[name], signers)
    document = report.document(steps=steps)
    show(document, lambda: _tell(report, document))
    if report.failed:
        raise click.exceptions.Exit(ExitCode.REFUSED)


def _signers(pem_files: Sequence[Path], signer: str | None, known_keys: Path | None) -> list[KnownSigner]:
    from app.services.offline.verify_objects import known_signer, read_known_keys

    known = read_known_keys(known_keys.read_bytes()) if known_keys else []
    return known + [known_signer(file.read_bytes(), signer) for file in pem_files]


def _attestations(files: Sequence[Path], exchange_key: Path | None) -> dict[str, VerifiedAttestation]:
    from app.services.offline.verify_receipts import known_exchange_key, read_attestations

    if not files:
        return {}
    if exchange_key is None:
        raise CommandFault("An attestation is verified with the exchange's public key: --exchange-key.", ExitCode.USAGE)
    key = known_exchange_key(exchange_key.read_bytes())
    found: dict[str, VerifiedAttestation] = {}
    for file in files:
        with naming(file):
            found |= read_attestations(file.read_bytes(), [key])
    return found


class _Report:
    """What was found, in the order of the files."""

    def __init__(self, attestations: Mapping[str, VerifiedAttestation]) -> None:
        self.attestations = attestations
        self.verdicts: list[tuple[str, Verdict]] = []
        self.receipts: list[tuple[str, VerifiedReceipt]] = []
        self.faults: list[tuple[str, CommandFault]] = []
        self.held: dict[str, int | None] = {}
        self.empty: list[str] = []

    @property
    def failed(self) -> bool:
        """Whether anything failed, or nothing was found in files that are not empty."""
        from app.services.offline.verify_objects import FailedSignature

        failures = [one for _, one in self.verdicts if isinstance(one, FailedSignature)]
        return bool(failures or self.faults) or not (self.verdicts or self.receipts or self.empty)

    def add_receipt(self, name: str, raw: bytes, exchange_key: Path | None) -> None:
        from app.services.offline.verify_receipts import known_exchange_key, verify_receipt

        if exchange_key is None:
            raise CommandFault("A receipt is verified with the exchange's public key: --exchange-key.", ExitCode.USAGE)
        try:
            receipt = verify_receipt(raw, [known_exchange_key(exchange_key.read_bytes())])
        except BreakwaterError as exc:
            self.faults.append((name, as_fault(exc)))
            return
        self.receipts.append((name, receipt))
        self.held.update(receipt.digests)

    def add_objects(self, name: str, raw: bytes, signers: Sequence[KnownSigner]) -> None:
        from app.services.offline.verify_objects import verify_document

        if not raw.strip():
            self.empty.append(name)
            return
        try:
            self.verdicts.extend((name, verdict) for verdict in verify_document(raw, signers, self.attestations))
        except BreakwaterError as exc:
            self.faults.append((name, as_fault(exc)))

    def document(self, *, steps: bool) -> dict[str, Any]:
        from app.services.offline.verify_objects import OBJECT_STEPS
        from app.services.offline.verify_receipts import ATTESTATION_STEPS, RECEIPT_STEPS

        kinds = {"objects": OBJECT_STEPS, "receipts": RECEIPT_STEPS, "attestations": ATTESTATION_STEPS}
        every = {kind: [asdict(step) for step in steps_of] for kind, steps_of in kinds.items()}
        return {
            "verified": not self.failed,
            "objects": [self._object(name, verdict) for name, verdict in self.verdicts],
            "receipts": [{"file": name, "keyid": one.keyid, "receipt": one.document} for name, one in self.receipts],
            "unreadable": [{"file": name, "detail": fault.sentence, **fault.details} for name, fault in self.faults],
            "empty": self.empty,
            **({"steps": every} if steps else {}),
        }

    def _object(self, name: str, verdict: Verdict) -> dict[str, Any]:
        from app.services.offline.verify_objects import VerifiedSignature

        if not isinstance(verdict, VerifiedSignature):
            return {"file": name, "level": None, **asdict(verdict)}
        in_receipt = verdict.payload_digest in self.held if self.receipts and verdict.payload_digest else None
        return {
            "file": name,
            **asdict(verdict),
            "receipted": in_receipt,
            "log_index": self.held.get(verdict.payload_digest or ""),
        }


def _tell(report: _Report, document: dict[str, Any]) -> None:
    if report.verdicts:
        table("", ("object", "level", "signer", "notes"), (_row(one) for one in document["objects"]))
    for name, receipt in report.receipts:
        say(f"{name}: {receipt.document['type']} of exchange {receipt.document.get('exchange')}, signed with {receipt.keyid}")
    for name, fault in report.faults:
        say(f"{name}: {fault.sentence} [{fault.details.get('code')}]")
    for name in report.empty:
        say(f"{name}: nothing to do, the file holds no objects.")
    for kind, found in (("objects", report.verdicts), ("receipts", report.receipts), ("attestations", report.attestations)):
        if found and "steps" in document:
            rows = [(step["number"], step["checked"], step["not_checked"]) for step in document["steps"][kind]]
            table(f"How {kind} are verified", ("step", "checked", "not checked"), rows)
    if report.verdicts or report.receipts or report.failed:
        say("Everything verified." if document["verified"] else "NOT everything verified.")


def _row(one: dict[str, Any]) -> tuple[str, str, str, str]:
    name = f"{one['stix_id'] or '(no id)'} ({one['file']}{' ' + one['place'] if one['place'] else ''})"
    if one["level"] is None:
        return name, "FAILED", "", f"step {one['step']}: {one['refusal']['sentence']} [{one['refusal']['code']}]"
    notes = ["nobody signed it; the exchange attests whose channel it came by"] if one["level"] == "channel-attested" else []
    notes += [f"the key is {one['key_state']} at the exchange"] if one.get("key_state") not in {None, "active"} else []
    if one["receipted"]:
        notes.append(f"log index {one['log_index']} by receipt")
    elif one["receipted"] is False:
        notes.append("in none of the receipts")
    return name, one["level"], printable(one["signer"] or ""), "; ".join(notes)
