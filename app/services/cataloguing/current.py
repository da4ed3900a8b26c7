"""The catalogue in force: its newest release.

Kept by ``tests/services/cataloguing/test_current.py``.
"""

from __future__ import annotations

from functools import cache

from app.domain.catalogue import Catalogue
from app.stix.catalogue_documents import read_catalogue
from app.stix.published import founding_catalogue
from app.storage.session import Connection


def current_catalogue(connection: Connection) -> Catalogue:
    """Give the newest release."""
    del connection  # no release but the founding one is kept yet
    return _founding()


@cache
def _founding() -> Catalogue:
    return read_catalogue(founding_catalogue())
