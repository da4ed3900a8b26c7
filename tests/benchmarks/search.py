"""What searching costs in one process, without HTTP: by how common a word is, and by how much of what is stored a reader sees.

The baseline of each search is the database's own full text asked by the bare driver on the same database, without policy, ledger
or cursor: the newest twenty rows that say the word, with their contents.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from app.domain.search_query import read_query
from app.services.searching.keep_words import make_anew
from app.services.searching.search import MOST_COUNTED, Filters, SearchRequest, count_found, search
from app.storage import words
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.fill import Filled, fill

_LIMIT = 20
_RARE = "unmistakable"
_RARE_EACH = 1_000
_SECONDS = 0.5
_MOST = 100
_BARE = {
    "sqlite": "SELECT c.content FROM object_words w JOIN object_content c ON c.version_id = w.rowid"
    " WHERE object_words MATCH '{}' ORDER BY w.rowid DESC LIMIT {}",
    "postgresql": "SELECT c.content FROM object_text t JOIN object_content c USING (version_id)"
    " WHERE t.words @@ '{}'::tsquery ORDER BY version_id DESC LIMIT {}",
}


def figures(database_name: str, url: str, *, objects: int, classes: int) -> Iterator[Figure]:
    """Measure on a fresh database at ``url``."""
    filled = fill(url, objects, classes)
    start = time.perf_counter()
    made = make_anew(filled.exchange)
    rate = made / (time.perf_counter() - start)
    name = f"{objects:,} in {classes:,} classes, {database_name}"
    yield Figure(f"{name}: words made anew", rate, "objects/s", "itself", rate)
    with filled.exchange.database.write() as connection:
        words.replace_words(connection, [(one, _RARE) for one in range(1, objects, _RARE_EACH)])
    common = common_word(filled)
    kinds = {"a word that most say": common, f"a word that one of {_RARE_EACH:,} says": _RARE, "no word": "absent"}
    for kind, word in kinds.items():
        baseline = _p50(partial(_bare, filled, word))
        for share, reader in filled.readers.items():
            for job, act in {
                f"the newest {_LIMIT}": partial(search, filled.exchange, reader, asked_for(word)),
                f"counts of {MOST_COUNTED:,}": partial(count_found, filled.exchange, reader, asked_for(word)),
            }.items():
                yield _figure(f"{name}, {share} seen: {kind}, {job}", _p50(act), baseline)
    filled.exchange.database.dispose()


def asked_for(word: str) -> SearchRequest:
    """Give the search for a word, of a page of its newest."""
    return SearchRequest(read_query(word), Filters(), None, _LIMIT)


def common_word(filled: Filled) -> str:
    """Give a word that most objects say."""
    with filled.exchange.database.look() as connection:
        said = connection.exec_driver_sql("SELECT CAST(content AS TEXT) FROM object_content LIMIT 1").scalar_one()
    text = said if str(said).startswith("{") else bytes.fromhex(str(said)[2:]).decode()
    return text.partition('"description":"')[2].split(" ")[0]


def _bare(filled: Filled, word: str) -> bytes:
    with filled.exchange.database.look() as connection:
        driver: Any = connection.connection.driver_connection
        rows = driver.execute(_BARE[connection.dialect.name].format(word, _LIMIT)).fetchall()
    return b",".join(row[0] for row in rows)


def _p50(act: Callable[[], object]) -> float:
    act()
    taken: list[float] = []
    while len(taken) < _MOST and (sum(taken) < _SECONDS or len(taken) < 3):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return percentile(taken, 0.5)


def _figure(job: str, seconds: float, baseline: float) -> Figure:
    bare = f"bare full text of {_LIMIT} ({baseline * 1000:.2f} ms)"
    return Figure(f"{job} ({seconds * 1000:.2f} ms)", 1 / seconds, "/s", bare, 1 / baseline)
