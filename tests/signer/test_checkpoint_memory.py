from __future__ import annotations

import threading
from pathlib import Path

import pytest

from app.signer.checkpoint_memory import MOST_AT_FIRST, MOST_GROWTH, CheckpointMemory
from app.signer.memory_file import UnreadableMemoryError
from app.signer.rules import CheckpointText, read_checkpoint_text
from tests.factories.signers import ORIGIN, checkpoint

OTHER_LOG = ORIGIN[:-1] + "2"


def at(size: int, root: bytes = bytes(32), origin: str = ORIGIN) -> CheckpointText:
    text = read_checkpoint_text(checkpoint(size, root, origin))
    assert text is not None
    return text


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        (at(8), None),
        (at(7), None),
        (at(6), "checkpoint-rolled-back"),
        (at(0), "checkpoint-rolled-back"),
        (at(7, b"x" * 32), "checkpoint-forked"),
        (at(8, origin=OTHER_LOG), "checkpoint-of-another-log"),
    ],
)
@pytest.mark.parametrize("restarts", ["", "restarted"])
def test_after_a_checkpoint_only_larger_ones_of_the_same_log_are_signed(
    tmp_path: Path, then: CheckpointText, expected: str | None, restarts: str
) -> None:
    memory = CheckpointMemory(tmp_path / "signed")
    assert memory.why_not(at(7)) is None
    assert (CheckpointMemory(tmp_path / "signed") if restarts else memory).why_not(then) == expected


def test_what_was_refused_changes_nothing(tmp_path: Path) -> None:
    memory = CheckpointMemory(tmp_path / "signed")
    memory.why_not(at(7))
    before = (tmp_path / "signed").read_bytes()
    for refused in (at(3), at(7, b"x" * 32), at(9, origin=OTHER_LOG)):
        assert memory.why_not(refused) is not None
    assert (tmp_path / "signed").read_bytes() == before


def test_two_signers_with_one_memory_agree(tmp_path: Path) -> None:
    first, second = (CheckpointMemory(tmp_path / "signed") for _ in range(2))
    signed: list[tuple[int, int]] = []
    lock = threading.Lock()

    def sign_all(memory: CheckpointMemory, root: bytes) -> None:
        for size in range(1, 60):
            if memory.why_not(at(size, root)) is None:
                with lock:
                    signed.append((size, root[0]))

    threads = [threading.Thread(target=sign_all, args=pair) for pair in ((first, b"a" * 32), (second, b"b" * 32))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len({size for size, _ in signed}) == len(signed), "no size was signed with two roots"


@pytest.mark.parametrize("content", [b"", b"no JSON", b"[]", b"{}", b'{"origin":"x","size":"many","root":"y"}'])
def test_a_memory_that_cannot_be_read_stops_all_signing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "signed").write_bytes(content)
    memory = CheckpointMemory(tmp_path / "signed")
    with pytest.raises(UnreadableMemoryError):
        memory.check()
    with pytest.raises(UnreadableMemoryError):
        memory.why_not(at(7))


def test_nobody_else_reads_or_writes_it(tmp_path: Path) -> None:
    CheckpointMemory(tmp_path / "signed").why_not(at(7))
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_what_cannot_be_remembered_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="signed"):
        CheckpointMemory(tmp_path / "absent" / "signed").why_not(at(7))


def test_a_size_far_beyond_the_log_is_never_remembered(tmp_path: Path) -> None:
    """Whoever took a server over would stop the real log for good with it, and hold a checkpoint that outlasts every real one."""
    memory = CheckpointMemory(tmp_path / "signed")
    assert memory.why_not(at(MOST_AT_FIRST + 1)) == "checkpoint-too-far"
    assert memory.last() is None
    assert memory.why_not(at(7)) is None
    for size in (2**63 - 1, 7 + MOST_GROWTH + 1):
        assert memory.why_not(at(size)) == "checkpoint-too-far"
    assert memory.last() == at(7)
    assert memory.why_not(at(7 + MOST_GROWTH)) is None
