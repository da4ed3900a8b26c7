"""How many threads do each lane of work.

Owns the form of ``BREAKWATER_WORK_THREADS`` and the lanes' names, which are ``domain.work.LaneName``'s. Kept by
``tests/config/test_lanes.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.config.reading import PREFIX, SettingsError, counts

LANES = ("prompt", "bulk", "calls")
_MOST_THREADS = 64


def read_work_threads(value: str | None) -> Mapping[str, int] | None:
    """Give the threads of each lane that is done, of ``lane=number,lane=number``; None where nothing is set.

    Raises:
        SettingsError: another form, no such lane.
    """
    if value is None:
        return None
    found = counts("WORK_THREADS", value, _MOST_THREADS)
    if not found.keys() <= set(LANES):
        raise SettingsError(f"{PREFIX}WORK_THREADS names a lane that is not one of {', '.join(LANES)}.")
    return found
