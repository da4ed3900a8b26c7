"""What alarms a witness: the kinds, what is said, and the evidence, which somebody else can verify.

Owns the words. Kept by ``tests/client/witnessing/test_alarms.py``; ``docs/witness.md`` says what to do about each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique


@unique
class AlarmKind(StrEnum):
    """What is wrong. Alphabetical, never reused."""

    CLOCK = "clock"
    DIRECTORY = "directory"
    FOREIGN_KEY = "foreign-key"
    FORK = "fork"
    NOT_LOGGED = "not-logged"
    NOT_SIGNED = "not-signed"
    NOT_TAKEN = "not-taken"
    ROLLBACK = "rollback"
    SILENCE = "silence"
    SPLIT_VIEW = "split-view"
    UNPROVEN = "unproven"
    UNSIGNED_DIRECTORY = "unsigned-directory"
    UNSIGNED_GROWTH = "unsigned-growth"
    VANISHED = "vanished"

    @property
    def is_lasting(self) -> bool:
        """Whether nothing is cosigned any more until a person has looked: it does not pass by itself."""
        return self in {AlarmKind.DIRECTORY, AlarmKind.FORK, AlarmKind.SPLIT_VIEW}


KEPT, SHOWN, GROWTH, OTHER = "kept", "shown", "growth.json", "other"
DIRECTORY, DIRECTORY_SHOWN = "directory.json", "directory-shown.json"
OBJECT, RECEIPT, PROOF, TILE = "object.json", "receipt.json", "proof.json", "tile"
"""Names of evidence: the checkpoint that was kept, the one that was shown, the proof between them, another's; directories; an
object, a receipt and its proof; hashes of leaves."""

_FILES = {
    AlarmKind.CLOCK: (SHOWN,),
    AlarmKind.DIRECTORY: (DIRECTORY_SHOWN,),
    AlarmKind.FOREIGN_KEY: (DIRECTORY,),
    AlarmKind.FORK: (SHOWN, GROWTH),
    AlarmKind.NOT_LOGGED: (RECEIPT, PROOF),
    AlarmKind.NOT_SIGNED: (OBJECT,),
    AlarmKind.ROLLBACK: (SHOWN, GROWTH),
    AlarmKind.SPLIT_VIEW: (OTHER, GROWTH),
    AlarmKind.UNPROVEN: (OTHER, GROWTH),
    AlarmKind.UNSIGNED_GROWTH: (SHOWN,),
    AlarmKind.VANISHED: (RECEIPT,),
}
_AGAINST_KEPT = frozenset({AlarmKind.FORK, AlarmKind.ROLLBACK, AlarmKind.SPLIT_VIEW, AlarmKind.UNPROVEN})


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is wrong, in a sentence, about what, with evidence: content by file name.

    Two alarms of one kind about the same are one: ``about`` names what was shown, and no time.
    """

    kind: AlarmKind
    sentence: str
    about: str
    evidence: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def alarm_id(self) -> str:
        """Give its name, which is good for a folder."""
        return f"{self.kind}-{hashlib.sha256(self.about.encode()).hexdigest()[:16]}"

    @property
    def how_to_verify(self) -> str | None:
        """Give the command that shows it to somebody else, in the folder of its evidence; None where nothing there shows it.

        Whoever runs it takes the id of the directory's key from the operators, by another way.
        """
        files = [name for name in _FILES.get(self.kind, ()) if name in self.evidence]
        if not files or DIRECTORY not in self.evidence:
            return None
        against = f" --checkpoint {KEPT}" if self.kind in _AGAINST_KEPT else ""
        return f"breakwater verify {' '.join(files)}{against} --accepted-directory {DIRECTORY}"
