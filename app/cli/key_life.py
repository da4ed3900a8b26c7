"""``key rotate``, ``retire``, ``compromise`` and ``recover``: what becomes of a key that counts, or no longer can.

Owns the partner's and the operators' commands; ``keys`` owns how a key begins. Private keys are read from files and never sent.
Kept by ``tests/cli/test_key_life.py``; ``docs/keys.md``.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.approvals import reason_option, show_proposed
from app.cli.connection import connected
from app.cli.durable_files import EXISTING_FILE
from app.cli.faults import CommandFault, json_option, naming
from app.cli.moments import MOMENT
from app.cli.output import say, show
from app.domain.vocabulary import KeyUsage
from breakwater_client.instant import instant_text

if TYPE_CHECKING:
    from app.cli.api import Api
    from breakwater_client.signing.make_keys import PrivateKey, Rotation

NOT_FOUND = 404


@click.command()
@click.option("--key", "old_file", required=True, type=EXISTING_FILE, help="The private key that counts now, and signs.")
@click.option("--new-key", "new_file", required=True, type=EXISTING_FILE, help="The private key that is to take its place.")
@click.option("--not-before", type=MOMENT, help="From when the new key counts; at once if not given.")
@click.option("--retire-at", type=MOMENT, help="Until when the old key counts beside it; it ends at once if not given.")
@connected
@json_option
def rotate(old_file: Path, new_file: Path, not_before: datetime | None, retire_at: datetime | None, api: Api) -> None:
    """Replace a key: the old one signs for the new one, which needs no operator. Run again, it tells what was done."""
    old, new = _private_key(old_file), _private_key(new_file)
    record = _rotated_before(api, old, new) or _rotated(api, old, new, {"not_before": not_before, "retire_at": retire_at})

    def tell() -> None:
        say(f"{record['keyid']} is {record['state']}, in the place of {record['replaces']}.")
        say(f"Sign with {new_file} from {record['not_before'] or 'now'} on. The old key ends {_end(retire_at)}.")

    show(record, tell)


@click.command()
@click.argument("keyid")
@click.option("--at", type=MOMENT, help="When; at once if not given. What was set can be brought forward, and not put off.")
@connected
@json_option
def retire(keyid: str, at: datetime | None, api: Api) -> None:
    """Let a key end in peace, by its partner or an operator. What it signed before stays valid."""
    record = api.post(f"{_path(keyid)}/retirement", {"retire_at": instant_text(at)} if at else {})
    show(record, lambda: say(f"{record['keyid']} is {record['state']}; it ends {record['not_after'] or 'now'}."))


@click.command()
@click.argument("keyid")
@click.option("--since", required=True, type=MOMENT, help="Since when it may be in other hands; if in doubt the earlier moment.")
@connected
@json_option
def compromise(keyid: str, since: datetime, api: Api) -> None:
    """Report a key as stolen, by its partner or an operator: what was logged since is withdrawn and recalled at once."""
    report = api.post(f"{_path(keyid)}/compromise", {"since": instant_text(since)})

    def tell() -> None:
        key = report["key"]
        say(f"{key['keyid']} is {key['state']} since {key['compromised_since']}.")
        for other in report["also"]:
            say(f"With it fell {other['keyid']} (since {other['compromised_since']}), for which it had signed.")
        say(f"{report['withdrawn']} versions withdrawn, in {len(report['recalls'])} recalls: breakwater recalls")
        if report["submission_count"]:
            say(f"{report['submission_count']} submissions came with it; look them through:")
            say("\n".join(report["submissions"]))
        if report["credentials"]:
            say(f"{len(report['credentials'])} credentials were issued with it since, and are revoked:")
            say("\n".join(report["credentials"]))
        if report["audiences"]:
            say(f"{len(report['audiences'])} audiences were signed with it since, and stay; name them in no marking:")
            say("\n".join(report["audiences"]))
        for other in report["successors"]:
            say(f"{other['keyid']} COUNTS ON, since {other['activated_at']}, by this key's word.")
            say("Not yours? Report again, from before that moment on.")
        say("Next: breakwater key new, breakwater key register; then call the operators, who recover it.")

    show(report, tell)


@click.command()
@click.argument("keyid")
@reason_option
@connected
@json_option
def recover(keyid: str, reason: str, api: Api) -> None:
    """Propose that a pending key count whose partner has no key left to sign for it; another operator approves."""
    show_proposed(api.post(f"{_path(keyid)}/recovery", {"reason": reason}), api)


def _rotated(api: Api, old: PrivateKey, new: PrivateKey, times: dict[str, datetime | None]) -> dict[str, Any]:
    from breakwater_client.signing.make_keys import Rotation, prove, sign_for

    usage = KeyUsage(api.get(_path(old.public.keyid))["key"]["usage"])
    challenge = api.post("/keys/challenges")
    partner_id = challenge["partner_id"]
    rotation: Rotation = Rotation(old.public.keyid, new.public.keyid, usage, partner_id, **times)
    asked = prove(new, challenge["challenge"], partner_id) | {"rotation": sign_for(rotation, old)}
    record: dict[str, Any] = api.post(f"{_path(old.public.keyid)}/rotation", asked)
    return record


def _rotated_before(api: Api, old: PrivateKey, new: PrivateKey) -> dict[str, Any] | None:
    """Give the new key if an earlier run was cut off behind the exchange's work; None if there is everything to do."""
    try:
        record: dict[str, Any] = api.get(_path(new.public.keyid))["key"]
    except CommandFault as fault:
        if fault.details.get("status") == NOT_FOUND:
            return None
        raise
    return record if record["replaces"] == old.public.keyid else None


def _private_key(file: Path) -> PrivateKey:
    from breakwater_client.signing.make_keys import read_private_key

    with naming(file):
        return read_private_key(file.read_bytes())


def _path(keyid: str) -> str:
    from app.cli.api import segment

    return f"/keys/{segment(keyid)}"


def _end(retire_at: datetime | None) -> str:
    return f"at {instant_text(retire_at)}" if retire_at else "at once"
