"""What a mirror was told to take back is done before it is answered; the whole way is in ``test_export_pull.py``."""

from __future__ import annotations

from app.cli.export_recalls import Recalls


def test_nothing_is_done_before_something_is() -> None:
    found = Recalls()
    assert (found.done, found.answered, found.waiting) == ([], [], [])
