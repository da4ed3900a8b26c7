"""The demo's last step: two partners witness the log, and a client asks for what both cosigned.

Owns the telling; the step fails the demo if a log that was written anew is cosigned or believed. Each witness has a folder and a
key of its own and asks the exchange over HTTP alone. Kept by ``tests/cli/test_demo_witnesses.py``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.demo_world import Party, World
from app.cli.durable_files import write_whole
from app.cli.faults import CommandFault
from app.cli.output import heading, say, table
from app.cli.witness_folder import ApiExchange, Witness, keep_about, open_witness, witness_key
from app.cli.witness_rounds import watch_of
from app.domain.vocabulary import KeyUsage

if TYPE_CHECKING:
    from breakwater_client.witnessing.rounds import Round

WITNESSES = ("hotline-a", "agency-a")


def tell_witnesses(world: World, folder: Path) -> None:
    """Let two partners cosign a checkpoint, verify it as cosigned by both, and show one of them a log that was written anew.

    ``folder`` is the demo's own, with the exchange's keys in it.
    """
    heading("9. Who watches the exchange")
    witnesses = [_set_up(world, world.parties[name], folder / "witnesses" / name) for name in WITNESSES]
    world.operator.post("/log/checkpoints", {})
    rounds = [_round(world, name, one) for name, one in zip(WITNESSES, witnesses, strict=True)]
    rows = [(name, one.name, f"{done.size} leaves") for name, one, done in zip(WITNESSES, witnesses, rounds, strict=True)]
    table("", ("witness", "cosigns as", "cosigned"), rows)
    _tell_verified(world, witnesses)
    _tell_forked(folder / "exchange" / "keys" / "checkpoint.pem", witnesses[0])


def _set_up(world: World, party: Party, folder: Path) -> Witness:
    """Set a witness up as ``witness init`` does, and let an operator count its key."""
    from app.cli.keys import register_key
    from breakwater_client.trust.checkpoint import witness_name
    from breakwater_client.verifying.directory_keys import accepted_before

    folder.mkdir(parents=True, exist_ok=True)
    key = witness_key(folder)
    keyid = key.public.keyid
    if keyid not in {one["key"]["keyid"] for one in party.api.get("/keys")["keys"]}:
        register_key(party.api, key.to_pem(), KeyUsage.CHECKPOINT_COSIGNING)
        world.second.post(f"/keys/{keyid}/activation")
    envelope = json.dumps(party.api.get("/key-directory")).encode()
    write_whole(folder / "directory.json", envelope)
    keep_about(folder, witness_name(str(party.record["identity_id"])), accepted_before(envelope).exchange, keyid)
    return open_witness(folder)


def _round(world: World, name: str, witness: Witness) -> Round:
    from breakwater_client.witnessing.rounds import go_round

    done = go_round(witness.shelf, ApiExchange(world.parties[name].api), watch_of(witness), lambda: datetime.now(UTC))
    if done.alarms or done.size is None:
        raise CommandFault(f"{name} did not cosign the log.", code="demo")
    return done


def _tell_verified(world: World, witnesses: Sequence[Witness]) -> None:
    from breakwater_client.talking.following import cosigned_path
    from breakwater_client.verifying.directory_keys import accepted_before
    from breakwater_client.verifying.verify_checkpoints import read_checkpoint_file
    from breakwater_client.witnessing.judge_checkpoint import log_keys_of

    reader = world.parties["platform-b"].api
    directory = accepted_before(json.dumps(reader.get("/key-directory")).encode())
    keys = {one.name: one.key.public for one in witnesses}
    log = replace(log_keys_of(directory), witnesses=keys, needed=len(keys))
    shown = read_checkpoint_file(reader.fetch(cosigned_path(len(keys), keys.values())), log)
    if not shown.is_cosigned:
        raise CommandFault("The exchange does not publish what both cosigned.", code="demo")
    say(f"platform-b asks for a checkpoint that {len(keys)} of {len(keys)} cosigned, with their keys as it has them:")
    say(f"{shown.head.size} leaves, level cosigned. One witness that is bought, or one that is away, does not decide.")


def _tell_forked(key_file: Path, witness: Witness) -> None:
    """Show a witness another history under the exchange's own key, which the signer would not sign: taken from its file."""
    from breakwater_client.signing.make_keys import read_private_key
    from breakwater_client.trust.checkpoint import read_checkpoint, sign_checkpoint
    from breakwater_client.verifying.directory_keys import accepted_before
    from breakwater_client.witnessing.alarms import Alarm
    from breakwater_client.witnessing.judge_checkpoint import Case, judge_checkpoint

    kept, envelope = (witness.shelf.read(name) or b"" for name in ("checkpoint", "directory.json"))
    forged = replace(read_checkpoint(kept.decode()), root=bytes(32))
    now = datetime.now(UTC)
    shown = sign_checkpoint(forged, read_private_key(key_file.read_bytes()), now - timedelta(seconds=1)).encode()
    judged = judge_checkpoint(Case(shown, kept, None, accepted_before(envelope), now, envelope))
    if not isinstance(judged, Alarm):
        raise CommandFault("A witness would cosign a log that was written anew.", code="demo")
    say("Now whoever has the exchange's key rewrites history, which its signer would not sign. What hotline-a's witness says:")
    say(f"  {judged.kind}: {judged.sentence}")
    say("It cosigns nothing more, and keeps both checkpoints: evidence that nobody can talk away (docs/witness.md).")
