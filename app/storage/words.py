"""Words of objects: keeping them, asking which objects say something, and taking out what was erased.

Owns what a query (``domain.search_query``'s expression) is in each database's own language; nothing that somebody typed reaches
either but as quoted words of letters and digits. Who may see what is ``feed``'s. Kept by ``tests/storage/test_words.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, Column, ColumnElement, Connection, Text, delete, func, select, text, update
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from app.domain.words import GAP
from app.storage.batches import batches
from app.storage.tables import object_content, object_text, text_index

_ADD_LEXEMES = "INSERT INTO object_text (version_id, words) SELECT * FROM unnest(%s::bigint[], %s::text[]::tsvector[])"
_OWNS = (
    "SELECT pg_has_role(current_user, tableowner, 'MEMBER') FROM pg_tables"
    " WHERE tablename = 'object_text' AND schemaname = current_schema()"
)
_ADD_TEXT = "INSERT INTO object_text (version_id, words) VALUES (?, ?)"


def add_words(connection: Connection, words: Sequence[tuple[int, str]]) -> None:
    """Keep words of versions, by row id; those without any are passed over. The version's own transaction."""
    some = [(version_id, kept) for version_id, kept in words if kept]
    if not some:
        return
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        driver.execute(_ADD_LEXEMES, ([one for one, _ in some], [_lexemes(kept) for _, kept in some]))
        return
    cursor = driver.cursor()
    cursor.executemany(_ADD_TEXT, some)
    cursor.close()


def _lexemes(kept: str) -> str:
    """Give the text of a ``tsvector``: each word with its places, which go on over a gap."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(kept.split(" "), 1):
        if word != GAP:
            places.setdefault(word, []).append(str(place))
    return " ".join(f"'{word}':{','.join(of)}" for word, of in places.items())


# --- asking ---------------------------------------------------------------------------------------------------------------------


class _Query(TypeDecorator[str]):
    """A query's expression, as a parameter in the database's own language."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str:
        """Give the query."""
        return in_postgres(value or "[]") if dialect.name == "postgresql" else in_fts5(value or "[]")


def in_postgres(expression: str) -> str:
    """Give the text of a ``tsquery``."""
    groups = []
    for term in json.loads(expression):
        any_of = " | ".join(_phrase([f"'{word}'" for word in words], begins, " <-> ", ":*") for words, begins in term["any"])
        groups.append(f"{'!' if term['not'] else ''}({any_of})")
    return " & ".join(groups)


def in_fts5(expression: str) -> str:
    """Give a query of FTS5."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for term in json.loads(expression):
        any_of = " OR ".join(_quoted(words, begins) for words, begins in term["any"])
        (unwanted if term["not"] else wanted).append(f"({any_of})")
    without = f" NOT ({' OR '.join(unwanted)})" if unwanted else ""
    return f"({' AND '.join(wanted)}){without}"


def _quoted(words: list[str], begins: bool) -> str:  # noqa: FBT001  # as the expression has it
    return f'"{" ".join(words)}"{" *" if begins else ""}'


def _phrase(words: list[str], begins: bool, between: str, star: str) -> str:  # noqa: FBT001  # as above
    return f"({between.join(words)}{star if begins else ''})"


class SaysWords(ColumnElement[bool]):
    """Whether the version of a row id says what a query asks for, which is one parameter, by name.

    SQLite gathers what says it first, between the row ids ``lowest_version`` and ``highest_version``, two parameters more: its
    index is asked once in the order of row ids, where a question for each row costs a hundred times as much.
    """

    inherit_cache = False

    def __init__(self, version_id: Column[int], name: str) -> None:
        """Ask of this column; ``name`` is the parameter's."""
        self.version_id, self.name = version_id, name


@compiles(SaysWords, "postgresql")
def _says_lexemes(element: SaysWords, compiler: Any, **_: Any) -> str:
    asked, of = compiler.process(BindParameter(element.name, type_=_Query())), compiler.process(element.version_id)
    # OFFSET keeps the planner from making a join of it: that goes by all that say the words, hidden or not.
    return f"EXISTS (SELECT 1 FROM object_text WHERE version_id = {of} AND words @@ CAST({asked} AS tsquery) OFFSET 0)"  # noqa: S608  # the spelling of a column and a parameter


@compiles(SaysWords, "sqlite")
def _says_text(element: SaysWords, compiler: Any, **_: Any) -> str:
    asked, of = compiler.process(BindParameter(element.name, type_=_Query())), compiler.process(element.version_id)
    within = "rowid >= :lowest_version AND rowid <= :highest_version"
    # The sign keeps the planner from going by what says the words where the places are gone through in their order.
    return f"+{of} IN (SELECT rowid FROM object_words WHERE object_words MATCH {asked} AND {within})"  # noqa: S608  # as above


class Saying(FunctionElement[int]):
    """The row ids (``version_id``) of all versions that say what a query asks for, which is one parameter: a subquery."""

    inherit_cache = False

    def __init__(self, name: str) -> None:
        """Name the parameter."""
        self.name = name
        super().__init__()

    def rows(self) -> Any:
        """Give what may be selected from."""
        return self.table_valued(object_text.c.version_id.name)


@compiles(Saying, "postgresql")
def _saying_lexemes(element: Saying, compiler: Any, **_: Any) -> str:
    asked = compiler.process(BindParameter(element.name, type_=_Query()))
    return f"(SELECT version_id FROM object_text WHERE words @@ CAST({asked} AS tsquery))"  # noqa: S608  # as above


@compiles(Saying, "sqlite")
def _saying_text(element: Saying, compiler: Any, **_: Any) -> str:
    asked = compiler.process(BindParameter(element.name, type_=_Query()))
    return f"(SELECT rowid AS version_id FROM object_words WHERE object_words MATCH {asked})"  # noqa: S608  # as above


def rebuild_index(connection: Connection) -> None:
    """Have the database's own index hold nothing but what is kept now: erased words too are gone from it.

    PostgreSQL keeps a word in its index for as long as that stands; only the owner of the table can have it made anew.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO object_words (object_words) VALUES ('rebuild')"))
        connection.execute(update(text_index).values(has_erased=False))
    elif connection.execute(text(_OWNS)).scalar_one():
        connection.execute(text("REINDEX INDEX ix_object_text_words"))


# --- what was stored before -----------------------------------------------------------------------------------------------------


def still_below(connection: Connection, *, held: bool = False) -> int:
    """Give below which row id versions are still to be looked through; 0: none. ``held``: nobody else changes it meanwhile."""
    statement = select(text_index.c.below)
    below: int = connection.execute(statement.with_for_update() if held else statement).scalar_one()
    return below


def go_down_to(connection: Connection, below: int) -> None:
    """Remember how far they were looked through."""
    connection.execute(update(text_index).values(below=below))


def begin_anew(connection: Connection) -> None:
    """Have all that is stored looked through again."""
    newest = select(func.coalesce(func.max(object_content.c.version_id), 0) + 1).scalar_subquery()
    connection.execute(update(text_index).values(below=newest))


def contents_below(connection: Connection, below: int, limit: int) -> list[tuple[int, bytes]]:
    """List the contents next below a row id, from above; nobody erases them in this transaction."""
    oc = object_content.c
    statement = select(oc.version_id, oc.content).where(oc.version_id < below).order_by(oc.version_id.desc()).limit(limit)
    rows = connection.execute(statement.with_for_update(key_share=True, read=True))
    return [(row.version_id, bytes(row.content)) for row in rows]


def replace_words(connection: Connection, words: Sequence[tuple[int, str]]) -> None:
    """Keep words of versions in the place of what is kept of them."""
    drop_words(connection, (version_id for version_id, _ in words))
    add_words(connection, words)


def drop_words(connection: Connection, version_ids: Iterable[int]) -> None:
    """Take the words of versions away."""
    for some in batches(version_ids):
        connection.execute(delete(object_text).where(object_text.c.version_id.in_(some)))


def purge(connection: Connection) -> bool:
    """Take words that went out of FTS5's segments; False: none went since. PostgreSQL's are gone with their rows' vacuum."""
    if connection.dialect.name != "sqlite" or not connection.execute(select(text_index.c.has_erased)).scalar_one_or_none():
        return False
    connection.execute(text("INSERT INTO object_words (object_words) VALUES ('optimize')"))
    connection.execute(update(text_index).values(has_erased=False))
    return True
