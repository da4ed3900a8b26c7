"""Keeps the tables of how people sign in."""

from __future__ import annotations

from sqlalchemy import Table

from app.storage import sign_in_tables
from app.storage.tables import metadata


def test_every_table_of_signing_in_is_among_all_tables() -> None:
    own = {table.name for table in vars(sign_in_tables).values() if isinstance(table, Table)}
    assert own == {
        *("sign_in", "passkey", "invitation", "sign_in_challenge", "portal_session"),
        *("openid_account", "openid_attempt"),
    }
    assert own <= metadata.tables.keys()


def test_a_secret_of_a_link_or_a_challenge_is_kept_as_a_digest_alone() -> None:
    assert "secret" not in sign_in_tables.invitation.c
    assert sign_in_tables.invitation.c.digest.type.length == 32  # type: ignore[attr-defined]  # of binary columns
    assert [column.name for column in sign_in_tables.sign_in_challenge.primary_key] == ["digest"]
