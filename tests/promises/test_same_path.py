"""What is hidden and what is not there are answered by the same lines of code and the same statements, in the same order.

So no time tells them apart but by what the database finds under an id; ``make timing`` measures that over HTTP. A trace of each
request is kept: every line of ``app`` that ran, and every statement, with its values taken out.
"""

from __future__ import annotations

import re
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import event

from app.egress.addresses import Egress
from tests.factories.exchanges import Answer, FakePartner, RunningExchange
from tests.factories.furnished import furnished, hotline, platform, running
from tests.factories.https_servers import resolving
from tests.factories.stix_objects import indicator, marking, user_account
from tests.factories.taxii import ROOT, TAXII, make_group, of
from tests.factories.webhooks import let_call

__all__ = ["furnished", "hotline", "platform", "running"]

REPOSITORY = str(Path(__file__).parents[2]) + "/"
OURS = (f"{REPOSITORY}app/", f"{REPOSITORY}sdk/")
MOMENT = "2026-01-05T10:00:00Z"
_VALUES = re.compile(r"[xX]?'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_NO_BODY: dict[str, Any] = {}


@dataclass
class Ran:
    """What one request ran: lines of our code, and statements."""

    lines: list[tuple[str, int]] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)


@contextmanager
def watched(running: RunningExchange) -> Iterator[Ran]:
    """Keep what runs in this thread until the end of the block."""
    ran = Ran()

    def keep(connection: Any, *_: Any) -> None:
        connection.set_trace_callback(lambda text: ran.statements.append(_VALUES.sub("?", text)))

    def step(frame: FrameType, what: str, _argument: object) -> Callable[..., Any] | None:
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if what == "line":
            ran.lines.append((frame.f_code.co_filename.removeprefix(REPOSITORY), frame.f_lineno))
        return step

    engine, before = running.exchange.database.engine, sys.gettrace()
    event.listen(engine, "checkout", keep)
    sys.settrace(step)
    try:
        yield ran
    finally:
        sys.settrace(before)
        event.remove(engine, "checkout", keep)


Ask = Callable[[FakePartner, str], Answer]
PURPOSE = {"Breakwater-Purpose": "detection"}


def _get(path: str, **query: str) -> Ask:
    return lambda who, one: who.get(
        path.format(one), headers=PURPOSE, query={name: value.format(one) for name, value in query.items()}
    )


def _send(method: str, path: str, document: Any = None) -> Ask:
    return lambda who, one: who.send(method, path.format(one), document=document, headers=PURPOSE)


def _taxii(rest: str, method: str = "GET", collection: str = "exchange", **query: str) -> Ask:
    def ask(who: FakePartner, one: str) -> Answer:
        stated = {name.replace("match_", "match[") + "]": value.format(one) for name, value in query.items()}
        return who.send(method, of(collection.format(one), rest.format(one)), query=stated, headers=PURPOSE | {"Accept": TAXII})

    return ask


OBJECTS: dict[str, Ask] = {
    "GET object": _get("objects/{}"),
    "GET versions": _get("objects/{}/versions"),
    "GET version": _get(f"objects/{{}}/versions/{MOMENT}"),
    "GET receipt": _get("objects/{}/receipt"),
    "GET proof of an object": _get(f"objects/{{}}/versions/{MOMENT}/proof"),
    "GET objects by id": _get("objects", id="{}"),
    "GET disclosures of an object": _get("disclosures", object="{}"),
    "POST withdrawal": _send("POST", "objects/{}/withdrawal", _NO_BODY),
    "POST feedback": _send("POST", "objects/{}/feedback", {"kind": "mark", "word": "reviewed"}),
    "GET assertions": _get("objects/{}/assertions"),
    "GET feedback on an object": _get("feedback", object="{}"),
    "TAXII object": _taxii("objects/{}/"),
    "TAXII versions": _taxii("objects/{}/versions/"),
    "TAXII objects by id": _taxii("objects/", match_id="{}"),
    "TAXII manifest by id": _taxii("manifest/", match_id="{}"),
    "TAXII DELETE": _taxii("objects/{}/", "DELETE"),
    "TAXII object of a view": _taxii("objects/{}/", collection="harm-csam"),
}


@pytest.fixture
def hidden(platform: FakePartner, hotline: FakePartner) -> dict[str, tuple[str, str]]:
    """Pairs of an id that the hotline may not see and one of nothing: of an indicator, and of an account."""
    nobody = marking(platform.register_audience(roles=[], jurisdictions=[], partners_in=[], partners_out=[]))
    marked = {"object_marking_refs": [nobody["id"]]}
    values = [indicator(**marked), user_account("hidden", **marked)]
    assert platform.submit(nobody, *values).status == 201
    absent = [indicator()["id"], user_account("absent")["id"]]
    hotline.pull()
    return dict(zip(("indicator", "account"), zip([one["id"] for one in values], absent, strict=True), strict=True))


def compare(running: RunningExchange, who: FakePartner, ask: Ask, pair: tuple[str, str], *, lines: bool = True) -> None:
    """Ask about both, first to warm up, then watched: everything must be alike but the ids, the lines only if asked for."""
    for one in pair:
        ask(who, one)
    ran, answers = [], []
    for one in pair:
        with watched(running) as path:
            answers.append(ask(who, one))
        ran.append(path)
    assert answers[0].status == answers[1].status
    assert ran[0].statements == ran[1].statements
    assert ran[0].lines == ran[1].lines or not lines
    assert ran[0].statements
    assert len(ran[0].lines) > len(ran[0].statements)


@pytest.mark.parametrize("kind", ["indicator", "account"])
@pytest.mark.parametrize("ask", OBJECTS.values(), ids=list(OBJECTS))
def test_a_hidden_object_takes_the_path_of_an_absent_one(
    running: RunningExchange, hotline: FakePartner, hidden: dict[str, tuple[str, str]], ask: Ask, kind: str
) -> None:
    compare(running, hotline, ask, hidden[kind])


def _group(running: RunningExchange, platform: FakePartner) -> str:
    return make_group(running, (platform, "rw"))


def _submission(_running: RunningExchange, platform: FakePartner) -> str:
    submission_id: str = platform.submit(indicator()).json["id"]
    return submission_id


def _recall(_running: RunningExchange, platform: FakePartner) -> str:
    value = indicator()
    platform.submit(value)
    recall_id: str = platform.post(f"objects/{value['id']}/withdrawal", {}).json["recall_id"]
    return recall_id


def _audience(_running: RunningExchange, platform: FakePartner) -> str:
    return platform.audience_id or platform.register_audience()


def _contact(_running: RunningExchange, platform: FakePartner) -> str:
    contact = {"label": "Desk", "email": "desk@example.org", "phone": None, "rank": 1}
    contact_id: str = platform.post("contacts", contact).json["id"]
    return contact_id


def _export(_running: RunningExchange, platform: FakePartner) -> str:
    definition = {"name": f"export {uuid.uuid4()}", "purpose": "detection", "snapshots": "0 3 * * *"}
    definition_id: str = platform.post("exports", definition).json["id"]
    return definition_id


def _webhook(running: RunningExchange, platform: FakePartner) -> str:
    let_call(running, platform, Egress(resolve=resolving("93.184.215.14")))
    webhook_id: str = platform.post("webhooks", {"url": "https://hooks.example.org/"}).json["id"]
    return webhook_id


def _search(_running: RunningExchange, platform: FakePartner) -> str:
    search_id: str = platform.post("searches", {"name": f"search {uuid.uuid4()}", "q": "room"}, headers=PURPOSE).json["id"]
    return search_id


def _credential(_running: RunningExchange, platform: FakePartner) -> str:
    credential_id: str = platform.get("credentials").json["credentials"][0]["id"]
    return credential_id


def _partner(_running: RunningExchange, platform: FakePartner) -> str:
    return platform.partner_id


@dataclass(frozen=True)
class Thing:
    """Something of a partner's: how it comes to be, how its id begins, and how it is asked about."""

    make: Callable[[RunningExchange, FakePartner], str]
    prefix: str
    ask: Ask
    lines: bool = True


# A credential's record, and an export's, are read before it is seen whose they are: their ids are drawn, so that whoever has
# not been told them cannot ask.
THINGS = {
    "GET group": Thing(_group, "", _get("sharing-groups/{}")),
    "PATCH group": Thing(_group, "", _send("PATCH", "sharing-groups/{}", {"description": "x"})),
    "DELETE group": Thing(_group, "", _send("DELETE", "sharing-groups/{}")),
    "GET keys of a group": Thing(_group, "", _get("sharing-groups/{}/token-keys")),
    "POST rotation of a key": Thing(_group, "", _send("POST", "sharing-groups/{}/token-keys/rotation", _NO_BODY)),
    "POST to a group": Thing(_group, "", _taxii("objects/", collection="{}", match_type="indicator")),
    "GET submission": Thing(_submission, "", _get("submissions/{}")),
    "GET proof of a submission": Thing(_submission, "", _get("submissions/{}/proof")),
    "TAXII status": Thing(_submission, "", lambda who, one: who.send("GET", f"{ROOT}/status/{one}/", headers={"Accept": TAXII})),
    "GET recall": Thing(_recall, "", _get("recalls/{}")),
    "GET audience": Thing(_audience, "audience--", _get("audiences/{}")),
    "POST removal of a contact": Thing(_contact, "", _send("POST", "contacts/{}/removal", _NO_BODY)),
    "POST test of a contact": Thing(_contact, "", _send("POST", "contacts/{}/test", _NO_BODY)),
    "GET export": Thing(_export, "", _get("exports/{}"), lines=False),
    "GET runs of an export": Thing(_export, "", _get("exports/{}/runs"), lines=False),
    "GET manifest of an export": Thing(_export, "", _get("exports/{}/manifest"), lines=False),
    "GET file of an export": Thing(_export, "", _get("exports/{}/files/00000001-snapshot-0001.ndjson.zst"), lines=False),
    "PATCH export": Thing(_export, "", _send("PATCH", "exports/{}", {"paused": True}), lines=False),
    "DELETE export": Thing(_export, "", _send("DELETE", "exports/{}"), lines=False),
    "POST run of an export": Thing(_export, "", _send("POST", "exports/{}/runs", _NO_BODY), lines=False),
    "GET webhook": Thing(_webhook, "", _get("webhooks/{}")),
    "POST test of a webhook": Thing(_webhook, "", _send("POST", "webhooks/{}/test", _NO_BODY)),
    "POST removal of a webhook": Thing(_webhook, "", _send("POST", "webhooks/{}/removal", _NO_BODY)),
    "GET new of a search": Thing(_search, "", _get("searches/{}/new")),
    "POST seen of a search": Thing(_search, "", _send("POST", "searches/{}/seen", {"next": "AAAA"})),
    "POST removal of a search": Thing(_search, "", _send("POST", "searches/{}/removal", _NO_BODY)),
    "POST revocation of a credential": Thing(_credential, "", _send("POST", "credentials/{}/revocation", _NO_BODY), lines=False),
    "GET agreements": Thing(_partner, "", _get("agreements", partner_id="{}")),
    "GET relations": Thing(_partner, "", _get("partners/{}/relations")),
}


@pytest.mark.parametrize("thing", THINGS.values(), ids=list(THINGS))
def test_what_is_somebody_elses_takes_the_path_of_what_is_not_there(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, thing: Thing
) -> None:
    pair = (thing.make(running, platform), f"{thing.prefix}{uuid.uuid4()}")
    compare(running, hotline, thing.ask, pair, lines=thing.lines)


def test_what_is_seen_takes_another_path(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, hidden: dict[str, tuple[str, str]]
) -> None:
    seen = indicator()
    platform.submit(seen)
    with pytest.raises(AssertionError):
        compare(running, hotline, OBJECTS["GET object"], (seen["id"], hidden["indicator"][1]))
