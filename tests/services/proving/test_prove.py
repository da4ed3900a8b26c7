from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from app.domain.errors import BreakwaterError, Code, ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.permissions import Permission
from app.domain.vocabulary import Purpose
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.ledger.look_up_disclosures import own_disclosures
from app.services.membership.agreement_versions import subject_of
from app.services.proving.checkpoints import checkpoint_now
from app.services.proving.prove import Against, VersionAsked, entry_proof, submission_proof, version_proofs
from app.services.start_exchange import identity
from app.storage import log
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.checkpoint import log_origin, open_checkpoint
from breakwater_client.trust.log_leaf import LeafKind, leaf_bytes, leaf_hash
from breakwater_client.trust.merkle import TreeHead, verify_inclusion
from tests.factories.members import PARTNER_SCOPES, Hub, Member
from tests.factories.stix_objects import indicator, newer, user_account


def check(hub: Hub, proof: dict[str, Any]) -> tuple[str, str]:
    """Verify a proof as a stranger would, with the checkpoint key alone. Gives what it proves: a kind and a digest."""
    exchange_id = identity(hub.exchange).exchange_id
    assert (proof["type"], proof["exchange"]) == ("log-proof", exchange_id)
    seen = open_checkpoint(proof["checkpoint"], log_origin(exchange_id), hub.exchange.keys.checkpoints.public)
    assert seen.size == proof["tree_size"]
    leaf = leaf_bytes(LeafKind(proof["kind"]), bytes.fromhex(proof["salt"]), bytes.fromhex(proof["digest"]))
    path = [base64.b64decode(one) for one in proof["path"]]
    verify_inclusion(leaf_hash(leaf), proof["log_index"], path, TreeHead(seen.size, seen.root))
    return proof["kind"], proof["digest"]


def of_version(member: Member, value: dict[str, Any], purpose: Purpose | None = Purpose.DETECTION) -> list[dict[str, Any]]:
    return version_proofs(member.hub.exchange, member.principal, VersionAsked(value["id"], value["modified"], purpose))


@pytest.fixture
def author(hub: Hub) -> Member:
    return hub.enrol("Author")


@pytest.fixture
def reader(hub: Hub) -> Member:
    return hub.enrol("Reader")


def test_an_owner_and_a_reader_get_the_proof_of_a_version(hub: Hub, author: Member, reader: Member) -> None:
    value = indicator()
    [stored] = author.store(value)
    checkpoint_now(hub.exchange, hub.operator)
    for member, purpose in ((author, None), (reader, Purpose.DETECTION)):
        [proof] = of_version(member, value, purpose)
        assert check(hub, proof) == ("object-version", stored.payload_digest)
        assert proof["log_index"] == stored.log_index


def against(member: Member, value: dict[str, Any], wanted: Against) -> list[dict[str, Any]]:
    asked = VersionAsked(value["id"], value["modified"], Purpose.DETECTION, against=wanted)
    return version_proofs(member.hub.exchange, member.principal, asked)


def test_a_reader_gets_the_proof_against_the_first_checkpoint_that_covers_it(hub: Hub, author: Member, reader: Member) -> None:
    before = checkpoint_now(hub.exchange, hub.operator).tree_size
    value = indicator()
    [stored] = author.store(value)
    with pytest.raises(ConflictError) as pending:
        against(reader, value, Against(first=True))
    assert pending.value.code is Code.CHECKPOINT_PENDING
    first = checkpoint_now(hub.exchange, hub.operator).tree_size
    hub.enrol("Another author").store(value)
    newest = checkpoint_now(hub.exchange, hub.operator).tree_size
    for member in (author, reader):
        proofs = {one["log_index"]: one for one in against(member, value, Against(first=True))}
        assert check(hub, proofs[stored.log_index]) == ("object-version", stored.payload_digest)
        assert [one["tree_size"] for _, one in sorted(proofs.items())] == [first, newest][: len(proofs)]
    assert {one["tree_size"] for one in against(reader, value, Against())} == {newest}
    [sized] = against(author, value, Against(tree_size=first))
    assert sized == against(author, value, Against(first=True))[0]
    for size, sentence in ((before, "does not cover"), (newest - 1, "No checkpoint of that size"), (10**6, "No checkpoint")):
        with pytest.raises(MalformedInputError, match=sentence):
            against(author, value, Against(tree_size=size))


def test_a_hidden_version_is_absent_whatever_checkpoint_is_asked_for(hub: Hub, author: Member, reader: Member) -> None:
    hidden = indicator(object_marking_refs=[author.mark_for(author)])
    author.store(hidden)
    size = checkpoint_now(hub.exchange, hub.operator).tree_size
    for value in (hidden, indicator()):
        for wanted in (Against(first=True), Against(tree_size=size), Against(tree_size=size + 1)):
            with pytest.raises(NotFoundError):
                against(reader, value, wanted)


def test_a_reader_gets_a_proof_for_each_owner_that_states_the_version(hub: Hub, author: Member, reader: Member) -> None:
    value = indicator()
    results = author.store(value) + hub.enrol("Another author").store(value)
    checkpoint_now(hub.exchange, hub.operator)
    proofs = of_version(reader, value)
    assert {check(hub, one)[1] for one in proofs} == {one.payload_digest for one in results}
    assert len(of_version(author, value)) == 1


def test_a_proof_given_to_a_reader_is_a_disclosure(hub: Hub, author: Member, reader: Member) -> None:
    value = indicator()
    author.store(value)
    checkpoint_now(hub.exchange, hub.operator)
    of_version(author, value)
    assert own_disclosures(hub.exchange, author.principal, None, None, 10).rows == []
    of_version(reader, value)
    assert len(own_disclosures(hub.exchange, author.principal, None, None, 10).rows) == 1


def test_hidden_and_absent_versions_have_no_proof_alike(hub: Hub, author: Member, reader: Member) -> None:
    hidden = indicator(object_marking_refs=[author.mark_for(author)])
    author.store(hidden)
    checkpoint_now(hub.exchange, hub.operator)
    for value in (hidden, indicator(), hidden | {"modified": "nonsense"}, {"id": "nonsense", "modified": ""}):
        with pytest.raises(NotFoundError):
            of_version(reader, value)
    assert of_version(author, hidden)


def test_what_is_withdrawn_is_proved_to_its_owner_alone(hub: Hub, author: Member, reader: Member) -> None:
    value = indicator()
    author.store(value)
    withdraw(hub.exchange, author.principal, WithdrawalRequest(value["id"]))
    checkpoint_now(hub.exchange, hub.operator)
    assert check(hub, of_version(author, value)[0])
    with pytest.raises(NotFoundError):
        of_version(reader, value)


def test_a_version_that_no_checkpoint_covers_yet_is_told_so(hub: Hub, author: Member, reader: Member) -> None:
    value = indicator()
    submission = author.submit(value)
    for ask in (
        lambda: of_version(author, value),
        lambda: of_version(reader, value),
        lambda: submission_proof(hub.exchange, author.principal, submission.submission_id),
    ):
        with pytest.raises(ConflictError) as refusal:
            ask()
        assert refusal.value.code is Code.CHECKPOINT_PENDING


def test_who_may_not_read_gets_proofs_of_its_own_alone(hub: Hub, author: Member, reader: Member) -> None:
    value = indicator()
    author.store(value)
    checkpoint_now(hub.exchange, hub.operator)
    asked = VersionAsked(value["id"], value["modified"], Purpose.DETECTION)
    blind = reader.principal_with(scopes=PARTNER_SCOPES - {Permission.OBJECTS_READ})
    with pytest.raises(ForbiddenError):
        version_proofs(hub.exchange, blind, asked)
    with pytest.raises(ForbiddenError):
        version_proofs(hub.exchange, hub.operator, asked)
    with pytest.raises(ForbiddenError):
        version_proofs(hub.exchange, author.principal_with(scopes=PARTNER_SCOPES - {Permission.LOG_READ}), asked)
    with pytest.raises(BreakwaterError) as refusal:
        of_version(reader, value, None)
    assert refusal.value.code is Code.PURPOSE_MISSING


def test_a_receipt_becomes_proofs_of_all_that_it_says_is_stored(hub: Hub, author: Member) -> None:
    value, account = author.sign(indicator()), author.sign(user_account())
    author.submit(value, sign=False)
    submission = author.submit(value, author.sign(newer(value)), account, indicator(), sign=False)
    checkpoint_now(hub.exchange, hub.operator)
    document = submission_proof(hub.exchange, author.principal, submission.submission_id)
    assert document["type"] == "submission-proof"
    assert (document["submission"], document["receipt"]) == (submission.submission_id, submission.receipt)
    proved = {(one["log_index"], check(hub, one)[1]) for one in document["proofs"]}
    assert proved == {(one.log_index, one.payload_digest) for one in submission.results if one.refusal is None}
    assert len(proved) == 3


def test_a_submission_of_which_nothing_was_stored_has_no_proofs(hub: Hub, author: Member) -> None:
    submission = author.submit(indicator(), sign=False)
    checkpoint_now(hub.exchange, hub.operator)
    assert submission_proof(hub.exchange, author.principal, submission.submission_id)["proofs"] == []


def test_anothers_submission_is_not_there(hub: Hub, author: Member, reader: Member) -> None:
    submission = author.submit(indicator())
    checkpoint_now(hub.exchange, hub.operator)
    for principal in (reader.principal, hub.operator):
        with pytest.raises(NotFoundError):
            submission_proof(hub.exchange, principal, submission.submission_id)


def at(hub: Hub, kind: LeafKind, subject: str) -> int:
    with hub.exchange.database.read() as connection:
        [statement] = log.statements(connection, kind, subject)
    return statement.log_index


def test_agreements_are_proved_to_their_partner_and_to_staff(hub: Hub, author: Member, reader: Member) -> None:
    agreement = author.agree(purposes=frozenset({Purpose.DETECTION}))
    checkpoint_now(hub.exchange, hub.operator)
    index = at(hub, LeafKind.AGREEMENT_VERSION, subject_of(agreement))
    for principal in (author.principal, hub.operator):
        entry = entry_proof(hub.exchange, principal, index)
        assert entry["document"]["terms"]["read"]["purposes"] == ["detection"]
        assert (entry["document"]["partner"], entry["document"]["version"]) == (author.id, agreement.version)
        assert check(hub, entry["proof"]) == ("agreement-version", hashlib.sha256(canonical_bytes(entry["document"])).hexdigest())
    with pytest.raises(NotFoundError):
        entry_proof(hub.exchange, reader.principal, index)


def test_recalls_are_proved_to_who_withdrew(hub: Hub, author: Member, reader: Member) -> None:
    value = indicator()
    first, second = author.store(value, newer(value))
    recall_id = withdraw(hub.exchange, author.principal, WithdrawalRequest(value["id"]))
    checkpoint_now(hub.exchange, hub.operator)
    index = at(hub, LeafKind.RECALL, recall_id)
    entry = entry_proof(hub.exchange, author.principal, index)
    check(hub, entry["proof"])
    assert entry["document"]["log_indexes"] == [first.log_index, second.log_index]
    assert (entry["document"]["recall"], entry["document"]["reason"]) == (recall_id, "withdrawn")
    with pytest.raises(NotFoundError):
        entry_proof(hub.exchange, reader.principal, index)


def test_the_ledgers_root_is_proved_to_staff_alone(hub: Hub, author: Member, reader: Member) -> None:
    author.store(indicator())
    reader.pull()
    index = checkpoint_now(hub.exchange, hub.operator).tree_size - 1
    entry = entry_proof(hub.exchange, hub.operator, index)
    assert check(hub, entry["proof"])[0] == entry["document"]["type"] == "disclosure-root"
    with pytest.raises(NotFoundError):
        entry_proof(hub.exchange, reader.principal, index)


def test_object_versions_and_what_is_not_there_are_no_entries(hub: Hub, author: Member) -> None:
    [stored] = author.store(indicator())
    checkpoint_now(hub.exchange, hub.operator)
    for index in (stored.log_index, 10**15):
        with pytest.raises(NotFoundError):
            entry_proof(hub.exchange, hub.operator, index or 0)


def test_an_entry_that_no_checkpoint_covers_yet_is_told_so(hub: Hub, author: Member) -> None:
    agreement = author.agree()
    index = at(hub, LeafKind.AGREEMENT_VERSION, subject_of(agreement))
    with pytest.raises(ConflictError):
        entry_proof(hub.exchange, author.principal, index)


def test_documents_are_plain_json(hub: Hub, author: Member) -> None:
    submission = author.submit(indicator())
    checkpoint_now(hub.exchange, hub.operator)
    document = submission_proof(hub.exchange, author.principal, submission.submission_id)
    assert json.loads(json.dumps(document)) == document
