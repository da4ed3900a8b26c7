"""What ``schemas/`` publishes as examples is true over HTTP, sent as ``schemas/README.md`` tells a partner to send it."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.domain.errors import Code
from app.domain.vocabulary import Role
from breakwater_client.extensions import HANDLING, SIGNATURE
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import read_signature, verify_object
from tests.factories.exchanges import PARTNER_SCOPES, FakePartner, RunningExchange, agreement_document, issue, running_exchange
from tests.promises.test_signing_document import FACTS

SCHEMAS = Path(__file__).parents[2] / "schemas"
README = (SCHEMAS / "README.md").read_text(encoding="utf-8")
VALID = sorted((*SCHEMAS.glob("extensions/*/examples/valid/*.json"), *SCHEMAS.glob("examples/*.json")))
INVALID = sorted(SCHEMAS.glob("extensions/*/examples/invalid/*.json"))
THE_EXCHANGES = SCHEMAS / "extensions/recall-notice/examples/valid/one-version.json"
NEEDS_AN_AUDIENCE = SCHEMAS / "extensions/handling/examples/valid/marking-definition.json"
SIGNED = SCHEMAS / "extensions/signature/examples/valid/indicator.json"


@pytest.fixture(scope="module")
def running(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningExchange]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("exchange") / "breakwater.db")
    with running_exchange(f"sqlite:///{path}") as running:
        yield running


@pytest.fixture(scope="module")
def partner(running: RunningExchange) -> FakePartner:
    return running.enrol("Platform A")


def read(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def outcome(partner: FakePartner, value: dict[str, Any]) -> tuple[str, str | None, str]:
    """Submit an object as it is, and give its status, code and the pointer within it."""
    answer = partner.submit_signed([value])
    assert answer.status == 201, answer.body
    [result] = answer.json["results"]
    assert result["pointer"] == "/objects/0"
    return result["status"], result.get("code"), result.get("refusal_pointer", "").removeprefix("/objects/0")


def known_key() -> PrivateKey:
    """Give the key of the signing document, which everybody has."""
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(FACTS["seed"]))
    return PrivateKey.from_pem(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@pytest.mark.parametrize(
    "path",
    [path for path in VALID if path not in {SIGNED, THE_EXCHANGES}],
    ids=lambda path: f"{path.parents[2].name}-{path.stem}",
)
def test_a_valid_example_is_stored_once_its_sender_has_signed_it(partner: FakePartner, path: Path) -> None:
    value = read(path)
    if path == NEEDS_AN_AUDIENCE:
        assert outcome(partner, partner.sign(value))[:2] == ("refused", Code.AUDIENCE_NOT_FOUND)
        value["extensions"][HANDLING]["audience_id"] = partner.audience_id
    assert outcome(partner, partner.sign(value)) == ("stored", None, "")


@pytest.mark.parametrize("path", INVALID, ids=lambda path: f"{path.parents[2].name}-{path.stem}")
def test_an_invalid_example_is_refused_with_its_code_at_its_place(partner: FakePartner, path: Path) -> None:
    example = read(path)
    value = partner.sign(example["object"]) if example["sign"] else example["object"]
    for sent in (value, json.loads(json.dumps(value, sort_keys=True))):  # some programs sort members
        assert outcome(partner, sent) == ("refused", example["code"], example["pointer"])


def test_a_recall_is_the_exchanges_alone_to_state(partner: FakePartner) -> None:
    assert outcome(partner, partner.sign(read(THE_EXCHANGES))) == ("refused", Code.TERMS_EXCEEDED, "/type")


def test_the_signed_example_is_its_signers_alone_to_send(running: RunningExchange, partner: FakePartner) -> None:
    value = read(SIGNED)
    assert outcome(partner, value)[:2] == ("refused", Code.KEY_NOT_ACTIVE)
    [entry] = value["extensions"][SIGNATURE]["signatures"]
    document = {"name": "Signer", "role": Role.PLATFORM, "jurisdiction": "NL", "identity_id": entry["signer"]}
    record = running.operator.post("partners", document).json
    signer = FakePartner(running.transport, None, record["id"], "Signer", entry["signer"], known_key())
    signer.token = issue(running.operator, signer, PARTNER_SCOPES)
    keyid = signer.register_key().json["keyid"]
    assert running.operator.post(f"keys/{keyid}/activation").status == 200
    running.agree(agreement_document(signer.partner_id))
    assert outcome(signer, value) == ("stored", None, "")


def test_the_signed_example_verifies_with_the_key_of_the_signing_document() -> None:
    value = read(SIGNED)
    assert len(verify_object(value, read_signature(value), known_key().public)) == 32
    assert FACTS["keyid"] == value["extensions"][SIGNATURE]["signatures"][0]["keyid"]


def test_no_two_valid_examples_are_one_object() -> None:
    assert [stix_id for stix_id, times in Counter(read(path)["id"] for path in VALID).items() if times > 1] == []


def test_every_invalid_example_says_what_becomes_of_it_and_the_readme_what_to_do_first() -> None:
    assert all(list(read(path)) == ["sign", "code", "pointer", "object"] for path in INVALID)
    assert {path.parents[2].name for path in INVALID if not read(path)["sign"]} == {"signature"}
    unsigned = [read(path) for path in VALID if path != SIGNED] + [read(path)["object"] for path in INVALID if read(path)["sign"]]
    assert [value["id"] for value in unsigned if "created_by_ref" in value] == []
    for said in ("`sign`", str(NEEDS_AN_AUDIENCE.relative_to(SCHEMAS)), str(SIGNED.relative_to(SCHEMAS)), "`key-not-active`"):
        assert said in README
