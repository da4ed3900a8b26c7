"""A name is read through what machines and people write it in."""

from __future__ import annotations

import base64

import pytest

from app.stix.name_readings import parts, parts_of_name, readings, with_digits_for_letters

NAME = "zqrose77"
ESCAPED = "%7A%71%72%6F%73%65%5F%37%37"


@pytest.mark.parametrize(
    "text",
    [
        "ZQ.rose_77",
        ESCAPED,
        ESCAPED.replace("%", "%25"),
        ESCAPED.replace("%", "%252525"),
        "zqr&#111;se&shy;_77",
        r"\x7aqr\u006Fse\x{5f}77",
        "zqr%u006fse77",
        base64.b64encode(b"zqrose_77").decode().rstrip("="),
        base64.urlsafe_b64encode(b"??zqrose_77>>").decode(),
        b"zqrose_77".hex(),
        "xn--zqrse77-c1a",  # with an umlaut
        "xn--zqrse77-cjg",  # with a Cyrillic o
        "\uff5aqrose\uff17\uff17",
        "zqr\u0585se_77",
        "\u13c3qrose_77",
        "\ua4dcqr\ua4f3se77",
        "zqr\u2c9fse_77",
        "zqr\u00f8se_77",
        "zqros\u01dd_77",
        "\u01b6q\ua75bose_77",
        "zqro\ua731e_77",
        "zqrose_\u0667\u0e57",
        "\U0001f189\U0001f180\U0001f181\U0001f17e\U0001f182\U0001f174\u2466\u2466",
        "\U0001f1ff\U0001f1f6\U0001f1f7\U0001f1f4\U0001f1f8\U0001f1ea77",
        "zq\u200brose\ufe0f77",
    ],
)
def test_what_is_read_as_a_name_comes_to_it(text: str) -> None:
    assert any(NAME in one for one in readings(f"see {text} there"))


@pytest.mark.parametrize(
    "text", ["zqrise77", "rose77", "%zz", "&nothing;", r"\x{ffffff}", "xn--\u00e9", "xn--99999999999", "////////"]
)
def test_what_is_not_is_not(text: str) -> None:
    assert not any(NAME in one for one in readings(text))


def test_digits_for_letters_are_read_in_names_that_are_words() -> None:
    assert with_digits_for_letters("zqr0se77") == with_digits_for_letters(NAME)
    assert with_digits_for_letters("1ris00") == with_digits_for_letters("lris00") == with_digits_for_letters("irisoo")
    assert with_digits_for_letters("4011722") is None
    assert with_digits_for_letters("an0n") is None


def test_a_name_of_several_words_has_parts_if_one_says_something() -> None:
    assert parts_of_name("zqrose_77") == {"zqrose", "77"}
    assert parts_of_name("zqrose_77") <= parts("https://77.zqrose.example.org/")
    assert not parts_of_name("zqrose_77") <= parts("zqroses and 77")
    assert parts_of_name("user_55") == parts_of_name("zqrose") == parts_of_name("zqrose_7") == frozenset()
