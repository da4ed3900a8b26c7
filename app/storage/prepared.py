"""Statements that are built and compiled once, and run without what SQLAlchemy does anew each time.

For the few statements that stand in the way of every request: SQLAlchemy takes two to thirty times as long for one as the driver
alone. Parameters and rows go through the same column types as ever, the SQL is the one that SQLAlchemy writes; a list of any
length is one parameter of ``IsOneOf``. Errors are the driver's own; ``session`` translates them at the end of the block. Kept
by ``tests/storage/test_prepared.py``.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Delete,
    Dialect,
    Insert,
    Select,
    Table,
    TableValuedAlias,
    Text,
    Update,
    any_,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

Convert = Callable[[Any], Any]


class IsOneOf(ColumnElement[bool]):
    """Whether a column has one of the values of a list, which is one parameter, by name; of text or numbers."""

    inherit_cache = False

    def __init__(self, asked: Column[Any], name: str) -> None:
        """Ask of this column; ``name`` is the parameter's."""
        self.asked, self.name = asked, name


@compiles(IsOneOf, "postgresql")
def _in_array(element: IsOneOf, compiler: Any, **_: Any) -> str:
    asked: str = compiler.process(element.asked == any_(bindparam(element.name, type_=ARRAY(element.asked.type))))
    return asked


@compiles(IsOneOf, "sqlite")
def _in_json(element: IsOneOf, compiler: Any, **_: Any) -> str:
    listed = func.json_each(bindparam(element.name, type_=_JsonList())).table_valued("value")
    asked: str = compiler.process(element.asked.in_(select(listed.c.value)))
    return asked


class Listed(FunctionElement[int]):
    """The numbers of a list, which is one parameter, by name: a subquery with one column ``value``, in the order of the list."""

    inherit_cache = False

    def __init__(self, name: str) -> None:
        """Name the parameter."""
        self.name = name
        super().__init__()

    def rows(self) -> TableValuedAlias:
        """Give what may be selected from."""
        return self.table_valued(column("value", BigInteger))


@compiles(Listed, "postgresql")
def _unnested(element: Listed, compiler: Any, **_: Any) -> str:
    # As text: the driver takes a list apart far more slowly.
    listed = cast(bindparam(element.name, type_=_ArrayText()), ARRAY(BigInteger))
    return f"(SELECT unnest({compiler.process(listed)}) AS value)"


@compiles(Listed, "sqlite")
def _json_rows(element: Listed, compiler: Any, **_: Any) -> str:
    listed = compiler.process(bindparam(element.name, type_=_JsonList()))
    return f"(SELECT value FROM json_each({listed}))"  # noqa: S608  # the spelling of a parameter


class _ArrayText(TypeDecorator[list[int]]):
    """A list of numbers as the text that PostgreSQL takes apart."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: list[int] | None, dialect: Dialect) -> str:
        """Give the text."""
        del dialect
        return f"{{{','.join(map(str, value or ()))}}}"


class _JsonList(TypeDecorator[list[Any]]):
    """A list as the JSON text that SQLite takes apart."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> str:
        """Give the text."""
        del dialect
        return orjson.dumps(value).decode()


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as one kind of database takes it: its text, the values it has of itself, how values go in and come out."""

    text: str
    own: dict[str, Any]
    binds: tuple[tuple[str, Convert], ...]
    row: Callable[[Sequence[Any]], Any]
    results: tuple[tuple[int, Convert], ...]


class Prepared:
    """One statement. What is given by name is a ``bindparam`` of it."""

    def __init__(
        self,
        statement: Select[Any] | Insert | Update | Delete,
        *,
        in_binary: bool = False,
        make: Callable[[Sequence[Any]], Any] | None = None,
    ) -> None:
        """Keep the statement; it is compiled when a database first runs it.

        ``make``: makes of a row's values what ``rows`` gives; by default a named tuple of the columns' names.

        ``in_binary``: PostgreSQL sends its rows in binary, which halves what bytes take on their way and spares both ends the
        hexadecimal digits. What comes out is the same.
        """
        self._statement = statement
        self._in_binary = in_binary
        self._make = make
        self._forms: dict[str, _Form] = {}

    @classmethod
    def adding(cls, table: Table, names: Sequence[str]) -> Prepared:
        """Give the INSERT of one row with these columns."""
        return cls(insert(table).values({name: bindparam(name) for name in names}))

    def rows(self, connection: Connection, **values: Any) -> list[Any]:
        """Run it and give its rows, as named tuples or as what ``make`` makes of them."""
        form = self._form(connection.dialect)
        found: list[Any] = self._execute(connection, form, values).fetchall()
        for place, convert in form.results:
            found = [(*row[:place], convert(row[place]), *row[place + 1 :]) for row in found]
        return list(map(form.row, found))

    def stream(self, connection: Connection, size: int, **values: Any) -> Generator[Any]:
        """Run it and give its rows as the driver has them: numbers, text and bytes. About ``size`` of them are held at once.

        Nothing else can be done on the connection meanwhile; who stops before the end has to leave the transaction.
        """
        form = self._form(connection.dialect)
        driver: Any = connection.connection.driver_connection
        with closing(driver.cursor()) as cursor:
            if connection.dialect.name == "postgresql":
                yield from cursor.stream(form.text, _bound(form, values), binary=self._in_binary, size=size)
            else:
                yield from cursor.execute(form.text, _bound(form, values))

    def row(self, connection: Connection, **values: Any) -> Any:
        """Run it and give its first row, None without any; for what has one row at most."""
        return next(iter(self.rows(connection, **values)), None)

    def run(self, connection: Connection, **values: Any) -> int:
        """Run it and give how many rows it changed."""
        changed: int = self._execute(connection, self._form(connection.dialect), values).rowcount
        return changed

    def _execute(self, connection: Connection, form: _Form, values: dict[str, Any]) -> Any:
        driver: Any = connection.connection.driver_connection
        if self._in_binary and connection.dialect.name == "postgresql":
            return driver.execute(form.text, _bound(form, values), binary=True)
        return driver.execute(form.text, _bound(form, values))

    def _form(self, dialect: Dialect) -> _Form:
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = self._compiled(dialect)
        return form

    def _compiled(self, dialect: Dialect) -> _Form:
        # Each driver takes parameters by name; "named" is what sqlite3 calls it.
        by_name: Any = type(dialect)
        speaking = by_name(paramstyle="named") if dialect.name == "sqlite" else dialect
        compiled = self._statement.compile(dialect=speaking)
        binds = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
        columns = list(self._statement.exported_columns)
        results = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        return _Form(
            text=str(compiled),
            own=dict(compiled.params),
            binds=tuple((name, convert) for name, convert in binds.items() if convert is not None),
            row=self._make or _row_of(columns),
            results=tuple((place, convert) for place, convert in enumerate(results) if convert is not None),
        )


def _row_of(columns: Sequence[ColumnElement[Any]]) -> Callable[[Sequence[Any]], Any]:
    row: type[Any] = namedtuple("Row", [str(column.key) for column in columns], rename=True)  # type: ignore[misc]  # noqa: PYI024  # its fields are known here first
    make: Callable[[Sequence[Any]], Any] = row._make
    return make


def _bound(form: _Form, values: dict[str, Any]) -> dict[str, Any]:
    bound = {**form.own, **values}
    for name, convert in form.binds:
        bound[name] = convert(bound[name])
    return bound
