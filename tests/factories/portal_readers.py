"""Partners whose agreement lets them read at the portal, and what comes in for them to answer there."""

from __future__ import annotations

from typing import Any

from app.domain.vocabulary import Channel
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
