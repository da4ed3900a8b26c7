"""How disks fail, in the exchange's own words. Kept by ``tests/depot/test_faults.py``."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.errors import DepotError, DepotFullError, DepotRefusedError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EROFS, errno.EACCES, errno.EPERM}

FULL = "The place where exports are laid has no room left."
REFUSED = "The place where exports are laid takes nothing from the exchange."
AWAY = "The place where exports are laid cannot be reached."

_log = logging.getLogger("breakwater.depot")


@contextmanager
def disk_faults() -> Iterator[None]:
    """Give what the operating system refuses as the errors of a depot; a path or a name is in none of their sentences.

    Raises:
        DepotFullError: no room, no quota, or a file larger than the file system takes.
        DepotRefusedError: read-only, or no right.
        DepotError: anything else.
    """
    try:
        yield
    except OSError as exc:
        fault = disk_fault(exc)
        _log.warning("A folder of exports failed: %s", errno.errorcode.get(exc.errno or 0, "unknown"))
        raise fault from None  # not from the system's error, which names the file


def disk_fault(fault: OSError) -> DepotError:
    """Give the depot's error for one of the operating system."""
    if fault.errno in _FULL:
        return DepotFullError(FULL)
    if fault.errno in _REFUSED:
        return DepotRefusedError(REFUSED)
    return DepotError(AWAY)
