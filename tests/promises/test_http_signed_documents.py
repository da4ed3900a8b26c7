"""Signed documents under attack over HTTP: changed in every byte and every member, replayed by others and elsewhere, re-signed.

Whatever is refused leaves nothing behind. The corpus (``tests/corpus/signatures.json``) has the forms one by one; here are the
tables that are made by a rule, so that none is forgotten.
"""

from __future__ import annotations

import copy
import json
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.errors import BreakwaterError
from app.domain.vocabulary import KeyAlgorithm
from app.services.membership.register_audience import sign_audience
from app.storage.metadata import metadata
from breakwater_client.extensions import SIGNATURE
from breakwater_client.trust.keys import PrivateKey, public_key_from_spki
from breakwater_client.trust.possession import prove_possession
from breakwater_client.trust.strict_base64 import decode_base64, encode_base64
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.verify_receipts import read_attestations, verify_receipt
from tests.factories import taxii
from tests.factories.exchanges import EVERYBODY, PLAIN_TOOLS, Answer, FakePartner, RunningExchange, running_exchange
from tests.factories.load_objects import plain_indicators
from tests.factories.stix_objects import indicator, newer
from tests.factories.weak_points import FORGED, MIXED_ORDER, NON_CANONICAL, SMALL_ORDER, SMALL_ORDER_NON_CANONICAL

EXTENSION_AT = f"extensions/{SIGNATURE}"
ENTRY_AT = f"{EXTENSION_AT}/signatures/0"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
AUDIENCE_ID = "audience--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
# What a request leaves behind whatever it asks for, or what a challenge is.
NOT_COUNTED = {"alarm", "disclosure", "event", "idempotency_key", "key_challenge", "mail", "submission"}


@dataclass(frozen=True)
class World:
    running: RunningExchange
    author: FakePartner
    other: FakePartner
    tool: FakePartner

    def kept(self) -> dict[str, int]:
        """Give how many rows each table has that something stored would add to."""
        with self.running.exchange.database.read() as connection:
            counts = {
                name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in metadata.tables.items()
                if name not in NOT_COUNTED
            }
        assert {"log_leaf", "object_version", "partner_key", "audience"} <= counts.keys()
        return counts


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("attacked") / "breakwater.db")
    with running_exchange(f"sqlite:///{path}") as running:
        partners = running.enrol("Author"), running.enrol("Other"), running.enrol("Tool", agreement=PLAIN_TOOLS)
        yield World(running, *partners)


@pytest.fixture
def nothing_kept(world: World) -> Iterator[None]:
    """Nothing of what the test sends is stored."""
    before = world.kept()
    yield
    assert world.kept() == before


def refusals(answer: Answer) -> list[tuple[str, str]]:
    """Give each object's code, and where in the object it was refused.

    A sig that stands where none belongs, or has another length, is also what hidden material looks like: that is said first.
    """
    assert answer.status == 201, answer.body
    found = []
    for one in answer.json["results"]:
        assert one["status"] == "refused", one
        found.append((one["code"], one["refusal_pointer"].removeprefix(one["pointer"]).removeprefix("/")))
    return found


def without_screened(found: list[tuple[str, str]], expected: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give what is expected where the screen spoke first."""
    return [want if code == "content-forbidden" else (code, place) for (code, place), want in zip(found, expected, strict=True)]


# --- every byte -------------------------------------------------------------------------------------------------------------


def flipped(content: bytes, seed: int = 1) -> Iterator[bytes]:
    """Give the content with one bit of each byte turned, byte by byte."""
    rng = random.Random(seed)
    for place, byte in enumerate(content):
        yield content[:place] + bytes([byte ^ 1 << rng.randrange(8)]) + content[place + 1 :]


def readable(contents: Iterator[bytes]) -> tuple[list[Any], list[bytes]]:
    """Part what is still JSON from what is not."""
    values, broken = [], []
    for content in contents:
        try:
            values.append(json.loads(content))
        except ValueError:
            broken.append(content)
    return values, broken


@pytest.mark.usefixtures("nothing_kept")
def test_an_object_with_any_byte_changed_is_refused(world: World) -> None:
    content = json.dumps(world.author.sign(indicator()), separators=(",", ":")).encode()
    values, broken = readable(flipped(content))
    assert len(values) > len(content) // 2
    assert broken
    assert {code for code, _ in refusals(world.author.submit_signed(values))} <= {
        *("signature-invalid", "signature-missing", "key-not-active", "signer-mismatch", "content-forbidden"),
    }
    for one in broken:
        answer = world.author.send("POST", "submissions", body=b'{"objects":[' + one + b"]}")
        assert answer.status in {400, 422}


@pytest.mark.usefixtures("nothing_kept")
def test_an_audience_with_any_byte_changed_is_refused(world: World) -> None:
    envelope = sign_audience({"audience_id": AUDIENCE_ID} | EVERYBODY, world.author.key)
    for one in flipped(json.dumps(envelope, separators=(",", ":")).encode()):
        answer = world.author.send("POST", "audiences", body=one)
        assert answer.status in {400, 422}


def exchange_key(world: World) -> Any:
    return world.running.exchange.keys.statements.public


def test_a_receipt_with_any_byte_changed_is_none(world: World) -> None:
    receipt = json.dumps(world.author.submit(indicator()).json["receipt"], separators=(",", ":")).encode()
    assert verify_receipt(receipt, [ExchangeKey(exchange_key(world))])
    for one in flipped(receipt):
        with pytest.raises(BreakwaterError):
            verify_receipt(one, [ExchangeKey(exchange_key(world))])


def test_an_attestation_with_any_byte_changed_is_none(world: World) -> None:
    value = next(plain_indicators(1))
    assert [one["status"] for one in world.tool.submit_signed([value]).json["results"]] == ["stored"]
    [envelope] = world.tool.object(value["id"]).json["attestations"]
    line = json.dumps(envelope, separators=(",", ":")).encode()
    assert len(read_attestations(line, [ExchangeKey(exchange_key(world))])) == 1
    for one in flipped(line):
        with suppress(BreakwaterError):
            assert read_attestations(one, [ExchangeKey(exchange_key(world))]) == {}


# --- every member of the signature entry ------------------------------------------------------------------------------------

OTHER_TYPES: dict[str, Callable[[Any], Any]] = {
    "null": lambda _: None,
    "true": lambda _: True,
    "a number": lambda _: 7,
    "a fraction": lambda _: 1.5,
    "an empty text": lambda _: "",
    "a list of it": lambda one: [one],
    "an object of it": lambda one: {"value": one},
    "an empty list": lambda _: [],
    "an empty object": lambda _: {},
    "with a blank behind": lambda one: f"{one} ",
    "with a line's end": lambda one: f"{one}\n",
    "with NUL spelled": lambda one: f"{one}\\u0000",
    "in the other case": lambda one: one.swapcase() if isinstance(one, str) else "X",
    "cut": lambda one: one[:-1] if isinstance(one, str) else one,
    "doubled": lambda one: one * 2 if isinstance(one, str) else one,
}
MEMBERS = ("keyid", "signer", "signed_at", "sig")
FURTHER_MEMBERS = ("alg", "crv", "jwk", "x5u", "payloadType", "", "__proto__")


def with_entry(value: dict[str, Any], change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    changed = copy.deepcopy(value)
    change(changed["extensions"][SIGNATURE]["signatures"][0])
    return changed


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("name", MEMBERS)
def test_a_member_of_the_entry_of_another_type_or_form_is_refused_at_its_place(world: World, name: str) -> None:
    value = world.author.sign(indicator())
    sent = [
        with_entry(value, lambda entry, change=change: entry.update({name: change(entry[name])}))  # type: ignore[misc]  # bound now
        for change in OTHER_TYPES.values()
    ]
    expected = [("signature-invalid", f"{ENTRY_AT}/{name}")] * len(sent)
    found = refusals(world.author.submit_signed(sent))
    assert name == "sig" or "content-forbidden" not in {code for code, _ in found}
    assert without_screened(found, expected) == expected


@pytest.mark.usefixtures("nothing_kept")
def test_an_entry_with_a_member_less_or_more_or_renamed_is_refused(world: World) -> None:
    value = world.author.sign(indicator())
    changes: list[Callable[[dict[str, Any]], object]] = [
        *(lambda entry, name=name: entry.pop(name) for name in MEMBERS),  # type: ignore[misc]  # bound now
        *(lambda entry, name=name: entry.update({name.upper(): entry.pop(name)}) for name in MEMBERS),  # type: ignore[misc]  # the same
        *(lambda entry, name=name: entry.update({name: "x"}) for name in FURTHER_MEMBERS),  # type: ignore[misc]  # the same
    ]
    sent = [with_entry(value, change) for change in changes]
    expected = [("signature-invalid", ENTRY_AT)] * len(sent)
    assert without_screened(refusals(world.author.submit_signed(sent)), expected) == expected


@pytest.mark.usefixtures("nothing_kept")
def test_another_good_value_of_a_member_is_refused_for_what_it_breaks(world: World) -> None:
    value, second = world.author.sign(indicator()), world.author.sign(indicator())
    foreign = second["extensions"][SIGNATURE]["signatures"][0]
    sent = [
        with_entry(value, lambda entry: entry.update(keyid=world.other.key.public.keyid)),
        with_entry(value, lambda entry: entry.update(signer=world.other.identity_id)),
        with_entry(value, lambda entry: entry.update(signed_at="2026-01-05T10:00:00.000Z")),
        with_entry(value, lambda entry: entry.update(sig=foreign["sig"])),
        with_entry(value, lambda entry: entry.update(foreign)),
    ]
    assert refusals(world.author.submit_signed(sent)) == [
        ("key-not-active", ""),
        ("signer-mismatch", ""),
        *[("signature-invalid", f"{ENTRY_AT}/sig")] * 3,
    ]


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("name", [*MEMBERS, "signatures", SIGNATURE, "extensions", "objects", "name"])
@pytest.mark.parametrize("first", [True, False], ids=["ours first", "ours last"])
def test_a_member_that_is_there_twice_refuses_the_whole_body(world: World, name: str, first: bool) -> None:  # noqa: FBT001  # a table's column
    text = json.dumps({"objects": [world.author.sign(indicator())]}, separators=(",", ":"))
    assert text.count(f'"{name}":') == 1
    before, after = text.split(f'"{name}":')
    _, end = json.JSONDecoder().raw_decode(after)
    ours, foreign = f'"{name}":{after[:end]}', f'"{name}":null'
    twice = ",".join([ours, foreign] if first else [foreign, ours])
    answer = world.author.send("POST", "submissions", body=(before + twice + after[end:]).encode())
    assert (answer.status, answer.code) == (400, "json-duplicate-key")


# --- replay -----------------------------------------------------------------------------------------------------------------


def test_what_one_partner_signed_is_not_taken_from_another(world: World) -> None:
    value = world.author.sign(indicator())
    assert world.author.submit_signed([value]).json["results"][0]["status"] == "stored"
    before, later = world.kept(), world.author.sign(newer(value))
    for again in (value, later):  # stored already, and never sent by its author
        assert refusals(world.other.submit_signed([again])) == [("key-not-active", "")]
        status = taxii.post(world.other, "exchange", [again]).json
        assert (status["success_count"], status["failure_count"]) == (0, 1)
    assert world.kept() == before
    assert world.author.submit_signed([later]).json["results"][0]["status"] == "stored"


def test_what_is_sent_again_by_its_author_is_the_same_thing(world: World) -> None:
    value = world.author.sign(indicator())
    first = world.author.submit_signed([value]).json["results"][0]
    before = world.kept()
    again = world.author.submit_signed([value]).json["results"][0]
    assert (first["status"], again["status"], first["log_index"]) == ("stored", "already-stored", again["log_index"])
    assert world.kept() == before


@pytest.mark.usefixtures("nothing_kept")
def test_a_proof_of_possession_is_good_for_one_partner(world: World) -> None:
    key = PrivateKey.generate()
    challenges = {one.partner_id: one.post("keys/challenges").json["challenge"] for one in (world.author, world.other)}
    theirs = challenges[world.author.partner_id]
    for challenge, proven_for in (
        (theirs, world.author),
        (theirs, world.other),
        (challenges[world.other.partner_id], world.author),
    ):
        proof = prove_possession(key, challenge, proven_for.partner_id)
        document = {"public_key": key.public.to_pem().decode(), "challenge": challenge, "proof": proof}
        answer = world.other.post("keys", document)
        assert (answer.status, answer.code) == (422, "key-possession-unproven")


def test_a_document_of_one_endpoint_is_refused_at_every_other(world: World) -> None:
    """Refused as a document, and not by chance: each is taken where it belongs."""
    author = world.author
    key, challenge = PrivateKey.generate(), author.post("keys/challenges").json["challenge"]
    proof = prove_possession(key, challenge, author.partner_id)
    value = author.sign(indicator())
    audience = sign_audience({"audience_id": "audience--1b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"} | EVERYBODY, author.key)
    documents = {
        "submissions": {"objects": [value]},
        "audiences": audience,
        "keys": {"public_key": key.public.to_pem().decode(), "challenge": challenge, "proof": proof},
    }
    strays = documents | {"a receipt": author.submit(indicator()).json["receipt"], "an object": value}
    before = world.kept()
    for name, document in strays.items():
        for path in documents.keys() - {name}:
            assert author.post(path, document).status in {400, 422}, (name, path)
        if name != "submissions":
            assert author.post(taxii.of("exchange"), document, media_type=taxii.TAXII).status in {400, 422}, name
    assert world.kept() == before
    assert [author.post(path, document).status for path, document in documents.items()] == [201, 201, 201]


# --- keys that must not be, and signatures that have a twin -----------------------------------------------------------------

WEAK = [*SMALL_ORDER, *SMALL_ORDER_NON_CANONICAL, *NON_CANONICAL, *MIXED_ORDER]


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("point", sorted(set(WEAK)))
def test_a_weak_point_is_not_registered_whatever_proof_it_comes_with(world: World, point: str) -> None:
    public = public_key_from_spki(bytes.fromhex("302a300506032b6570032100") + bytes.fromhex(point))
    for proof in (encode_base64(FORGED), encode_base64(bytes(64)), prove_possession(world.author.key, "c", "p")):
        challenge = world.author.post("keys/challenges").json["challenge"]
        document = {"public_key": public.to_pem().decode(), "challenge": challenge, "proof": proof}
        answer = world.author.post("keys", document)
        assert (answer.status, answer.code) == (422, "key-not-accepted")


@pytest.fixture(scope="module")
def laboratory(world: World) -> FakePartner:
    """A partner whose key is of P-256."""
    partner = world.running.enrol("Laboratory", has_key=False)
    partner.key = PrivateKey.generate(KeyAlgorithm.P256)
    keyid = partner.register_key().json["keyid"]
    assert world.running.operator.post(f"keys/{keyid}/activation").status == 200
    return partner


def twin(value: dict[str, Any]) -> dict[str, Any]:
    """Give the object with the other signature, (r, n-s), that anybody can make of one of P-256."""

    def change(entry: dict[str, Any]) -> None:
        sig = decode_base64(entry["sig"]) or b""
        entry["sig"] = encode_base64(sig[:32] + (P256_ORDER - int.from_bytes(sig[32:])).to_bytes(32))

    return with_entry(value, change)


def test_a_signature_and_its_twin_are_one_thing_in_store_log_receipts_and_feed(world: World, laboratory: FakePartner) -> None:
    value = laboratory.sign(indicator())
    [first] = laboratory.submit_signed([value]).json["results"]
    before, receipt = world.kept(), laboratory.read(f"/{value['id']}/receipt").json
    orders = ([twin(value)], [twin(value), value], [value, twin(value), twin(twin(value))])
    for results in (laboratory.submit_signed(values).json["results"] for values in orders):
        assert {one["status"] for one in results} == {"already-stored"}
        assert {(one["payload_digest"], one["log_index"]) for one in results} == {(first["payload_digest"], first["log_index"])}
    assert world.kept() == before
    assert laboratory.read(f"/{value['id']}/receipt").json == receipt
    assert laboratory.object(value["id"]).json["objects"] == [value]
    assert [one for one in laboratory.pull_all() if one["id"] == value["id"]] == [value]


def test_twins_in_one_envelope_are_stored_once(world: World, laboratory: FakePartner) -> None:
    value = laboratory.sign(indicator())
    results = laboratory.submit_signed([twin(value), value]).json["results"]
    assert [one["status"] for one in results] == ["stored", "already-stored"]
    assert len({one["log_index"] for one in results}) == 1
    assert laboratory.object(value["id"]).json["objects"] == [twin(value)]
    assert world.kept()["object_head"] > 0
