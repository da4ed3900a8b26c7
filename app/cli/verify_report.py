"""What ``verify`` found, as one JSON document and as words.

Owns how findings are told, never what they mean. Kept by ``tests/cli/test_verify_report.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.cli.faults import ExitCode, printable
from app.cli.output import say, table
from app.domain.errors import Code

if TYPE_CHECKING:
    from app.services.offline.verify_files import Findings, Trust
    from app.services.offline.verify_releases import VerifiedRelease
    from breakwater_client.verifying.directory_keys import Directory
    from breakwater_client.verifying.steps import Step
    from breakwater_client.verifying.verdicts import Logged, Verdict
    from breakwater_client.verifying.verify_checkpoints import VerifiedCheckpoint
    from breakwater_client.verifying.verify_log import VerifiedProof


def report(found: Findings, trust: Trust, *, steps: bool) -> dict[str, Any]:
    """Give the findings as JSON values; with ``steps`` also how each kind is verified."""
    held = found.held if found.receipts or found.submissions else None
    return {
        "verified": not found.failed,
        "objects": [{"file": name, **_object(one, held)} for name, one in found.objects],
        "directories": [{"file": name, **_directory(one)} for name, one in found.directories],
        "agreements": [{"file": name, "keyid": one.keyid, "agreement": one.document} for name, one in found.agreements],
        "releases": [{"file": name, **_release(one)} for name, one in found.releases],
        "catalogues": [{"file": name, "release": one.number, "digest": one.digest} for name, one in found.catalogues],
        "receipts": [{"file": name, "keyid": one.keyid, "receipt": one.document} for name, one in found.receipts],
        "submissions": [
            {
                "file": name,
                "receipt": one.receipt.document,
                "keyid": one.receipt.keyid,
                "proofs": [_proof(proof) for proof in one.proofs],
            }
            for name, one in found.submissions
        ],
        "proofs": [{"file": name, **_proof(one)} for name, one in found.proofs],
        "checkpoints": [{"file": name, **_checkpoint(one)} for name, one in found.checkpoints],
        "consistency": [{"file": name, "first": one.first, **_checkpoint(one.later)} for name, one in found.growths],
        "mirrors": [{"file": name, **_checkpoint(one.checkpoint)} for name, one in found.mirrors],
        "kept_checkpoint": None if trust.kept is None else _kept(found, trust.kept),
        "unreadable": [_failure(one) for one in found.failures],
        "empty": found.empty,
        "without_objects": found.hollow,
        **({"steps": {kind: [asdict(step) for step in of] for kind, of in _steps().items()}} if steps else {}),
    }


def exit_code(found: Findings) -> ExitCode:
    """Give what the shell is told of the findings."""
    if found.failed_with(Code.LOG_FORKED) or found.failed_with(Code.RELEASE_FORKED):
        return ExitCode.FORKED
    if found.failed_with(Code.LOG_ROLLED_BACK) or found.failed_with(Code.DIRECTORY_ROLLED_BACK):
        return ExitCode.ROLLED_BACK
    return ExitCode.REFUSED if found.failed else ExitCode.OK


def tell(document: dict[str, Any]) -> None:
    """Tell a report to people."""
    if document["objects"]:
        table("", ("object", "level", "signer", "notes"), (_row(one) for one in document["objects"]))
    for line in _lines(document):
        say(printable(line))
    for kind, of in document.get("steps", {}).items():
        if _has(document, kind):
            rows = [(step["number"], step["checked"], step["not_checked"]) for step in of]
            table(f"How {_TITLES.get(kind, kind)} are verified", ("step", "checked", "not checked"), rows)
    if any(_has(document, kind) for kind in _SHOWN) or document["unreadable"] or not document["verified"]:
        say("Everything verified." if document["verified"] else "NOT everything verified.")


_STIX_ID = re.compile(r"[a-z0-9-]{1,250}--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TITLES = {"consistency": "consistency proofs", "proofs": "log proofs", "submissions": "proofs of submissions"}
_OF_THE_LOG = ("submissions", "proofs", "checkpoints", "consistency", "mirrors")
_SHOWN = ("objects", "directories", "agreements", "releases", "catalogues", "receipts", *_OF_THE_LOG)


def _has(document: dict[str, Any], kind: str) -> bool:
    if kind == "attestations":
        return any(one["level"] == "channel-attested" for one in document["objects"])
    if kind == "kept checkpoints":
        return document["kept_checkpoint"] is not None
    return bool(document.get(kind))


def _lines(document: dict[str, Any]) -> Iterator[str]:
    for kind, words in _WORDS.items():
        for one in document[kind]:
            yield f"{one['file']}: {words(one)}"
    if document["kept_checkpoint"] is not None and document["verified"]:
        size, newest = document["kept_checkpoint"]["size"], document["kept_checkpoint"]["extended_to"]
        if newest is None:
            yield f"Nothing newer than your checkpoint of {size} leaves was shown: of the log since then this says nothing."
        else:
            yield f"Nothing has gone from the log since your checkpoint of {size} leaves: {newest} go on from them."


def _kept(found: Findings, kept: VerifiedCheckpoint) -> dict[str, Any]:
    """Give the checkpoint that was kept, and the size of the largest tree that was shown to go on from it."""
    newest = found.newest_size
    return {**_checkpoint(kept), "extended_to": newest if newest is not None and newest > kept.checkpoint.size else None}


def _directory_words(one: dict[str, Any]) -> str:
    return (
        f"directory of exchange {one['exchange']}, version {one['version']}, {one['keys']} keys, good until {one['expires_at']}"
    )


def _agreement_words(one: dict[str, Any]) -> str:
    of = one["agreement"]
    until = of["ends_at"] or "further notice"
    about = f"version {of['version']} of the agreement of exchange {of['exchange']} with partner {of['partner_id']}"
    return f"{about}, from {of['starts_at']} until {until}, signed with {one['keyid']}"


def _release_words(one: dict[str, Any]) -> str:
    of, logged = one["release"], one["logged"]
    follows = f", which follows release {one['number'] - 1} here" if one["follows"] else ""
    when = f", by {logged['at']} as {logged['by']} says" if logged and logged["at"] else ""
    proven = f" at log index {logged['index']}{when}" if logged else ""
    about = f"{of['type']} {one['number']} of exchange {of['exchange']}, of {of['created_at']}{follows}"
    return f"{about}: {one['level']}{proven}, with {one['keyid']}"


def _catalogue_words(one: dict[str, Any]) -> str:
    return f"release {one['release']} of the catalogue, exactly as it was signed: {one['digest']}"


def _receipt_words(one: dict[str, Any]) -> str:
    return f"{one['receipt']['type']} of exchange {one['receipt'].get('exchange')}, signed with {one['keyid']}"


def _submission_words(one: dict[str, Any]) -> str:
    return f"the log holds all {len(one['proofs'])} versions that the receipt of submission {one['receipt']['submission']} names"


def _proof_words(one: dict[str, Any]) -> str:
    return f"the log holds {one['kind']} {one['digest']} at index {one['log_index']}, by the checkpoint of {one['size']} leaves"


def _checkpoint_words(one: dict[str, Any]) -> str:
    witnesses = ", ".join(f"{name} at {at}" for name, at in one["cosigned_by"].items())
    dated = f", dated {one['dated']}" if one["dated"] else ""
    return f"checkpoint of {one['origin']}, {one['size']} leaves{dated}{f', cosigned by {witnesses}' if witnesses else ''}"


def _consistency_words(one: dict[str, Any]) -> str:
    return f"the log of {one['size']} leaves begins with exactly the {one['first']} that it had before"


def _mirror_words(one: dict[str, Any]) -> str:
    return f"mirror of {one['origin']}: all {one['size']} leaves lead to the root that the exchange signed"


def _failure_words(one: dict[str, Any]) -> str:
    step = "" if one["step"] is None else f"step {one['step']} for {one['kind']}: "
    return f"FAILED, {step}{one['detail']} [{one['code']}]"


_WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "directories": _directory_words,
    "agreements": _agreement_words,
    "releases": _release_words,
    "catalogues": _catalogue_words,
    "receipts": _receipt_words,
    "submissions": _submission_words,
    "proofs": _proof_words,
    "checkpoints": _checkpoint_words,
    "consistency": _consistency_words,
    "mirrors": _mirror_words,
    "unreadable": _failure_words,
}


def _steps() -> dict[str, Sequence[Step]]:
    from app.services.offline.verify_agreements import AGREEMENT_STEPS
    from app.services.offline.verify_releases import CATALOGUE_STEPS, RELEASE_STEPS
    from breakwater_client.verifying.compare_checkpoints import CONSISTENCY_STEPS, KEPT_STEPS
    from breakwater_client.verifying.directory_keys import DIRECTORY_STEPS
    from breakwater_client.verifying.verify_checkpoints import CHECKPOINT_STEPS
    from breakwater_client.verifying.verify_log import PROOF_STEPS, SUBMISSION_STEPS
    from breakwater_client.verifying.verify_mirrors import MIRROR_STEPS
    from breakwater_client.verifying.verify_objects import OBJECT_STEPS
    from breakwater_client.verifying.verify_receipts import ATTESTATION_STEPS, RECEIPT_STEPS

    return {
        "objects": OBJECT_STEPS,
        "agreements": AGREEMENT_STEPS,
        "releases": RELEASE_STEPS,
        "catalogues": CATALOGUE_STEPS,
        "receipts": RECEIPT_STEPS,
        "attestations": ATTESTATION_STEPS,
        "submissions": SUBMISSION_STEPS,
        "proofs": PROOF_STEPS,
        "checkpoints": CHECKPOINT_STEPS,
        "consistency": CONSISTENCY_STEPS,
        "kept checkpoints": KEPT_STEPS,
        "directories": DIRECTORY_STEPS,
        "mirrors": MIRROR_STEPS,
    }


def _object(verdict: Verdict, held: Mapping[str, int | None] | None) -> dict[str, Any]:
    from breakwater_client.verifying.verdicts import VerifiedSignature

    if not isinstance(verdict, VerifiedSignature):
        return {"level": None, **asdict(verdict)}
    digest, logged = verdict.payload_digest or "", verdict.logged
    index = logged.index if logged else (held or {}).get(digest)
    return {
        **asdict(verdict),
        "key_ended_at": None if verdict.key_ended_at is None else _instant(verdict.key_ended_at),
        "receipted": digest in held if held is not None and digest else None,
        "log_index": index,
        "logged": None if logged is None else _logged(logged),
    }


def _release(one: VerifiedRelease) -> dict[str, Any]:
    logged = None if one.logged is None else _logged(one.logged)
    plain = {"number": one.number, "level": one.level.value, "follows": one.follows, "keyid": one.keyid, "logged": logged}
    return {"release": dict(one.document), "digest": one.digest, **plain}


def _logged(logged: Logged) -> dict[str, Any]:
    at = None if logged.at is None else _instant(logged.at)
    return {"index": logged.index, "tree_size": logged.tree_size, "cosigned": logged.cosigned, "at": at, "by": logged.by}


def _directory(directory: Directory) -> dict[str, Any]:
    times = {"issued_at": _instant(directory.issued_at), "expires_at": _instant(directory.expires_at)}
    return {"exchange": directory.exchange, "version": directory.version, "keys": len(directory.keys), **times}


def _proof(proof: VerifiedProof) -> dict[str, Any]:
    return {"kind": proof.kind.value, "digest": proof.digest, "log_index": proof.index, **_checkpoint(proof.checkpoint)}


def _checkpoint(verified: VerifiedCheckpoint) -> dict[str, Any]:
    return {
        "origin": verified.checkpoint.origin,
        "size": verified.checkpoint.size,
        "root": verified.checkpoint.root.hex(),
        "keyid": verified.keyid,
        "cosigned_by": {name: _instant(at) for name, at in verified.cosignatures},
        "cosigned": verified.is_cosigned,
        "dated": None if verified.dated is None else _instant(verified.dated),
    }


def _failure(failed: Any) -> dict[str, Any]:
    refusal = failed.refusal
    place = {"pointer": refusal.pointer} if refusal.pointer else {}
    return {
        "file": failed.file,
        "kind": failed.kind.value,
        "step": failed.step,
        "code": refusal.code.value,
        "detail": refusal.sentence,
        **place,
    }


def _instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _row(one: dict[str, Any]) -> tuple[str, str, str, str]:
    stix_id = one["stix_id"] if _STIX_ID.fullmatch(one["stix_id"] or "") else "(no id)"
    name = f"{stix_id} ({one['file']}{' ' + one['place'] if one['place'] else ''})"
    if one["level"] is None:
        return name, "FAILED", "", f"step {one['step']}: {one['refusal']['sentence']} [{one['refusal']['code']}]"
    return name, one["level"], printable(one["signer"] or ""), "; ".join(_notes(one))


def _notes(one: dict[str, Any]) -> Iterator[str]:
    if one["level"] == "channel-attested":
        yield "nobody signed it; the exchange attests whose channel it came by"
    if one.get("key_state") not in {None, "active"}:
        yield f"the key is {one['key_state']} at the exchange{_after_end(one)}"
    logged = one["logged"]
    if logged:
        when = f", by {logged['at']} as {logged['by']} says" if logged["at"] else ", nothing says when"
        yield f"log index {logged['index']}, proven{when}"
    elif one["receipted"]:
        yield f"log index {one['log_index']} by receipt"
    elif one["receipted"] is False:
        yield "in none of the receipts"


def _after_end(one: dict[str, Any]) -> str:
    """Say of a key that ended whether anybody says that the log held this before."""
    ended, by = one["key_ended_at"], (one["logged"] or {}).get("at")
    if ended is None:
        return ""
    if by is not None and datetime.fromisoformat(by) < datetime.fromisoformat(ended):
        return f" since {ended}"
    return f" since {ended}, and nothing says that the log held this before"
