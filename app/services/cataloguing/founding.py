"""The release with which every exchange begins; it is part of the program, so that it is known without any exchange.

Kept by ``tests/services/cataloguing/test_founding.py``.
"""

from __future__ import annotations

from functools import cache

from app.domain.catalogue import Catalogue
from app.stix.catalogue_documents import read_catalogue
from breakwater_client.documents.published import founding_catalogue


@cache
def founding() -> Catalogue:
    """Give release 1."""
    return read_catalogue(founding_catalogue())
