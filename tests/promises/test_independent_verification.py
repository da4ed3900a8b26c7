"""What the exchange signs and logs is verified by somebody else's means: openssl, and a transcription of the specifications.

``tests/factories/second_opinion.py`` holds those means, and imports nothing of ours. A real sandbox answers over HTTP.
"""

from __future__ import annotations

import ast
import itertools
import json
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.vocabulary import KeyAlgorithm, KeyUsage
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.key_rotation import Rotation, sign_rotation
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import sign_object
from tests.factories import second_opinion
from tests.factories.policy_values import NOW
from tests.factories.prepared_sandboxes import PreparedSandboxes
from tests.factories.sandboxes import Caller, Sandbox
from tests.factories.small_logs import SmallLog
from tests.factories.stix_objects import indicator, stix_id

_SCHEMAS = Path(__file__).parents[2] / "schemas" / "extensions" / "signature"
EXTENSION: str = json.loads((_SCHEMAS / "signature.extension-definition.json").read_text())["id"]
RECEIPT = "application/vnd.breakwater.receipt+json"
DIRECTORY = "application/vnd.breakwater.key-directory+json"


@pytest.fixture(scope="module")
def sandbox(sandboxes: PreparedSandboxes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with sandboxes.serving("sqlite", tmp_path_factory.mktemp("independent") / "sandbox", workers=1) as serving:
        yield serving


@pytest.fixture(scope="module")
def directory(sandbox: Sandbox) -> Any:
    """The directory, opened with the keys that it lists for signing it: whether they are the exchange's is for the pin."""
    envelope = sandbox.partner("platform-a").get("/key-directory").json()
    claimed = json.loads(second_opinion.base64.b64decode(envelope["payload"]))
    pems = {one["keyid"]: one["public_key"] for one in claimed["keys"] if one["usage"] == "directory-signing"}
    return second_opinion.opened(envelope, DIRECTORY, pems)


def keys_for(directory: Any, usage: str) -> dict[str, str]:
    return {one["keyid"]: one["public_key"] for one in directory["keys"] if one["usage"] == usage}


# --- the means themselves -----------------------------------------------------------------------------------------------------


def test_the_second_opinion_imports_nothing_of_ours_and_no_library() -> None:
    tree = ast.parse(Path(second_opinion.__file__ or "").read_text())
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_both_spell_canonical_json_alike(value: Any) -> None:
    try:
        expected = canonical_bytes(value)
    except Exception:  # noqa: BLE001  # lone surrogates: neither has a form for them
        return
    assert second_opinion.canonical(value) == expected


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_openssl_verifies_what_we_sign_and_nothing_else(algorithm: KeyAlgorithm) -> None:
    key, other = PrivateKey.generate(algorithm), PrivateKey.generate(algorithm)
    pem, signature = key.public.to_pem().decode(), key.sign(b"message")
    assert second_opinion.keyid_of(pem) == key.public.keyid
    assert second_opinion.is_signed(pem, signature, b"message")
    assert not second_opinion.is_signed(pem, signature, b"another")
    assert not second_opinion.is_signed(other.public.to_pem().decode(), signature, b"message")
    value = sign_object(indicator(), key, signer=stix_id("identity"), signed_at=NOW)
    assert len(second_opinion.object_digest(value, EXTENSION, pem)) == 64
    with pytest.raises(AssertionError):
        second_opinion.object_digest(value | {"confidence": 99}, EXTENSION, pem)


def test_the_transcription_agrees_with_our_tree_for_every_small_log() -> None:
    log = SmallLog().fill(24)
    pem = log.key.public.to_pem().decode()
    leaves = [second_opinion.leaf(kind.value, salt, digest) for kind, salt, digest in log.leaves]
    for size in range(1, 25):
        assert second_opinion.tree_hash(leaves[:size]) == log.tree(size).root()
        tree = log.tree(size)
        for index in range(size):
            assert second_opinion.root_by_path(index, size, leaves[index], tree.inclusion_path(index)) == tree.root()
    for first, second in itertools.combinations(range(1, 25), 2):
        old, new = log.tree(first).root(), log.tree(second).root()
        assert second_opinion.roots_by_path(first, second, log.tree(second).consistency_path(first), old) == (old, new)
    assert second_opinion.checkpoint(log.checkpoint(), pem) == ("breakwater-exchange/" + log.exchange, 24, log.tree().root())
    assert second_opinion.proven(log.proof(7), pem) == log.leaves[7][2].hex()
    assert second_opinion.grown(log.consistency(9), log.checkpoint(9), pem) == 24


def test_a_rotation_is_signed_by_the_old_key() -> None:
    old, new = PrivateKey.generate(), PrivateKey.generate(KeyAlgorithm.P256)
    rotation = Rotation(old.public.keyid, new.public.keyid, KeyUsage.OBJECT_SIGNING, "a partner", NOW)
    pems = {old.public.keyid: old.public.to_pem().decode()}
    document = second_opinion.opened(sign_rotation(rotation, old), "application/vnd.breakwater.key-rotation+json", pems)
    named = second_opinion.keyid_of(new.public.to_pem().decode())
    assert (document["old_keyid"], document["new_keyid"]) == (old.public.keyid, named)


# --- a real exchange ----------------------------------------------------------------------------------------------------------


def test_objects_and_receipts_are_verified_with_the_keys_of_the_directory(sandbox: Sandbox, directory: Any) -> None:
    partner = sandbox.partner("platform-a")
    value = partner.sign(indicator())
    answer = partner.post("/submissions", {"objects": [value]}).json()
    receipt = second_opinion.opened(answer["receipt"], RECEIPT, keys_for(directory, "statement-signing"))
    entry = value["extensions"][EXTENSION]["signatures"][0]
    listed = {one["keyid"]: one for one in directory["keys"]}[entry["keyid"]]
    assert (listed["usage"], listed["owner"], listed["state"]) == ("object-signing", entry["signer"], "active")
    assert receipt["exchange"] == directory["exchange"]
    assert receipt["objects"][0]["payload_digest"] == second_opinion.object_digest(value, EXTENSION, listed["public_key"])


def test_every_key_of_the_directory_has_its_own_name(directory: Any) -> None:
    assert {"directory-signing", "statement-signing", "checkpoint-signing", "object-signing"} <= {
        one["usage"] for one in directory["keys"]
    }
    for one in directory["keys"]:
        assert second_opinion.keyid_of(one["public_key"]) == one["keyid"]


def test_the_log_is_proven_by_the_transcription(sandbox: Sandbox, directory: Any) -> None:
    [pem] = keys_for(directory, "checkpoint-signing").values()
    partner, operator = sandbox.partner("platform-b"), sandbox.operator()
    before = new_checkpoint(operator)
    value = partner.sign(indicator())
    submission = partner.post("/submissions", {"objects": [value]}).json()["id"]
    new_checkpoint(operator)
    proof = partner.get(f"/submissions/{submission}/proof").json()
    key = {one["keyid"]: one["public_key"] for one in directory["keys"]}[partner.key.public.keyid]
    assert [second_opinion.proven(one, pem) for one in proof["proofs"]] == [second_opinion.object_digest(value, EXTENSION, key)]
    first = second_opinion.checkpoint(before, pem)[1]
    growth = partner.get("/log/consistency", params={"first": first}).json()
    size = second_opinion.grown(growth, before, pem)
    assert first < size
    assert_tree(partner, growth["checkpoint"], pem)


def new_checkpoint(operator: Caller) -> str:
    answer = operator.post("/log/checkpoints", {}, headers={"Idempotency-Key": str(uuid.uuid4())})
    assert answer.status_code == 201, answer.text
    note: str = answer.json()["note"]
    return note


def assert_tree(partner: Caller, note: str, pem: str) -> None:
    """Compute the whole tree from its leaves, as the one tile of a small log has them."""
    _, size, root = second_opinion.checkpoint(note, pem)
    assert size < 256
    tile = partner.get(f"/log/tile/0/000.p/{size}").content
    leaves = [tile[at : at + 32] for at in range(0, len(tile), 32)]
    assert len(leaves) == size
    assert second_opinion.tree_hash(leaves) == root
