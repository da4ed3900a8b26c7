"""The door to Parquet, which not every installation has: the extra ``parquet``, a large library that is loaded on use.

Kept by ``tests/client/formats/test_parquet_extra.py``.
"""

from __future__ import annotations

import importlib
from typing import Any

from breakwater_client.errors import UnavailableError


def parquet_module() -> Any:
    """Give ``breakwater_client.formats.parquet``.

    Raises:
        UnavailableError: the extra is not installed.
    """
    try:
        return importlib.import_module("breakwater_client.formats.parquet")
    except ImportError as missing:
        raise UnavailableError('Parquet needs the extra "parquet": pip install "breakwater[parquet]".') from missing
