"""Partners that speak TAXII: the same fake partners, asking under ``/taxii2/``.

Owns paths and headers; what an answer must be is for the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.services.authenticate import authenticate
from app.services.membership.keep_groups import NewGroup, NewMember, create_group
from tests.factories.exchanges import Answer, FakePartner, RunningExchange

ROOT = "/taxii2/root"
COLLECTIONS = f"{ROOT}/collections/"
TAXII = "application/taxii+json;version=2.1"


def of(collection: str, rest: str = "objects/") -> str:
    """Give the path of something in a collection."""
    return f"{COLLECTIONS}{collection}/{rest}"


def ask(
    partner: FakePartner,
    path: str,
    query: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    method: str = "GET",
) -> Answer:
    """Ask for the partner's purpose; ``query`` as it is, since names of filters have brackets."""
    stated = {"Breakwater-Purpose": partner.purpose.value} if partner.purpose else {}
    asked: Any = query if isinstance(query, Mapping) else list(query)
    return partner.send(method, path, query=asked, headers=stated | dict(headers or {}))


def post(partner: FakePartner, collection: str, values: Iterable[Mapping[str, Any]], **options: Any) -> Answer:
    """Post objects as they are."""
    return partner.post(of(collection), {"objects": list(values)}, media_type=TAXII, **options)


def post_signed(partner: FakePartner, collection: str, *values: Mapping[str, Any]) -> Answer:
    """Sign objects and post them."""
    return post(partner, collection, [partner.sign(value) for value in values])


def make_group(running: RunningExchange, *members: tuple[FakePartner, str], title: str = "Circle A") -> str:
    """Let the operator make a sharing group with history and give its id; rights are ``r``, ``w`` or ``rw``."""
    operator = authenticate(running.exchange, running.operator.token)
    wanted = tuple(NewMember(one.partner_id, "r" in rights, "w" in rights) for one, rights in members)
    return create_group(running.exchange, operator, NewGroup(title, "", shares_history=True, members=wanted)).group.group_id


def pages(partner: FakePartner, path: str, **query: str) -> list[list[dict[str, Any]]]:
    """Follow ``next`` from the start and give the objects page by page."""
    asked, found = dict(query), []
    while True:
        answer = ask(partner, path, asked)
        assert answer.status == 200, answer.body
        found.append(answer.json.get("objects", []))
        if not answer.json.get("more"):
            return found
        asked["next"] = answer.json["next"]


def ids(answer: Answer) -> list[str]:
    """Give the ids of an envelope's or a manifest's objects."""
    assert answer.status == 200, answer.body
    return [one["id"] for one in answer.json.get("objects", [])]
