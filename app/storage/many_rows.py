"""Adding many rows to a table in the quickest way that the database has.

PostgreSQL takes them by COPY in its binary form, SQLite by one compiled INSERT run over them. What then stands in the table is
what an INSERT through SQLAlchemy would have put there. Errors are the driver's own, as of ``prepared``. Kept by
``tests/storage/test_many_rows.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, LargeBinary, Table, insert

_FEW = 8  # fewer than this are quicker by INSERT
_FORMS = 500  # more than all tables times the dialects that one process speaks

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Form:
    """The statements of one kind of database (``copy`` empty: it has none), the types of COPY's columns, what converts which.

    ``names`` are in the order of both statements, which is the table's.
    """

    names: tuple[str, ...]
    insert: str
    copy: str
    types: tuple[str, ...]
    converts: tuple[tuple[int, Convert], ...]


def add_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows, by the names of their columns; all have the same names, and the other columns get their defaults.

    None is fine. Defaults must be the database's own: those of SQLAlchemy are not asked.
    """
    if not rows:
        return
    form = _form(table, tuple(rows[0]), connection.dialect)
    given = [[row[name] for name in form.names] for row in rows]
    for place, convert in form.converts:
        for values in given:
            values[place] = convert(values[place])
    driver: Any = connection.connection.driver_connection
    if len(given) == 1:
        driver.execute(form.insert, given[0])
        return
    if not form.copy or len(given) < _FEW:
        cursor = driver.cursor()
        cursor.executemany(form.insert, given)
        cursor.close()
        return
    with driver.cursor() as cursor, cursor.copy(form.copy) as copy:
        copy.set_types(form.types)
        for values in given:
            copy.write_row(values)


def add_rows_of(connection: Connection, rows_of: Sequence[tuple[Table, Sequence[Mapping[str, Any]]]]) -> None:
    """Add the rows of several tables, in this order, as ``add_rows`` does; few rows reach PostgreSQL in one round trip."""
    together = connection.dialect.name == "postgresql" and all(len(rows) < _FEW for _, rows in rows_of)
    driver: Any = connection.connection.driver_connection
    with driver.pipeline() if together else nullcontext():  # COPY is not to be had in a pipeline
        for table, rows in rows_of:
            add_rows(connection, table, rows)


@lru_cache(maxsize=_FORMS)
def _form(table: Table, names: tuple[str, ...], dialect: Dialect) -> _Form:
    columns = sorted((table.c[name] for name in names), key=list(table.c).index)
    is_postgres = dialect.name == "postgresql"
    like_it: Any = type(dialect)
    by_place = like_it(paramstyle="format" if is_postgres else "qmark")
    spell = dialect.identifier_preparer
    placed = f"{spell.format_table(table)} ({', '.join(map(spell.format_column, columns))})"
    processors = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    return _Form(
        names=tuple(column.name for column in columns),
        insert=str(insert(table).compile(dialect=by_place, column_keys=list(names))),
        copy=f"COPY {placed} FROM STDIN (FORMAT BINARY)" if is_postgres else "",
        types=tuple(_name_of(column.type.compile(dialect)) for column in columns),
        # Both drivers take bytes as they are; SQLAlchemy's wrapper around them is nothing that COPY knows.
        converts=tuple(
            (place, convert)
            for place, (convert, column) in enumerate(zip(processors, columns, strict=True))
            if convert is not None and not isinstance(column.type, LargeBinary)
        ),
    )


def _name_of(spelled: str) -> str:
    """Give a type's own name: that of ``VARCHAR(80) COLLATE "C"`` is ``varchar``."""
    return spelled.partition("(")[0].partition(" COLLATE")[0].lower()
