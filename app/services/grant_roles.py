"""Giving the application's database role what serving takes, and no right to change log, ledger or audit.

Owns what is asked before: that the database has roles, that there is one of that name, and that grants bind it. The grants are
``storage.roles``'. Kept by ``tests/services/test_grant_roles.py`` and ``tests/promises/test_database_roles.py``.
"""

from __future__ import annotations

from app.domain.errors import MalformedInputError
from app.storage import roles
from app.storage.session import Connection, Database

_NO_ROLES = "SQLite has no roles: whoever may write its file may change everything in it. Take PostgreSQL."
_ABSENT = "The server has no role of this name; create it first (CREATE ROLE … LOGIN)."
_UNBOUND = "This role is a superuser, owns the tables or may act as their owner: grants would not bind it. Serve with another."


def role_statements(database_url: str, role: str, *, apply: bool = False) -> list[str]:
    """Give the statements that bind ``role``, for the owner of the tables; with ``apply`` they are run, all or none.

    Raises:
        MalformedInputError: the database has no roles, or none that could be bound under this name.
        BreakwaterError: whoever connects may not grant: only the owner of the tables may.
    """
    database = Database(database_url)
    try:
        if database.is_sqlite:
            raise MalformedInputError(_NO_ROLES)
        with database.write() as connection:
            _check(connection, role)
            statements = roles.grants(connection, role)
            if apply:
                roles.run(connection, statements)
            return statements
    finally:
        database.dispose()


def _check(connection: Connection, role: str) -> None:
    if not roles.has_role(connection, role):
        raise MalformedInputError(_ABSENT)
    if not roles.is_bound(connection, role):
        raise MalformedInputError(_UNBOUND)
