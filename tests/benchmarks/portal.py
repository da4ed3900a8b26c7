"""What pages of the portal cost in one process: whole requests, from the cookie to the last byte of HTML.

Each figure is the processor's time of this process, median, beside that of the page of one's own sign-in in the same run: what
every page costs that reads no object. With it stand the time on the clock (on PostgreSQL with what the server does, of which this
process knows no more), the first visit, the statements that SQLAlchemy sees and the HTML that is sent. Readers see everything
or a thousandth; the owner looks at its own objects.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from flask import Flask
from sqlalchemy import event

from app.config.settings import Settings
from app.domain.partner import Person
from app.domain.sign_in import Method
from app.domain.vocabulary import Channel, MemberRole, Purpose, StaffRole
from app.factory import create_app
from app.services.exchange import Exchange
from app.services.searching.keep_words import make_anew
from app.services.signing_in.sessions import find_session, open_session, read_for
from app.storage import members
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.fill import RARE_HARM, Filled, fill, reader_over
from tests.benchmarks.search import common_word

_SECONDS, _MOST = 0.5, 30
_BASELINE = "/account"
Get = Callable[[str], bytes]


@dataclass(frozen=True)
class Cost:
    """What one page costs, in seconds; ``first`` is the first visit, with templates and statements that nobody used before."""

    processor: float
    clock: float
    first: float
    statements: int
    size: int


def figures(database_name: str, url: str, *, objects: int, classes: int) -> Iterator[Figure]:
    """Measure on a fresh database at ``url``."""
    filled = fill(url, objects, classes)
    make_anew(filled.exchange)
    reader_over(filled, Channel.PORTAL)
    name = f"{objects:,} in {classes:,} classes, {database_name}"
    app = create_app(
        Settings.from_environment({"BREAKWATER_HOME": str(Path("var")), "BREAKWATER_LOG_LEVEL": "error"}), filled.exchange
    )
    told = _Statements(filled.exchange)
    everything = _signed_in(filled.exchange, app, filled.readers["all"].partner.partner_id)
    baseline = _cost(told, everything, _BASELINE)
    for who, get, pages in _visits(filled, app, everything):
        for job, path in pages.items():
            cost = _cost(told, get, path)
            yield _figure(f"{name}, {who}: {job}", cost, baseline)
    filled.exchange.database.dispose()


def _visits(filled: Filled, app: Flask, everything: Get) -> Iterator[tuple[str, Get, dict[str, str]]]:
    """Give who opens which pages."""
    exchange, word = filled.exchange, common_word(filled)
    stix_id = next(one for one in filled.ids if one.startswith("indicator"))
    searches = {
        "home": "/",
        "search, nothing asked": "/search",
        "search, the newest": "/search?show=newest",
        "search, a word that most say": f"/search?q={word}",
        "search, a word that nobody says": "/search?q=absent",
        "search, a harm that one in a hundred has": f"/search?harm={RARE_HARM}",
        "search, a kind": "/search?type=attack-pattern",
        "search, a kind that nothing is": "/search?type=malware",
        "search, a word, harm and kind": f"/search?q={word}&harm=csam&type=indicator",
    }
    of_object = {
        "an object": f"/objects/{stix_id}",
        "its versions": f"/objects/{stix_id}/versions",
        "its proofs": f"/objects/{stix_id}/proofs",
        "its print": f"/objects/{stix_id}/print",
    }
    of_own = {
        "who sees an object": f"/objects/{stix_id}/readers",
        "recalling it": f"/objects/{stix_id}/recall",
        "correcting it": f"/objects/{stix_id}/correction",
        "disclosures": "/organisation/disclosures",
        "audiences": "/organisation/audiences",
        "answering": "/answer",
        "asking": "/answer/requests/start",
        "review": "/review",
        "submit": "/share",
    }
    of_staff = {
        "home": "/",
        "overview": "/exchange",
        "partners": "/exchange/partners",
        "a partner": "/exchange/partners/owner",
        "recalls": "/exchange/recalls",
        "log": "/exchange/log",
        "use": "/exchange/usage",
        "health": "/exchange/health",
        "approvals": "/exchange/approvals",
        "ledger": "/exchange/ledger",
    }
    few = filled.readers["0.1 %"].partner.partner_id
    yield "sees all", everything, searches | of_object | {"matrix": "/patterns"}
    yield "sees 0.1 %", _signed_in(exchange, app, few), searches
    yield "the owner", _signed_in(exchange, app, "owner"), {"home": "/"} | of_object | of_own
    yield "an operator", _signed_in(exchange, app, None), of_staff


class _Statements:
    """Counts what SQLAlchemy sends; statements that are ``storage.prepared`` go by the driver and are seen on neither side."""

    def __init__(self, exchange: Exchange) -> None:
        self.count = 0
        event.listen(exchange.database.engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self.count += 1


def _signed_in(exchange: Exchange, app: Flask, partner_id: str | None) -> Get:
    """Sign somebody of a partner in, or an operator (None), and give how they open a page."""
    roles = frozenset({MemberRole.ADMINISTRATOR, MemberRole.ANALYST}) if partner_id else frozenset[MemberRole]()
    staff = frozenset[StaffRole]() if partner_id else frozenset({StaffRole.AUDITOR, StaffRole.OPERATOR})
    person = Person(str(uuid.uuid4()), "Synthetic person", partner_id, staff, roles)
    with exchange.database.write() as connection:
        members.add_person(connection, person)
        secret = open_session(connection, person, Method.PASSKEY, exchange.clock())
    if partner_id:
        read_for(exchange, find_session(exchange, secret), Purpose.DETECTION)
    client = app.test_client()
    client.set_cookie("breakwater", secret)

    def get(path: str) -> bytes:
        answer = client.get(f"/portal{path}")
        assert answer.status_code == HTTPStatus.OK, (path, answer.status_code)
        return answer.get_data()

    return get


def _cost(told: _Statements, get: Get, path: str) -> Cost:
    begun = time.perf_counter()
    size = len(get(path))
    first = time.perf_counter() - begun
    processor: list[float] = []
    clock: list[float] = []
    while len(clock) < _MOST and (sum(clock) < _SECONDS or len(clock) < 3):
        told.count, start, worked = 0, time.perf_counter(), time.process_time()
        get(path)
        clock.append(time.perf_counter() - start)
        processor.append(time.process_time() - worked)
    return Cost(percentile(processor, 0.5), percentile(clock, 0.5), first, told.count, size)


def _figure(job: str, cost: Cost, baseline: Cost) -> Figure:
    of = f"{cost.processor * 1000:.1f} ms of processor, {cost.clock * 1000:.1f} on the clock"
    told = f"{job} ({of}, {cost.first * 1000:.0f} the first time, {cost.statements} statements, {cost.size / 1024:.1f} KB)"
    bare = f"the page of one's sign-in ({baseline.processor * 1000:.1f} ms)"
    return Figure(told, 1 / max(cost.processor, 1e-6), "pages/s", bare, 1 / max(baseline.processor, 1e-6))
