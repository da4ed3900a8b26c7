"""``key …``: making a key, registering it with proof of possession, and fetching the keys that signatures name.

Owns how a key begins and is looked up; what becomes of it is ``key_life``'s. Private keys are read from files and never sent.

Kept by ``tests/cli/test_keys.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.durable_files import EXISTING_FILE, NEW_FILE, create_private, write_whole
from app.cli.faults import CommandFault, ExitCode, json_option, naming
from app.cli.key_directory import directory
from app.cli.key_life import compromise, recover, retire, rotate
from app.cli.output import say, show, table
from app.domain.vocabulary import KeyAlgorithm, KeyUsage

if TYPE_CHECKING:
    from app.cli.api import Api

_USAGES = [KeyUsage.OBJECT_SIGNING.value, KeyUsage.REQUEST_SIGNING.value, KeyUsage.CHECKPOINT_COSIGNING.value]
_OF_A_KEY = ("keyid", "state")


@click.group()
def key() -> None:
    """Signing keys."""


for _command in (compromise, directory, recover, retire, rotate):
    key.add_command(_command)


@key.command()
@click.option("--out", required=True, type=NEW_FILE, help="Where to write the private key; the public one goes to OUT.pub.")
@click.option(
    "--algorithm", type=click.Choice([*map(str, KeyAlgorithm)]), default="ed25519", show_default=True, help="What kind of key."
)
@json_option
def new(out: Path, algorithm: str) -> None:
    """Make a key pair; the private key gets mode 0600, and nothing is overwritten."""
    from breakwater_client.signing.make_keys import new_key

    made = new_key(KeyAlgorithm(algorithm))
    public = out.with_name(out.name + ".pub")
    create_private(out, made.private_pem)
    write_whole(public, made.public_pem)
    document = {"keyid": made.keyid, "private_key": str(out), "public_key": str(public)}
    show(document, lambda: say(f"{made.keyid}\nprivate key: {out}\npublic key:  {public}"))


@key.command()
@click.option("--key", "key_file", required=True, type=EXISTING_FILE, help="The private key's file.")
@click.option("--usage", type=click.Choice(_USAGES), default=_USAGES[0], show_default=True, help="What it is to sign.")
@connected
@json_option
def register(key_file: Path, usage: str, api: Api) -> None:
    """Register a key: ask for a challenge, prove possession, send the public half. An operator then activates it."""
    with naming(key_file):
        registered = register_key(api, key_file.read_bytes(), KeyUsage(usage))

    def tell() -> None:
        say(f"{registered['keyid']} is {registered['state']}.")
        say("Tell an operator this id by another way than this exchange; the key counts once it is activated.")
        say("If you have or had a key for this use, it signs for the next one: breakwater key rotate.")

    show(registered, tell)


def register_key(api: Api, private_pem: bytes, usage: KeyUsage = KeyUsage.OBJECT_SIGNING) -> dict[str, Any]:
    """Register the public half of a key for the caller's partner, and give its record."""
    from app.cli.api import told_as_faults
    from breakwater_client.signing.make_keys import prove, read_private_key
    from breakwater_client.talking.answers import member

    private = read_private_key(private_pem)
    given = api.post("/keys/challenges")
    with told_as_faults():
        challenge, partner_id = member(given, "challenge", str), member(given, "partner_id", str)
    return _key(api.post("/keys", prove(private, challenge, partner_id) | {"usage": usage.value}))


@key.command("list")
@connected
@json_option
def list_keys(api: Api) -> None:
    """List your organisation's keys; operators see all."""
    document = api.get("/keys")
    records = key_records(document)
    show(document, lambda: _table(records))


@key.command("show")
@click.argument("keyid")
@connected
@json_option
def show_key(keyid: str, api: Api) -> None:
    """Show one key, any partner's, by the id that a signature names."""
    found = key_record(api, keyid)
    show(found, lambda: _table([found]))


@key.command()
@click.argument("files", nargs=-1, type=EXISTING_FILE)
@click.option("--keyid", "keyids", multiple=True, help="Fetch this key, too.")
@click.option("--out", required=True, type=NEW_FILE, help="The file of known keys; keys in it already are fetched again.")
@connected
@json_option
def fetch(files: Sequence[Path], keyids: Sequence[str], out: Path, api: Api) -> None:
    """Fetch the keys that the signatures in FILES name, with whose they are, for `breakwater verify --keys`."""
    contents = {file: file.read_bytes() for file in files}
    empty = [file for file, raw in contents.items() if not raw.strip()]
    wanted = dict.fromkeys([*keyids, *_named_keyids(contents), *_known_keyids(out)])
    if not wanted and len(empty) < max(len(contents), 1):
        raise _no_signature(file for file in contents if file not in empty)
    document = {"keys": [key_record(api, keyid) for keyid in wanted]}
    write_whole(out, json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n")

    def tell() -> None:
        for file in empty:
            say(f"{file}: nothing to do, the file holds no objects.")
        if wanted:
            _table(document["keys"])
        say(f"Written to {out}. Compare the ids with what the partners told you.")

    show(document, tell)


@key.command()
@click.argument("keyid")
@connected
@json_option
def activate(keyid: str, api: Api) -> None:
    """Let a pending key count; operators only, after comparing its id with what the partner told."""
    _change(api, keyid, "activation")


@key.command()
@click.argument("keyid")
@connected
@json_option
def revoke(keyid: str, api: Api) -> None:
    """Let a key count no longer; what it signed before stays valid."""
    _change(api, keyid, "revocation")


def _change(api: Api, keyid: str, what: str) -> None:
    from app.cli.api import segment

    changed = _key(api.post(f"/keys/{segment(keyid)}/{what}"))
    show(changed, lambda: say(f"{changed['keyid']} is {changed['state']}."))


def key_records(answer: object) -> list[dict[str, Any]]:
    """Give the records of keys (unverified) that an answer lists, each with its ``key`` and its ``owner``.

    Raises:
        CommandFault: it is no list of them.
    """
    from app.cli.api import told_as_faults
    from breakwater_client.talking.answers import objects_in

    with told_as_faults():
        return [_record(one) for one in objects_in(answer, "keys")]


def key_record(api: Api, keyid: str) -> dict[str, Any]:
    """Fetch the record of one key, anybody's; raises ``CommandFault`` as ``key_records``, or if the exchange refuses."""
    from app.cli.api import segment, told_as_faults

    found = api.get(f"/keys/{segment(keyid)}")
    with told_as_faults():
        return _record(found)


def _record(record: Any) -> dict[str, Any]:
    """Give a record that names a key and its owner; raises ``ExchangeAwayError`` if it does not."""
    from breakwater_client.talking.answers import member

    _with(member(record, "key", dict), _OF_A_KEY)
    _with(member(record, "owner", dict), ("name", "identity_id"))
    named: dict[str, Any] = record
    return named


def _key(answer: Any) -> dict[str, Any]:
    """Give what an answer says of a key; raises ``CommandFault`` if it names none."""
    from app.cli.api import told_as_faults

    with told_as_faults():
        return _with(answer, _OF_A_KEY)


def _with(answer: Any, names: Iterable[str]) -> dict[str, Any]:
    """Give an answer (unverified) that has these members, which are text; raises ``ExchangeAwayError`` if it has not."""
    from breakwater_client.talking.answers import member

    for name in names:
        member(answer, name, str)
    checked: dict[str, Any] = answer
    return checked


def _named_keyids(contents: Mapping[Path, bytes]) -> Iterator[str]:
    from breakwater_client.verifying.verify_objects import named_keyids

    for file, raw in contents.items():
        with naming(file):
            yield from named_keyids(raw)


def _no_signature(files: Iterable[Path]) -> CommandFault:
    where = ", ".join(map(str, files)) or "here"
    return CommandFault(f"{where}: no signature names a key; give files of signed objects, or --keyid.", ExitCode.USAGE)


def _known_keyids(out: Path) -> list[str]:
    from breakwater_client.verifying.known_keys import read_known_keys

    if not out.exists():
        return []
    with naming(out):
        return [known.key.keyid for known in read_known_keys(out.read_bytes())]


def _table(records: Sequence[dict[str, Any]]) -> None:
    rows = [(one["key"]["keyid"], one["key"]["state"], one["owner"]["name"], one["owner"]["identity_id"]) for one in records]
    table("", ("keyid", "state", "partner", "identity"), rows)
