from __future__ import annotations

import pytest
from sqlalchemy import make_url

from app.domain.errors import MalformedInputError
from app.services.grant_roles import role_statements


def test_sqlite_has_no_roles(sqlite_url: str) -> None:
    with pytest.raises(MalformedInputError, match="no roles"):
        role_statements(sqlite_url, "app")


def test_a_role_has_to_exist(postgres_url: str) -> None:
    with pytest.raises(MalformedInputError, match="create it first"):
        role_statements(postgres_url, "nobody of this name")


def test_the_owner_of_the_tables_is_not_to_be_bound(postgres_url: str) -> None:
    owner = make_url(postgres_url).username
    assert owner
    with pytest.raises(MalformedInputError, match="would not bind it"):
        role_statements(postgres_url, owner, apply=True)
