"""What lies beside a kept checkpoint: what the exchange signed against it, and since when it gives no proof of growth.

Owns the names of these files, their bound, and the patience: a replica that lags, or servers that are being exchanged, say "no"
for a moment. Whether something is against the kept checkpoint is ``verifying``'s. Kept by
``tests/client/talking/test_refused_logs.py``.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from breakwater_client.durable_files import write_whole
from breakwater_client.instant import instant_text
from breakwater_client.trust.checkpoint import Checkpoint

MOST_BESIDE = 64
"""So many different logs are kept beside: each run in which there is a new one has ended with an error."""

PATIENCE, TIMES = timedelta(minutes=30), 3
"""For how long, and how often, a proof may be denied before that is told as another log."""


def keep_beside(file: Path, checkpoint: Checkpoint, raw: bytes) -> None:
    """Keep what the exchange signed against what is in ``file``, of each size and root the first.

    The root stands in the name: whatever was shown before, there is room for another log of the same size.
    """
    prefix = f"{file.name}.shown-"
    beside = file.with_name(f"{prefix}{checkpoint.size}-{checkpoint.root.hex()}")
    if not beside.exists() and sum(one.name.startswith(prefix) for one in file.parent.iterdir()) < MOST_BESIDE:
        write_whole(beside, raw)


def is_denied_for_long(file: Path, kept: Checkpoint, now: datetime) -> bool:
    """Note that no proof leads on from the kept checkpoint once more, and give whether that has been so for too long.

    From another one it begins anew, and so it does if what was noted is damaged, or of a clock that was ahead.
    """
    about = f"{kept.size} {kept.root.hex()}"
    since, times = _before(_mark(file), about, now)
    write_whole(_mark(file), json.dumps({"about": about, "since": instant_text(since), "times": times + 1}).encode())
    return now - since >= PATIENCE and times + 1 >= TIMES


def forget_denials(file: Path) -> None:
    """Note that a proof leads on: patience begins anew."""
    _mark(file).unlink(missing_ok=True)


def _mark(file: Path) -> Path:
    return file.with_name(f".{file.name}.denied")


def _before(mark: Path, about: str, now: datetime) -> tuple[datetime, int]:
    """Give since when and how often it was denied before."""
    try:
        noted = json.loads(mark.read_bytes())
        if noted["about"] == about:
            return min(now, datetime.fromisoformat(noted["since"])), int(noted["times"])
    except (FileNotFoundError, TypeError, KeyError, ValueError):
        pass  # never, or damaged
    return now, 0
