"""What looks like Latin letters is read as Latin letters; running text of many scripts is not taken for bytes."""

from __future__ import annotations

import hashlib
import itertools

import pytest

from app.stix.disguises import is_written_bytes, letters_alone, plain
from tests.stix.disguised_payloads import full_width, lookalike, mathematical

NOISE = b"".join(hashlib.sha512(bytes([number])).digest() for number in range(8))
LETTERS = "iVBORw0KGgoAAAAN"


@pytest.mark.parametrize(
    "text",
    [
        full_width(LETTERS),
        mathematical(LETTERS),
        lookalike(LETTERS),
        "\u200b".join(LETTERS),
        "\u00ad".join(LETTERS),
        "\u0301".join(LETTERS),
        "\ufe0f".join(LETTERS),
    ],
)
def test_disguises_come_off(text: str) -> None:
    assert plain(text).replace("\u0301", "") == LETTERS


def test_ascii_stays_as_it_is() -> None:
    assert plain("An ordinary text, 2026.") == "An ordinary text, 2026."


@pytest.mark.parametrize(
    "text",
    [
        NOISE.decode("latin-1"),
        "".join(chr(0x100 + byte) for byte in NOISE),
        "".join(chr(0x2800 + byte) for byte in NOISE),
        "".join(chr(0x1F3F7 + byte) for byte in NOISE),
        "".join(chr(0xE000 + byte) for byte in NOISE),
        "".join(chr(0x4E00 + one * 80 + other // 4) for one, other in itertools.pairwise(NOISE)),
        "".join(chr(0xAC00 + one * 43 + other // 8) for one, other in itertools.pairwise(NOISE)),
    ],
)
def test_bytes_written_as_signs_are_known(text: str) -> None:
    assert is_written_bytes(text)


@pytest.mark.parametrize(
    "text",
    [
        "Wiederholt entstehen neue Konten, die auffällig viele Unbekannte anschreiben. " * 20,
        "Tài khoản mới được tạo nhiều lần và nhắn tin cho người lạ; việc xem xét đang tiếp tục. " * 20,
        "反复出现的新账户向陌生人发送大量消息。审核仍在进行中。" * 20,
        "新しいアカウントが繰り返し作成され、見知らぬ人に多くのメッセージを送っている。" * 20,
        "새 계정이 반복적으로 만들어져 낯선 사람에게 많은 메시지를 보내고 있으며 검토가 진행 중이다. " * 20,
        "አዲስ መለያዎች በተደጋጋሚ ይፈጠራሉ እና ለማያውቋቸው ሰዎች ብዙ መልዕክቶችን ይልካሉ። " * 20,
        "🛟🧭🛶" * 300,
        "line one\r\n\tline two\n" * 100,
    ],
)
def test_running_text_is_not_taken_for_bytes(text: str) -> None:
    assert not is_written_bytes(text)


def test_names_are_compared_by_letters_and_digits_alone() -> None:
    assert letters_alone("\uff2d\u0456\u200b_A-.\u0301 7") == "mia7"
    assert letters_alone("\u5b57_\u5b57") == "\u5b57\u5b57"
