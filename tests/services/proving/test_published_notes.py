"""Checkpoints with their cosignatures, wherever they are given."""

from __future__ import annotations

import pytest

from app.domain.errors import NotFoundError
from app.domain.vocabulary import Purpose
from app.services.proving.prove import VersionAsked, submission_proof, version_proofs
from app.services.proving.serve_log import Cosigners, checkpoint_note, consistency_proof
from breakwater_client.trust.checkpoint import read_checkpoint
from tests.factories.checkpoints import make_checkpoint
from tests.factories.members import Hub
from tests.factories.stix_objects import indicator
from tests.factories.witnesses import HubWitness, cosigned_checkpoint


def test_proofs_carry_the_lines_of_their_checkpoint(hub: Hub) -> None:
    author = hub.enrol("Author")
    value = indicator()
    stored = author.submit(value)
    cosigned_checkpoint(hub, HubWitness(hub.enrol("Witness")))
    exchange, who = hub.exchange, author.principal
    told = checkpoint_note(exchange, who)
    assert "breakwater-witness/" in told
    assert consistency_proof(exchange, who, 0)["checkpoint"] == told
    assert submission_proof(exchange, who, stored.submission_id)["proofs"][0]["checkpoint"] == told
    asked = VersionAsked(value["id"], value["modified"], Purpose.DETECTION)
    assert version_proofs(exchange, who, asked)[0]["checkpoint"] == told


def test_the_newest_that_so_many_cosigned_is_found(hub: Hub) -> None:
    one, two = HubWitness(hub.enrol("First")), HubWitness(hub.enrol("Second"))
    notes = []
    for witnesses in ((one, two), (one,), ()):
        notes.append(cosigned_checkpoint(hub, *witnesses))
        hub.members[0].store(indicator())
    make_checkpoint(hub.exchange)
    who = hub.members[0].principal
    found = [read_checkpoint(checkpoint_note(hub.exchange, who, by=Cosigners(needed))).size for needed in (2, 1)]
    assert found == [read_checkpoint(note).size for note in notes[:2]]
    with pytest.raises(NotFoundError):
        checkpoint_note(hub.exchange, who, by=Cosigners(3))


def test_witnesses_that_cosign_first_keep_nobody_from_what_those_cosigned_whom_they_name(hub: Hub) -> None:
    named = [HubWitness(hub.enrol(f"Named {number}")) for number in range(3)]
    quick = [HubWitness(hub.enrol(f"Quick {number}")) for number in range(2)]
    note = cosigned_checkpoint(hub, *quick, *named)
    hub.members[0].store(indicator())
    later = cosigned_checkpoint(hub, *quick, named[0])
    who, keyids = hub.members[0].principal, frozenset(one.key.public.keyid for one in named)
    assert checkpoint_note(hub.exchange, who, by=Cosigners(2)).startswith(later)
    told = checkpoint_note(hub.exchange, who, by=Cosigners(2, keyids))
    assert told.startswith(note)
    assert {line.split()[1] for line in told.removeprefix(note).splitlines()[:3]} == {one.name for one in named}
    named[2].hand_in(later)
    assert checkpoint_note(hub.exchange, who, by=Cosigners(2, keyids)).startswith(later)
    with pytest.raises(NotFoundError):
        checkpoint_note(hub.exchange, who, by=Cosigners(4, keyids))
