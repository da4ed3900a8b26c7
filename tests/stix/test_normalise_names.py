"""Names: handles, ids, wallets and services, in one spelling or refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.domain.errors import Code, ProfileError
from app.stix import normalise_names as names
from app.stix.normalise_faults import Normal


@pytest.mark.parametrize(
    ("entered", "normal"),
    [
        ("@Example.Account-17", "example.account-17"),
        (" example_1 ", "example_1"),
        ("\uff25\uff38ample\uff11", "example1"),
        ("Example#0117", "example#0117"),
        ("пример_17", "пример_17"),
        ("例え17", "例え17"),
        ("예시漢字", "예시漢字"),
        ("उदाहरण", "उदाहरण"),
        ("École", "école"),
    ],
)
def test_a_handle_is_in_one_spelling(entered: str, normal: str) -> None:
    assert names.handle(entered) == Normal(normal)


@pytest.mark.parametrize(
    "entered",
    [
        "",
        "@",
        "two words",
        "ex\u3000ample",
        "ex\u0430mple",
        "пример_a",
        "example\u0661\u0662",
        "e\u0335x\u0335ample",
        "exam\u200bple",
        "exam\u202eple",
        "exam\nple",
        "somebody@example.org",
        "https://example.org/somebody",
        "😀",
        "...",
        "a" * 65,
        "#0117",
        "İstanbul",
    ],
)
def test_a_handle_that_cannot_be_read_is_refused(entered: str) -> None:
    with pytest.raises(ProfileError) as caught:
        names.handle(entered)
    assert caught.value.code is Code.OBSERVABLE_INVALID
    assert caught.value.pointer == "/value"


@pytest.mark.parametrize(
    ("read", "entered", "normal"),
    [
        (names.account_id, " 40117 ", "40117"),
        (names.account_id, "UCx_Example-1", "UCx_Example-1"),
        (names.room, "Room-0117", "Room-0117"),
        (names.device, "AB-CD-17", "ab-cd-17"),
        (names.wallet, "bitcoin:BC1QSYNTHETIC0117", "bc1qsynthetic0117"),
        (names.wallet, "0x" + "AB" * 20, "0x" + "ab" * 20),
        (names.wallet, "1SyntheticExample", "1SyntheticExample"),
    ],
)
def test_ids_keep_their_case_where_it_says_something(read: Callable[[str], Normal], entered: str, normal: str) -> None:
    assert read(entered).value == normal


@pytest.mark.parametrize(
    ("read", "entered"),
    [
        (names.account_id, "somebody@example.org"),
        (names.account_id, "+1 555 0100"),
        (names.account_id, "two words"),
        (names.account_id, "a" * 257),
        (names.room, "https://example.org/room"),
        (names.room, "room 17"),
        (names.device, "a b"),
        (names.wallet, "short"),
        (names.wallet, "bitcoin:1SyntheticExample?amount=1"),
    ],
)
def test_ids_of_another_form_are_refused(read: Callable[[str], Normal], entered: str) -> None:
    with pytest.raises(ProfileError):
        read(entered)


def test_a_service_has_one_name_and_one_word() -> None:
    assert names.service_name("  Example   Chat ", "/service") == "Example Chat"
    assert names.service_word("Example Chat") == names.service_word("example_chat") == "example-chat"
    assert names.service_word("例え") == "例え"


@pytest.mark.parametrize("entered", ["", "...", "Example\u200bChat"])
def test_a_service_without_a_name_is_refused_where_it_stands(entered: str) -> None:
    with pytest.raises(ProfileError) as caught:
        names.service_name(entered, "/where/service")
    assert caught.value.pointer == "/where/service"
