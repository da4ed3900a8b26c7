# ruff: noqa: RUF001  # letters that look like others are the point here
"""What nobody sees is counted: bytes written so are found, and what scripts, emoji and typesetting need is none."""

from __future__ import annotations

import unicodedata

import pytest

from app.stix.unseen_text import is_unseen_in_all, is_unseen_writing
from tests.factories.runaway import no_runaway
from tests.stix.disguised_payloads import NOISE, UNSEEN_WRITINGS

SENTENCE = "Neue Konten schreiben auffällig viele Unbekannte an. "
NEEDED = {
    "Persian": "حساب\u200cهای تازه پیام\u200cهای فراوان می\u200cفرستند و بررسی ادامه دارد. " * 40,
    "Sinhala": "ශ\u0dca\u200dරී ලංකාවේ ප\u0dca\u200dරධාන ගිණුම්. " * 40,
    "Devanagari": "क\u094d\u200dष और र\u094d\u200cय नए खाते। " * 40,
    "Khmer with breaks": "គណនី\u200bថ្មី\u200bត្រូវ\u200bបាន\u200bបង្កើត " * 40,
    "Thai with breaks": "บัญชี\u200bใหม่\u200bส่ง\u200bข้อความ\u200bมาก " * 40,
    "families of emoji": "👩\u200d👩\u200d👧\u200d👦 ❤\ufe0f 🏳\ufe0f\u200d🌈 3\ufe0f\u20e3 " * 40,
    "flags": "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f " * 20,
    "variants of ideographs": "葛\U000e0100城と辻\U000e0101 " * 20,
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ\u180b ᠬᠡᠯᠡ\u180c " * 20,
    "soft hyphens": "Wie\u00adder\u00adholt ent\u00adste\u00adhen neue Kon\u00adten im Dienst. " * 30,
    "marks of direction in lines": "\u200e[02.01.26, 10:15] room: left\n" * 60,
    "isolated names": "\u2068anna\u2069 joined the room\n" * 40,
    "typography": "«\u202fmot\u202f» – 1\u2009000\u2009000 … soft\u00adhyphen; " * 40,
    "a mark of byte order": "\ufeff" + SENTENCE,
    "an empty name": "\u3164" * 16,
    "Vietnamese, taken apart": unicodedata.normalize("NFD", "Tài khoản mới được tạo nhiều lần và nhắn tin cho người lạ. ") * 100,
    "a decorated name": "".join(letter + "".join(chr(0x300 + NOISE[at] % 112) for at in range(18)) for letter in "annaexample"),
}


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_needed_writes_nothing(name: str) -> None:
    assert not is_unseen_writing(NEEDED[name])
    assert not is_unseen_writing(f"{SENTENCE}{NEEDED[name]}{SENTENCE}")


@pytest.mark.parametrize("name", UNSEEN_WRITINGS)
def test_bytes_that_nobody_sees_are_found(name: str) -> None:
    text = UNSEEN_WRITINGS[name](NOISE[:200])
    assert is_unseen_writing(text)
    assert is_unseen_writing(f"{SENTENCE * 30}{text} {SENTENCE * 30}")


def test_a_few_of_any_kind_are_none() -> None:
    assert not is_unseen_writing("a" + "\u200b\u2060\u200c\U000e0041" * 4)
    assert is_unseen_writing("a" + "\u200b\u2060\u200c\U000e0041" * 4 + "\u200b")


def test_an_object_may_have_them_in_four_texts() -> None:
    text = "a" + "\u2060\u200c\U000e0041\U000e0042" * 4
    assert not is_unseen_in_all("\0".join([text] * 4))
    assert is_unseen_in_all("\0".join([text] * 5))


@pytest.mark.parametrize("text", ["\u200b" * 21845, "a\u0301" * 21845, "\u0301" * 32768, "👩\u200d" * 9362, "م\u200c" * 13107])
def test_no_text_of_the_longest_length_takes_long(text: str) -> None:
    with no_runaway():
        is_unseen_writing(text)
