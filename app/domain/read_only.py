"""Why an exchange takes nothing in: its log is not what it published, or nobody can tell.

Owns the words, which ``/readyz``, alarms and the server's log say; finding out is ``services.proving.kept_checkpoint``'s. Kept by
``tests/domain/test_read_only.py``; ``docs/operations.md`` says what to do about each.
"""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class ReadOnlyReason(StrEnum):
    """What is wrong, as one word. Alphabetical, never reused."""

    CHECKPOINT_MISSING = "checkpoint-missing"
    CHECKPOINT_UNREADABLE = "checkpoint-unreadable"
    COPY_UNKNOWN = "copy-unknown"
    COPY_UNREADABLE = "copy-unreadable"
    LOG_BEHIND = "log-behind"
    LOG_DIFFERENT = "log-different"
    NOT_COMPARED = "not-compared"
    RESTORED_BEHIND = "restored-behind"

    @property
    def is_of_the_database(self) -> bool:
        """Whether every server on the same database is to be told: the database itself is not what was published."""
        return self in {ReadOnlyReason.LOG_BEHIND, ReadOnlyReason.LOG_DIFFERENT, ReadOnlyReason.RESTORED_BEHIND}
