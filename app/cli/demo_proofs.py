"""The second half of the demo: what is refused, what a reader can prove, who was told, and that narrowing acts at once.

Owns the telling; each step fails the demo if the exchange does not do what is told. Kept by ``tests/cli/test_demo_proofs.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.cli import demo_objects
from app.cli.demo_sharing import Shared, wait_until
from app.cli.demo_world import Party, World
from app.cli.disclosures import own_disclosures
from app.cli.faults import CommandFault
from app.cli.output import heading, say, table
from app.domain.vocabulary import KeyUsage
from breakwater_client.extensions import SIGNATURE

_UNKNOWN_ID = "indicator--00000000-0000-4000-8000-000000000000"


def tell_refusals(world: World) -> None:
    """Try what must not come in, and show code and pointer of each refusal."""
    heading("3. What is refused")
    platform_a, platform_b, researcher = (world.parties[name] for name in ("platform-a", "platform-b", "researcher-a"))
    draft = demo_objects.indicator(platform_a.author, "An indicator", "attempt.example.org")
    forged = replace(platform_b, signing=replace(platform_b.signing, signer=platform_a.signing.signer)).sign(draft)
    foreign = platform_b.sign(_by(platform_b))
    tampered = {**platform_a.sign(draft), "confidence": 99}
    tries = (
        ("forged: in another partner's name", platform_b, forged, "signer-mismatch"),
        ("passed on: another partner's object", platform_a, foreign, "key-not-active"),
        ("tampered: changed after signing", platform_a, tampered, "signature-invalid"),
        ("unsigned", platform_a, draft, "signature-missing"),
        ("prohibited: a file embedded in text", platform_a, _signed_image(platform_a), "content-forbidden"),
        ("beyond its agreement", researcher, researcher.sign(_by(researcher)), "terms-exceeded"),
    )
    rows = [(what, who.name, *_refusal(who, value, code)) for what, who, value, code in tries]
    table("", ("what was sent", "by", "code", "pointer", "what the sender is told"), rows)
    say("Nothing refused is stored or logged: the record is partner, time, code and pointer. An envelope's other objects go in.")


def _signed_image(author: Party) -> dict[str, Any]:
    return author.sign(demo_objects.with_embedded_image(author.author))


def _by(author: Party) -> dict[str, Any]:
    return demo_objects.indicator(author.author, "An indicator", "attempt.example.org")


def _refusal(sender: Party, value: dict[str, Any], expected: str) -> tuple[str, str, str]:
    result = sender.send([value])["results"][0]
    if result.get("code") != expected:
        raise CommandFault(f"Expected {expected}, and got {result.get('code', result['status'])}.", code="demo")
    return expected, result["refusal_pointer"].replace(SIGNATURE, f"{SIGNATURE[:26]}…"), result["detail"]


def tell_proofs(world: World, shared: Shared) -> None:
    """Let platform-b verify offline what it pulled, and the hotline its receipt."""
    heading("4. What a reader can prove, without asking the exchange")
    from breakwater_client.verifying import verify_objects
    from breakwater_client.verifying.known_keys import ExchangeKey, known_exchange_key, read_known_keys
    from breakwater_client.verifying.verdicts import FailedSignature, VerifiedSignature
    from breakwater_client.verifying.verify_receipts import verify_receipt

    reader, publisher = world.parties["platform-b"], world.parties["hotline-a"]
    account = reader.pull()[shared.ids["account"]]
    keys = {"keys": [reader.api.get(f"/keys/{publisher.record['keyid']}")]}
    signers = read_known_keys(json.dumps(keys).encode())
    [verdict] = verify_objects.verify_document(json.dumps(account).encode(), signers)
    [altered] = verify_objects.verify_document(json.dumps({**account, "user_id": "acct-555-0199"}).encode(), signers)
    with open(world.exchange_record["public_key"], "rb") as file:  # noqa: PTH123  # a path as text, out of JSON
        exchange_key = known_exchange_key(file.read())
    receipt = verify_receipt(json.dumps(shared.account_answer["receipt"]).encode(), [ExchangeKey(exchange_key)])
    if isinstance(verdict, FailedSignature) or isinstance(altered, VerifiedSignature):
        raise CommandFault("The offline verification did not tell the true object from the altered one.", code="demo")
    steps = ((step.number, step.checked, step.not_checked) for step in verify_objects.OBJECT_STEPS)
    table("", ("step", "checked", "not checked"), steps)
    say(f"platform-b verified the account as signed by {verdict.signer} (hotline-a): level {verdict.level}.")
    say(f"With one character changed it fails at step {altered.step}: {altered.refusal.sentence} [{altered.refusal.code}]")
    index = receipt.digests.get(verdict.payload_digest or "", None)
    say(f"hotline-a's receipt verifies with the exchange's public key, and names exactly this content, at log index {index}.")
    _tell_log(world, shared, verdict.payload_digest or "")


def _tell_log(world: World, shared: Shared, digest: str) -> None:
    """Have a checkpoint made, and let hotline-a verify that the log holds its account."""
    from breakwater_client.verifying.directory_keys import accepted_before, exchange_keys_of
    from breakwater_client.verifying.verify_checkpoints import LogKeys
    from breakwater_client.verifying.verify_log import verify_submission_proof

    hotline = world.parties["hotline-a"]
    directory = accepted_before(json.dumps(hotline.api.get("/key-directory")).encode())
    statements = exchange_keys_of(directory, KeyUsage.STATEMENT_SIGNING)
    log = LogKeys(exchange_keys_of(directory, KeyUsage.CHECKPOINT_SIGNING), directory.exchange)
    world.operator.post("/log/checkpoints", {})
    proof = hotline.api.get(f"/submissions/{shared.account_answer['id']}/proof")
    shown = verify_submission_proof(json.dumps(proof).encode(), statements, log)
    found = next((one for one in shown.proofs if one.digest == digest), None)
    if found is None:
        raise CommandFault("The log does not prove the account.", code="demo")
    size = found.checkpoint.head.size
    say(f"The exchange signed a checkpoint of {size} leaves of its log. The account's digest is at index {found.index}, and its")
    say("proof leads to the root: level logged. Who keeps the checkpoint shows later that nothing has gone")
    say("(docs/trust.md).")


def tell_ledger(world: World, shared: Shared) -> None:
    """Show the publisher who was given its account."""
    heading("5. Who was told")
    hotline = world.parties["hotline-a"]
    rows = own_disclosures(hotline.api, shared.ids["account"])
    columns = ("when", "to", "purpose", "under agreement", "by")
    first = {row["recipient_name"]: row for row in reversed(rows)}
    table(
        "The first answer to each recipient with hotline-a's account, from the ledger:",
        columns,
        (
            (row["disclosed_at"], row["recipient_name"], row["purpose"], f"version {row['agreement_version']}", row["channel"])
            for row in sorted(first.values(), key=lambda row: row["disclosed_at"])
        ),
    )
    say("Each row was committed before the first byte of that answer left. Nobody else was given it.")
    if set(first) != {"agency-a", "agency-b", "platform-b"}:
        raise CommandFault("The ledger names others than were meant to read the account.", code="demo")


def tell_narrowing(world: World, shared: Shared) -> None:
    """Narrow platform-b's agreement, see it act at once, and widen it again."""
    heading("7. An agreement is narrowed, and that acts at once")
    reader = world.parties["platform-b"]
    account = shared.ids["account"]
    before = reader.look_up(account)
    agreement = world.operator.get("/agreements", partner_id=reader.record["id"])["agreements"][-1]
    narrower = _terms(agreement, ["aggregate", "behavioural"])
    narrowed = world.operator.post("/agreements", narrower)["version"]
    after, unknown = reader.look_up(account), reader.look_up(_UNKNOWN_ID)
    if isinstance(before, CommandFault) or not isinstance(after, CommandFault) or not isinstance(unknown, CommandFault):
        raise CommandFault("Narrowing did not act at once.", code="demo")
    if after.sentence != unknown.sentence or after.details["status"] != unknown.details["status"]:
        raise CommandFault("The refusal shows that something is hidden.", code="demo")
    say(f"One operator: version {narrowed} of its agreement lets platform-b read no identifying data. Its next request: 404,")
    say(f'as for an id that nobody has: "{unknown.sentence}"')
    hidden = world.why_hidden(account, reader)
    say(f"The operator knows why: {getattr(hidden, 'voice', '')}: {getattr(hidden, 'clause', '')}.")
    widened = _widened(world, _terms(agreement, agreement["read"]["sensitivities"]))
    wait_until(lambda: account in reader.pull(), "the back-fill after widening")
    say(f"With a second operator, version {widened} restores it; what it had missed comes again by new entries in its feed.")


def _widened(world: World, wider: Mapping[str, Any]) -> int:
    """Widen an agreement: one operator alone is refused, two do it."""
    try:
        world.operator.post("/agreements", wider)
    except CommandFault as fault:
        if fault.details.get("code") != "approval-needed":
            raise
        say("To widen it, one operator is not enough; it is told:")
        say(f'"{fault.sentence}"')
    else:
        raise CommandFault("One operator widened an agreement.", code="demo")
    proposed = world.operator.post("/agreements/proposals", {**wider, "reason": "As it was before."})
    decision = {"digest": proposed["digest"], "reason": "Agreed."}
    world.second.post(f"/approvals/{proposed['id']}/approval", decision)
    return int(proposed["document"]["agreement"]["version"])


def _terms(agreement: Mapping[str, Any], sensitivities: list[str]) -> dict[str, Any]:
    terms = {name: agreement[name] for name in ("partner_id", "write", "default_handling")}
    return {**terms, "read": {**agreement["read"], "sensitivities": sensitivities}}
