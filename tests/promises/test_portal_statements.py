"""How many statements a page of the portal takes does not grow with what is stored: each page at 50 objects, and at 500.

Statements are counted and no time is taken: what a page costs on a machine is ``tests/benchmarks/portal.py``'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.policy.scopes import PrincipalKind
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.furnished import furnished, hotline, platform, running
from tests.factories.portal_finders import publish, reads_in_the_portal
from tests.factories.portal_visitors import Visitor
from tests.factories.portal_world import PortalWorld, portal_pages
from tests.factories.stix_objects import indicator

__all__ = ["furnished", "hotline", "platform", "running"]
FEW, MANY = 50, 500
SLACK = 10
"""A search looks through a few stretches more where there is more to look through, whatever that is."""
MOST = 80
SEARCHES = (
    "?show=newest",
    "?q=pattern",
    "?q=absent",
    "?type=indicator",
    "?type=malware",
    "?harm=csam",
    "?q=pattern&type=indicator",
)
FILES = frozenset({"assets.asset"})
Opened = Mapping[tuple[str, str], tuple[Visitor, str]]


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Give the statements that SQLite is sent meanwhile, by whatever way they go to the driver."""
    told: list[str] = []

    def tell(statement: str) -> None:
        if not statement.startswith("--"):  # what a statement does by itself: triggers, and the full text's own tables
            told.append(statement)

    def trace(connection: Any, *_: Any) -> None:
        connection.set_trace_callback(tell)

    def stop(connection: Any, *_: Any) -> None:
        connection.set_trace_callback(None)

    event.listen(engine, "checkout", trace)
    event.listen(engine, "checkin", stop)
    try:
        yield told
    finally:
        event.remove(engine, "checkout", trace)
        event.remove(engine, "checkin", stop)


def _opened(world: PortalWorld, stix_id: str) -> Opened:
    """Give every page with the first who may open it, of the publisher and the exchange, and what readers open at the hotline."""
    found: dict[tuple[str, str], tuple[Visitor, str]] = {}
    for page in portal_pages(world.running):
        if page.is_public or page.endpoint in FILES:
            continue
        for kind in page.kinds()[:1]:
            found[page.endpoint, kind] = (
                world.visitor(kind),
                world.path(page, {"stix_id": stix_id} if _names(page.rule) else {}, kind),
            )
    reader = world.visitor(PrincipalKind.ANALYST, world.hotline)
    for one_id in (stix_id, world.argument("objects.show", "stix_id")):
        reader.get(f"/objects/{one_id}")  # pages of the ledger show somebody from the start
    for path in ("", "/versions", "/proofs", "/print", "/feedback"):
        found[f"an object{path}", "reader"] = (reader, f"/objects/{stix_id}{path}")
    for one, who in {"reader": reader, "publisher": world.visitor(PrincipalKind.ANALYST)}.items():
        found |= {(f"search {asked}", one): (who, f"/search{asked}") for asked in SEARCHES}
        found["home", one] = (who, "/")
    return found


def _names(rule: Any) -> bool:
    return "stix_id" in rule.arguments and rule.endpoint != "answering_asking.offer"


def _statements(world: PortalWorld, opened: Opened) -> dict[tuple[str, str], int]:
    """Count what each page takes the second time that it is opened: the first may evaluate the policy anew."""
    found = {}
    for name, (visitor, path) in opened.items():
        visitor.get(path)
        with counted(world.running.exchange.database.engine) as told:
            answer = visitor.get(path)
        if answer.status == 200:  # pages that ask for something first have their own tests
            found[name] = len(told)
    return found


def test_no_page_takes_more_statements_where_more_is_stored(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    world = PortalWorld(running, reads_in_the_portal(running, platform), reads_in_the_portal(running, hotline))
    value = indicator()
    stix_id = publish(platform, value, *(indicator() for _ in range(FEW - 1)))
    opened = _opened(world, stix_id)
    few = _statements(world, opened)
    for _ in range((MANY - FEW) // 50):
        publish(platform, *(indicator() for _ in range(50)))
    many = _statements(world, opened)
    assert few.keys() == many.keys()
    assert len(many) > len(opened) * 0.9, sorted(opened.keys() - many.keys())
    grown = {name: (few[name], number) for name, number in many.items() if number > few[name] + SLACK}
    assert grown == {}, "more statements where more is stored"
    assert {name: number for name, number in many.items() if number > MOST} == {}


def test_statements_of_every_kind_are_counted(running: RunningExchange, platform: FakePartner) -> None:
    visitor = PortalWorld(running, platform, platform).visitor(PrincipalKind.ANALYST)
    visitor.get("/account")
    with counted(running.exchange.database.engine) as told:
        visitor.get("/account")
    assert any("portal_session" in one for one in told)
    assert any("FROM credential" in one for one in told), "what is prepared counts as well"
