"""Partners whose agreement lets them read at the portal, and what comes in for them to answer there."""

from __future__ import annotations

import json
from typing import Any

from app.crypto.tokens import token_digest
from app.domain.signing_task import TaskKind, TaskState
from app.domain.vocabulary import Channel
from app.services.signing_tasks.carry_out import carry_out
from app.services.signing_tasks.look_up import TaskQuery, list_tasks
from app.storage import credentials
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.exchanges import FakePartner, RunningExchange, agreement_document
from tests.factories.stix_objects import indicator

READING = {"channels": [Channel.PORTAL, Channel.REST, Channel.TAXII]}


def let_read(running: RunningExchange, *partners: FakePartner) -> None:
    """Let partners read at the portal, too."""
    for one in partners:
        running.agree(agreement_document(one.partner_id, one.audience_id, read=READING))


def recall(running: RunningExchange, owner: FakePartner, reader: FakePartner, **asked: Any) -> dict[str, Any]:
    """Share an object, let it be read, take it back, and give the notice about it as its reader has it."""
    value = indicator()
    assert owner.submit(value).status == 201
    assert reader.object(value["id"]).status == 200
    given = {"reason": "error", "act": "delete"} | asked
    assert owner.post(f"objects/{value['id']}/withdrawal", given).status == 201
    running.do_all_work()
    notices = reader.get("notices", query={"open": "true"}).json["notices"]
    found: dict[str, Any] = notices[-1]
    return found


def sign_as_partner(running: RunningExchange, partner: FakePartner, subject: str) -> None:
    """Sign everything that waits about a thing with the partner's key, and hand it in, as its signer does."""
    assert partner.token is not None
    with running.exchange.database.look() as connection:
        principal = credentials.principal_by_digest(connection, token_digest(partner.token))
    assert principal is not None
    waiting = list_tasks(running.exchange, principal, TaskQuery(TaskState.WAITING)).tasks
    tasks = [one.task for one in waiting if one.task.subject == subject]
    assert tasks
    for task in tasks:
        document = json.loads(task.document or "")
        if task.kind is TaskKind.RECALL_ACKNOWLEDGEMENT:
            signed = sign_envelope(PayloadType.RECALL_ACKNOWLEDGEMENT, (task.document or "").encode(), partner.key)
        else:
            signed = document | {"objects": [partner.sign(value) for value in document["objects"]]}
        assert carry_out(running.exchange, principal, task.task_id, signed).state is TaskState.DONE
