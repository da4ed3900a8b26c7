"""What the portal's search and an object's page cost in one process: whole requests, from the cookie to the last byte of HTML.

The baseline of each page is the service that gives what it shows, with policy and ledger and without a page; beside it stands how
much HTML is sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from app.config.settings import Settings
from app.domain.partner import Person
from app.domain.sign_in import Method
from app.domain.vocabulary import Channel, MemberRole, Purpose
from app.factory import create_app
from app.services.exchange import Exchange
from app.services.reading.readers import Reader
from app.services.searching.keep_words import make_anew
from app.services.searching.search import count_found, search
from app.services.showing.look_around import look_around
from app.services.signing_in.sessions import find_session, open_session, read_for
from app.storage import members
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.fill import Filled, fill, reader_over
from tests.benchmarks.search import asked_for, common_word

_PERSON = "00000000-0000-4000-8000-000000000001"
_SECONDS, _MOST = 1.0, 60
Get = Callable[[str], bytes]


def figures(database_name: str, url: str, *, objects: int, classes: int) -> Iterator[Figure]:
    """Measure on a fresh database at ``url``."""
    filled = fill(url, objects, classes)
    make_anew(filled.exchange)
    reader, word = reader_over(filled, Channel.PORTAL), common_word(filled)
    stix_id = next(one for one in filled.ids if one.startswith("indicator"))
    name = f"{objects:,} in {classes:,} classes, {database_name}"
    with _signed_in(filled) as get:
        pages = {
            "the search without a question": ("/search", lambda: None),
            "the search of a word that most say": (f"/search?q={word}", partial(_found, filled.exchange, reader, word)),
            "an object's page": (f"/objects/{stix_id}", partial(look_around, filled.exchange, reader, stix_id)),
        }
        for job, (path, serve) in pages.items():
            weight = len(get(path))
            page, bare = _p50(partial(get, path)), _p50(serve)
            told = f"{name}: {job} ({page * 1000:.1f} ms, {weight / 1024:.1f} KB)"
            yield Figure(told, 1 / page, "pages/s", f"its services ({bare * 1000:.1f} ms)", 1 / max(bare, 1e-6))
    filled.exchange.database.dispose()


def _found(exchange: Exchange, reader: Reader, word: str) -> None:
    search(exchange, reader, asked_for(word))
    count_found(exchange, reader, asked_for(word))


@contextmanager
def _signed_in(filled: Filled) -> Iterator[Get]:
    exchange, partner = filled.exchange, filled.readers["all"].partner
    person = Person(_PERSON, "Synthetic analyst", partner.partner_id, frozenset(), frozenset({MemberRole.ANALYST}))
    with exchange.database.write() as connection:
        members.add_person(connection, person)
        secret = open_session(connection, person, Method.PASSKEY, exchange.clock())
    read_for(exchange, find_session(exchange, secret), Purpose.DETECTION)
    app = create_app(Settings.from_environment({"BREAKWATER_HOME": str(Path("var")), "BREAKWATER_LOG_LEVEL": "error"}), exchange)
    client = app.test_client()
    client.set_cookie("breakwater", secret)

    def get(path: str) -> bytes:
        answer = client.get(f"/portal{path}")
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.get_data()

    yield get


def _p50(act: Callable[[], object]) -> float:
    act()
    taken: list[float] = []
    while len(taken) < _MOST and (sum(taken) < _SECONDS or len(taken) < 3):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return percentile(taken, 0.5)
