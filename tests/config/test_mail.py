from __future__ import annotations

import pytest

from app.config.mail import MailServer
from app.config.reading import SettingsError
from tests.factories.environments import MAIL, SECRET, settings


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "smtp://mail.example.org",
        "smtp://192.0.2.1:25",
        f"smtps://user:{SECRET}@mail.example.org",
        "smtps://mail.example.org/path",
        "smtps://mail.example.org?query",
        "smtps://mail.example.org:0",
        "smtps://mail.example.org:99999",
        "smtps://",
        "smtps://[::1",
        "https://mail.example.org",
    ],
)
def test_a_mail_server_beyond_this_machine_is_spoken_to_encrypted_and_its_password_is_elsewhere(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^BREAKWATER_SMTP_URL ") as refusal:
        settings(SMTP_URL=url, **MAIL)
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://127.0.0.1", MailServer("127.0.0.1", 25, "smtp", None)),
        ("smtp://localhost:2525", MailServer("localhost", 2525, "smtp", None)),
        ("smtp://[::1]:25", MailServer("::1", 25, "smtp", None)),
        ("smtps://exchange@mail.example.org/", MailServer("mail.example.org", 465, "smtps", "exchange")),
        ("starttls://mail.example.org:25", MailServer("mail.example.org", 25, "starttls", None)),
    ],
)
def test_a_mail_server_is_named_by_a_url(url: str, expected: MailServer) -> None:
    assert settings(SMTP_URL=url, **MAIL).smtp_url == expected


@pytest.mark.parametrize("left_out", ["MAIL_FROM", "ALARM_TO"])
def test_who_names_a_mail_server_says_who_writes_and_who_is_alarmed(left_out: str) -> None:
    with pytest.raises(SettingsError, match=rf"^BREAKWATER_{left_out} "):
        settings(SMTP_URL="smtp://127.0.0.1", **{name: value for name, value in MAIL.items() if name != left_out})


BAD = [
    ("ALARM_TO", "nobody"),
    ("ALARM_TO", "first@example.org,duty..officer@example.org"),
    ("ALARM_TO", ".duty@example.org"),
    ("ALARM_TO", "=?utf-8?q?duty?=@example.org"),
    ("ALARM_TO", "first@example.org,"),
    ("ALARM_TO", ",".join(["first@example.org"] * 21)),
    ("MAIL_FROM", "Exchange <exchange@example.org>"),
    ("MAIL_FROM", "exchange@example.org\r\nBcc: spy@example.org"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused_in_one_line_that_names_the_variable_alone(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        settings(**{name: value})
    text = str(refusal.value)
    assert text.startswith(f"BREAKWATER_{name} ")
    assert "\n" not in text
    assert SECRET not in text
