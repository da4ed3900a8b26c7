"""What a killed server had begun is left to it until its lease ends; tests that have killed it do not wait for that."""

from __future__ import annotations

from sqlalchemy import update

from app.storage.paging_tables import mail
from app.storage.session import Database
from app.storage.tables import work


def end_leases(url: str) -> None:
    """Let whoever comes next go on at once with the work and the mails that a killed server had claimed."""
    database = Database(url)
    with database.write() as connection:
        for table in (work, mail):
            connection.execute(update(table).values(leased_until=None))
    database.dispose()
