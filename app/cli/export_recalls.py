"""What a mirror was told to take back: done to the mirror first, then answered, if somebody gave a key to answer with.

Owns the order. Contests are a matter for people, and are never answered by themselves. Kept by
``tests/cli/test_export_recalls.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.notices import answer_notice, notices
from app.domain.object_vocabulary import RecallAct, RecallKind, RecallOutcome

if TYPE_CHECKING:
    from app.cli.api import Api
    from app.services.mirroring.kept_files import KeptFiles
    from app.services.mirroring.mirror import Mirror, OpenRecall

_DONE_BY_THE_MIRROR = {RecallAct.DELETE.value, RecallAct.STOP_USING.value}
_ANSWERED = {"outcome": RecallOutcome.DELETED.value, "stix_ids": (), "basis": None, "until": None}


@dataclass(slots=True)
class Recalls:
    """By their ids: what the mirror did now, what was answered now, and what waits for an answer of yours."""

    done: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


def settle_recalls(api: Api, mirror: Mirror, kept: KeptFiles, key_file: Path | None) -> Recalls:
    """Do what recalls ask of the mirror and of its files; with a key, answer them. What is answered elsewhere is noted.

    Raises:
        CommandFault: the exchange cannot be asked, or takes no answer; what was done stays done, and is answered the next time.
    """
    found = Recalls()
    open_recalls = mirror.open_recalls()
    if not open_recalls:
        return found
    asked = {one["id"]: one for one in notices(api, only_open=True)}
    for recall in open_recalls:
        if recall.notice_id not in asked:
            mirror.answered(recall.notice_id, datetime.now(UTC))
        elif _is_done(mirror, kept, recall, asked[recall.notice_id], found) and key_file is not None:
            answer_notice(api, asked[recall.notice_id], key_file.read_bytes(), dict(_ANSWERED))
            mirror.answered(recall.notice_id, datetime.now(UTC))
            found.answered.append(recall.notice_id)
        else:
            found.waiting.append(recall.notice_id)
    return found


def _is_done(mirror: Mirror, kept: KeptFiles, recall: OpenRecall, asked: dict[str, Any], found: Recalls) -> bool:
    """Do what a notice asks for, if it is for a mirror to do, and say whether it is done."""
    from app.services.mirroring.take_away import take_away

    if RecallKind(asked["kind"]).is_question or asked["act"] not in _DONE_BY_THE_MIRROR:
        return False
    if not recall.is_acted:
        recalled = [(one["stix_id"], one["payload_digest"]) for one in asked["versions"]]
        mirror.act(recall.notice_id, recalled, datetime.now(UTC))
        take_away(mirror, kept)
        found.done.append(recall.notice_id)
    return True
