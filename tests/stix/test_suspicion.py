"""The quick look passes by ordinary text in no time, and by no payload in disguise (``test_screen`` asks for all of them)."""

from __future__ import annotations

import pytest

from app.stix.suspicion import is_dense, is_suspect, is_suspect_pattern, names_data
from tests.factories.runaway import no_runaway
from tests.stix.disguised_payloads import JPEG, WRITINGS, b64, cut


@pytest.mark.parametrize("writing", WRITINGS)
def test_each_writing_is_suspect(writing: str) -> None:
    assert is_suspect(f"Rooms open and close. {WRITINGS[writing](JPEG)}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rooms open and close within minutes, announced by the same invite link. " * 40,
        "Wiederholt entstehen neue Konten, die auffällig viele Unbekannte anschreiben; die Prüfung dauert an. " * 40,
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft und anderes",
        "The case 0117 of 2026-01-02 was closed; compare with what others said about accounts that announce short-lived rooms.",
        "https://rooms.example.org/live/123456",
        "反复出现的新账户向陌生人发送大量消息。审核仍在进行中。" * 40,
        "Повторное создание учётных записей, которые рассылают много сообщений незнакомцам. " * 40,
    ],
)
def test_ordinary_text_is_not(text: str) -> None:
    assert not is_suspect(text)


def test_pieces_together_are_dense() -> None:
    assert is_dense(cut(b64(JPEG), 8))
    assert not is_dense(["live-stream", "video-call", "direct-message"])
    assert not is_dense(["A1"])


def test_patterns_may_hold_hash_constants_but_no_payload() -> None:
    assert not is_suspect_pattern(f"[file:hashes.'SHA-256' = '{'a1' * 32}']")
    assert is_suspect_pattern(f"[x-a:b = '{b64(JPEG)}']")
    assert is_suspect_pattern("[artifact:payload_bin = b'AAAA']")
    assert is_suspect_pattern("[url:value = 'data:image/png;base64,AAAA']")


def test_the_scheme_is_named_in_many_spellings() -> None:
    assert names_data(b"d-a t.a:x")
    assert names_data(b"Data%3Ax")
    assert not names_data(b"the data are: five")


def test_a_mebibyte_takes_little_time() -> None:
    with no_runaway():
        is_suspect("Rooms open and close within minutes, announced by the same invite link. " * 14_000)
