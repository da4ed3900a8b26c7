from __future__ import annotations

import base64
import hashlib
from http import HTTPStatus
from typing import Any

import pytest

from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from breakwater_client.log_tile import tiles_of
from tests.factories.exchanges import Caller, FakePartner, RunningExchange
from tests.factories.stix_objects import indicator


@pytest.fixture
def operator(running: RunningExchange) -> Caller:
    return running.staff(StaffRole.OPERATOR, Permission)


def root_by_hand(leaves: list[bytes]) -> bytes:
    """Give RFC 9162's tree hash, as it is defined there."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + root_by_hand(leaves[:k]) + root_by_hand(leaves[k:])).digest()


def root_by_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Give the root that a path leads to, from the definition of PATH backwards."""
    if size == 1:
        assert path == []
        return leaf
    k = 1
    while 2 * k < size:
        k *= 2
    if index < k:
        return hashlib.sha256(b"\x01" + root_by_path(leaf, index, k, path[:-1]) + path[-1]).digest()
    return hashlib.sha256(b"\x01" + path[-1] + root_by_path(leaf, index - k, size - k, path[:-1])).digest()


def leaf_of(proof: dict[str, Any]) -> bytes:
    salted = hashlib.sha256(bytes.fromhex(proof["salt"]) + bytes.fromhex(proof["digest"])).digest()
    return hashlib.sha256(b"\x00" + proof["kind"].encode() + b"\x00" + salted).digest()


def test_a_partner_proves_its_object_by_hand(platform: FakePartner, operator: Caller) -> None:
    value = indicator()
    made = platform.submit(value).json
    answer = operator.post("log/checkpoints", {})
    assert (answer.status, answer.headers["Location"]) == (201, f"/api/v1/log/checkpoints/{answer.json['tree_size']}")
    note = platform.get("log/checkpoint")
    assert note.headers["Content-Type"] == "text/plain; charset=utf-8"
    origin, size, root, *_ = note.body.decode().split("\n")
    assert origin.startswith("breakwater-exchange/")
    document = platform.get(f"submissions/{made['id']}/proof").json
    [proof] = document["proofs"]
    assert proof["digest"] == made["results"][0]["payload_digest"]
    assert proof["checkpoint"] == note.body.decode()
    path = [base64.b64decode(one) for one in proof["path"]]
    assert root_by_path(leaf_of(proof), proof["log_index"], int(size), path) == base64.b64decode(root)
    path = f"objects/{value['id']}/versions/{value['modified']}/proof"
    assert platform.read(path.removeprefix("objects")).json == {"proofs": [proof]}
    platform.submit(indicator())
    operator.post("log/checkpoints", {})
    for query in ({"covered_by": "first"}, {"tree_size": size}):
        assert platform.get(path, query=query).json == {"proofs": [proof]}
    for query in (
        {"covered_by": "last"},
        {"tree_size": "1"},
        {"tree_size": "999999"},
        {"covered_by": "first", "tree_size": size},
    ):
        refused = platform.get(path, query=query)
        assert (refused.status, refused.code) == (400, "request-invalid")


def test_the_tiles_are_the_tree(platform: FakePartner, operator: Caller) -> None:
    platform.submit(indicator(), indicator(), indicator())
    size = operator.post("log/checkpoints", {}).json["tree_size"]
    [tile] = tiles_of(size)
    answer = platform.get(f"log/tile/{tile.path}")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    leaves = [answer.body[at : at + 32] for at in range(0, len(answer.body), 32)]
    root = platform.get("log/checkpoint").body.decode().split("\n")[2]
    assert root_by_hand(leaves) == base64.b64decode(root)


def test_a_checkpoint_is_made_once_for_one_idempotency_key(platform: FakePartner, operator: Caller) -> None:
    first = operator.post("log/checkpoints", {}, headers={"Idempotency-Key": "one"})
    platform.submit(indicator())
    again = operator.post("log/checkpoints", {}, headers={"Idempotency-Key": "one"})
    other = operator.post("log/checkpoints", {}, headers={"Idempotency-Key": "two"})
    assert first.json == again.json
    assert other.json["tree_size"] > first.json["tree_size"]
    assert platform.get(f"log/checkpoints/{first.json['tree_size']}").body.decode() == first.json["note"]
    assert platform.get("log/checkpoint").body.decode() == other.json["note"]


def test_growth_is_proved_between_checkpoints(platform: FakePartner, operator: Caller) -> None:
    first = operator.post("log/checkpoints", {}).json
    platform.submit(indicator())
    second = operator.post("log/checkpoints", {}).json
    proof = platform.get("log/consistency", query={"first": str(first["tree_size"])}).json
    assert (proof["type"], proof["first"], proof["second"]) == ("log-consistency", first["tree_size"], second["tree_size"])
    assert proof["checkpoint"] == second["note"]
    refused = platform.get("log/consistency", query={"first": str(second["tree_size"]), "second": str(first["tree_size"])})
    assert (refused.status, refused.code) == (400, "request-invalid")
    assert platform.get("log/consistency", query={"first": str(second["tree_size"] + 1)}).status == HTTPStatus.NOT_FOUND


def test_a_checkpoint_is_asked_for_by_the_witnesses_that_are_named(platform: FakePartner, operator: Caller) -> None:
    operator.post("log/checkpoints", {})
    query = [("cosigned_by", "2"), ("witness", "0" * 64), ("witness", "1" * 64)]
    asked = platform.get("log/checkpoint", query=query)
    assert (asked.status, asked.code) == (404, "not-found")
    for odd in (query[1:], [*query, ("cosigned_by", "2")], [*query, ("witness", "x")], [("cosigned_by", "2"), *query[1:2] * 65]):
        refused = platform.get("log/checkpoint", query=odd)
        assert (refused.status, refused.code) == (400, "request-invalid")


def test_what_no_checkpoint_covers_yet_is_a_conflict_that_says_so(platform: FakePartner, operator: Caller) -> None:
    operator.post("log/checkpoints", {})
    value = indicator()
    made = platform.submit(value).json
    for path in (f"submissions/{made['id']}/proof", f"objects/{value['id']}/versions/{value['modified']}/proof"):
        refused = platform.get(path)
        assert (refused.status, refused.code) == (409, "checkpoint-pending")


FAR = ["tile/7/000", *(f"tile/{level}/{'x999/' * 6}999{width}" for level in (0, 7) for width in ("", ".p/255"))]
"""Tiles that can be spelled, and that no log can have."""


@pytest.mark.parametrize(
    "path",
    ["checkpoints/007", "checkpoints/x", "tile/0/0", "tile/0/../0/000", "tile/0/999", "entries/x/proof", *FAR],
)
def test_what_is_not_there_is_not_found(platform: FakePartner, operator: Caller, path: str) -> None:
    operator.post("log/checkpoints", {})
    refused = platform.get(f"log/{path}")
    assert (refused.status, refused.code) == (404, "not-found")


def test_a_document_about_the_caller_comes_with_its_proof(platform: FakePartner, hotline: FakePartner, operator: Caller) -> None:
    size = operator.post("log/checkpoints", {}).json["tree_size"]
    own, theirs = (
        {index for index in range(size) if partner.get(f"log/entries/{index}/proof").status == HTTPStatus.OK}
        for partner in (platform, hotline)
    )
    [for_everybody] = own & theirs
    shown = platform.get(f"log/entries/{for_everybody}/proof").json
    assert shown["document"]["type"] == "catalogue-release"
    own, theirs = own - {for_everybody}, theirs - {for_everybody}
    assert own
    assert theirs
    entry = operator.get(f"log/entries/{min(own)}/proof").json
    assert leaf_of(entry["proof"])
    assert entry["document"]["type"] in {"agreement-version", "key-event"}
