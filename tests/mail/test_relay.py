from __future__ import annotations

import smtplib
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.paging import Delivery, Letter
from app.mail.relay import Relay, is_mailable, written
from tests.factories.mail_servers import SENDER, Behaviour, FakeMailServer, certificate_for_loopback, mail_server

WRITTEN_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOOD, BAD, FURTHER = "good@example.org", "bad@example.org", "further@example.org"


def letter(to: str, number: int = 1, text: str = "Something awaits.") -> Letter:
    return Letter(f"<{number}@breakwater.example.org>", (to,), "A page", text, WRITTEN_AT)


def fates(relay: Relay, *letters: Letter) -> list[Delivery]:
    return [fate for _, fate in relay.deliver(letters)]


@pytest.fixture
def server() -> Iterator[FakeMailServer]:
    with mail_server() as server:
        yield server


def test_a_letter_arrives_with_its_headers_and_its_text(server: FakeMailServer) -> None:
    assert fates(server.relay(), letter(GOOD)) == [Delivery.SENT]
    [received] = server.received
    assert (received.sender, received.to, received.text.strip()) == (SENDER, [GOOD], "Something awaits.")
    told = received.message
    assert (told["From"], told["To"], told["Subject"]) == (SENDER, GOOD, "A page")
    assert (told["Message-ID"], told["Auto-Submitted"]) == ("<1@breakwater.example.org>", "auto-generated")
    assert told["Date"].datetime == WRITTEN_AT


def test_a_text_in_other_scripts_arrives_through_servers_that_know_seven_bits_only(server: FakeMailServer) -> None:
    assert fates(server.relay(), letter(GOOD, text="Línea, 電話")) == [Delivery.SENT]
    assert server.received[0].text.strip() == "Línea, 電話"


def test_all_letters_of_a_batch_go_over_one_connection(server: FakeMailServer) -> None:
    assert fates(server.relay(), *(letter(GOOD, number) for number in range(5))) == [Delivery.SENT] * 5
    assert (server.connections, len(server.received)) == (1, 5)


def test_without_letters_nobody_is_connected_to(server: FakeMailServer) -> None:
    assert fates(server.relay()) == []
    assert server.connections == 0


@pytest.mark.parametrize(
    ("behaviour", "fate"),
    [
        (Behaviour(refused={BAD}), Delivery.REFUSED),
        (Behaviour(spam={BAD}), Delivery.REFUSED),
        (Behaviour(greylisted={BAD: 1}), Delivery.LATER),
    ],
)
def test_an_address_that_is_refused_does_not_hold_the_next_one_up(behaviour: Behaviour, fate: Delivery) -> None:
    with mail_server(behaviour) as server:
        assert fates(server.relay(), letter(BAD, 1), letter(GOOD, 2)) == [fate, Delivery.SENT]


@pytest.mark.parametrize("behaviour", [Behaviour(hanging={BAD}), Behaviour(dropping={BAD}), Behaviour(refuses_senders=True)])
def test_a_server_that_falls_silent_or_breaks_off_is_unreachable_and_the_rest_is_not_tried(behaviour: Behaviour) -> None:
    with mail_server(behaviour) as server:
        begun = time.monotonic()
        assert fates(server.relay(timeout_seconds=0.3), letter(BAD, 1), letter(GOOD, 2)) == [Delivery.UNREACHABLE]
        assert time.monotonic() - begun < 5
        assert server.received == []


def test_a_port_where_nobody_listens_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert fates(Relay("127.0.0.1", port, "smtp", SENDER), letter(GOOD)) == [Delivery.UNREACHABLE]


def test_a_server_that_never_greets_is_unreachable_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        relay = Relay("127.0.0.1", silent.getsockname()[1], "smtp", SENDER, timeout_seconds=0.2)
        assert fates(relay, letter(GOOD)) == [Delivery.UNREACHABLE]


def test_no_further_letter_is_begun_when_the_batch_has_had_its_time(server: FakeMailServer) -> None:
    assert fates(server.relay(batch_seconds=-1.0), letter(GOOD)) == []


@pytest.mark.parametrize("security", ["starttls", "smtps"])
def test_mail_goes_encrypted_and_signed_in(security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = certificate_for_loopback(tmp_path / "server.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(Behaviour(password="swordfish"), security, certificate) as server:
        assert fates(server.relay(user="exchange", password="swordfish"), letter(GOOD)) == [Delivery.SENT]
        assert fates(server.relay(user="exchange", password="wrong"), letter(GOOD)) == [Delivery.UNREACHABLE]
        assert len(server.received) == 1


@pytest.mark.parametrize("security", ["starttls", "smtps"])
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(security: str, tmp_path: Path) -> None:
    with mail_server(security=security, certificate=certificate_for_loopback(tmp_path / "server.pem")) as server:
        assert fates(server.relay(), letter(GOOD)) == [Delivery.UNREACHABLE]
        assert server.received == []


def test_a_server_that_offers_no_encryption_gets_nothing_where_it_is_asked_for(server: FakeMailServer) -> None:
    assert fates(server.relay(security="starttls"), letter(GOOD)) == [Delivery.UNREACHABLE]
    assert server.received == []


@pytest.mark.parametrize("injected", ["A page\r\nBcc: spy@example.org", "A page\nX: y"])
def test_a_header_cannot_be_made_of_two(injected: str) -> None:
    with pytest.raises(ValueError, match=r"newline|linefeed|carriage"):
        written(Letter("<1@example.org>", (GOOD,), injected, "", WRITTEN_AT), SENDER)


def test_the_operators_are_written_to_in_one_letter_which_counts_as_sent_if_one_of_them_got_it() -> None:
    with mail_server(Behaviour(refused={BAD})) as server:
        several = Letter("<1@breakwater.example.org>", (BAD, FURTHER), "An alarm", "", WRITTEN_AT)
        assert fates(server.relay(), several) == [Delivery.SENT]
        assert server.received[0].to == [FURTHER]


UNMAILABLE = [
    "duty..officer@example.org",
    ".duty@example.org",
    "duty.@example.org",
    "=?utf-8?q?duty?=@example.org",
    "d=?utf-8?q?x?=@example.org",
    "d\u00fcty@example.org",
    "duty@ex\u00e4mple.org",
    "duty@example.org\r\nBcc: spy@example.org",
    "",
    "@",
    f"{'d' * 65}@example.org",
]


@pytest.mark.parametrize("address", UNMAILABLE)
def test_a_letter_that_cannot_be_written_is_refused_and_holds_no_other_up(server: FakeMailServer, address: str) -> None:
    assert not is_mailable(address)
    found = fates(server.relay(), letter(GOOD, 1), letter(address, 2), letter(FURTHER, 3))
    assert [found[0], found[2]] == [Delivery.SENT] * 2
    assert (len(server.to(GOOD)), len(server.to(FURTHER))) == (1, 1)


@pytest.mark.parametrize("address", UNMAILABLE[:4])
def test_what_cannot_be_written_is_logged_without_the_address(
    server: FakeMailServer, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    assert fates(server.relay(), letter(address)) == [Delivery.REFUSED]
    assert "cannot be written" in caplog.text
    assert address not in caplog.text
    assert server.connections == 0


@pytest.mark.parametrize("address", ["duty@example.org", "duty.officer+night@a.example.org", "o'neill@xn--bcher-kva.example"])
def test_a_plain_address_is_mailable(address: str) -> None:
    assert is_mailable(address)


def test_a_letter_that_breaks_the_conversation_is_refused_and_the_next_begins_another(
    server: FakeMailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = smtplib.SMTP.data

    def break_once(*_: object) -> tuple[int, bytes]:
        monkeypatch.setattr(smtplib.SMTP, "data", taken)
        raise RuntimeError

    monkeypatch.setattr(smtplib.SMTP, "data", break_once)
    assert fates(server.relay(), letter(BAD, 1), letter(GOOD, 2)) == [Delivery.REFUSED, Delivery.SENT]
    assert server.connections == 2


def test_the_password_is_in_no_text_form() -> None:
    assert "swordfish" not in repr(Relay("127.0.0.1", 25, "smtp", SENDER, "exchange", "swordfish"))
