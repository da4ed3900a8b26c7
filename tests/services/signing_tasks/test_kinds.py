from __future__ import annotations

import pytest

from app.domain.errors import MalformedInputError, UntrustedSignatureError
from app.domain.object_vocabulary import RecallOutcome
from app.domain.signing_task import TaskKind
from app.services.recalling.acknowledgement import Acknowledgement, Answered, acknowledgement_payload
from app.services.signing_tasks.freeze import freeze_acknowledgement, freeze_objects
from app.services.signing_tasks.kinds import KINDS, Signers, check_document
from breakwater_client.documents.well_known import WELL_KNOWN
from tests.factories.members import Hub
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator


def test_every_kind_has_its_entry() -> None:
    assert KINDS.keys() == set(TaskKind)


def test_an_answer_is_its_own_partners(quick_hub: Hub) -> None:
    member, other = quick_hub.enrol("Synthetic platform"), quick_hub.enrol("Synthetic hotline")
    said = Acknowledgement("notice", member.id, NOW, [Answered("indicator--1", "1", RecallOutcome.DELETED)])
    document = freeze_acknowledgement(acknowledgement_payload(said))
    check_document(TaskKind.RECALL_ACKNOWLEDGEMENT, document, member.partner)
    with pytest.raises(MalformedInputError):
        check_document(TaskKind.RECALL_ACKNOWLEDGEMENT, document, other.partner)


def test_published_objects_stay_unsigned_and_one_key_signs_the_rest(quick_hub: Hub) -> None:
    member, other = quick_hub.enrol("Synthetic platform"), quick_hub.enrol("Synthetic hotline")
    published = next(iter(WELL_KNOWN.values()))
    document = freeze_objects([published, indicator(), indicator()])
    signers = Signers(member.partner, {one.public.keyid: one.public for one in (member.key, other.key)})
    first, second = (member.sign(value) for value in document["objects"][1:])
    read = KINDS[TaskKind.OBJECTS].read(document | {"objects": [published, first, second]}, signers)
    assert (read.document, read.keyid) == (document, member.key.public.keyid)
    mixed = document | {"objects": [published, first, member.sign(document["objects"][2], other.key)]}
    with pytest.raises(UntrustedSignatureError):
        KINDS[TaskKind.OBJECTS].read(mixed, signers)
