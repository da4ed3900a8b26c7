"""Keeps where the broker is, and that its password stands in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config.broker import read_broker_url
from app.config.reading import Mode, SettingsError
from tests.factories.environments import SECRET, private, settings


def test_without_a_setting_there_is_no_broker() -> None:
    assert settings().broker_url is None


def test_the_password_comes_from_a_file(tmp_path: Path) -> None:
    file = private(tmp_path / "password", SECRET + "/@\n")
    given = settings(BROKER_URL="amqps://worker@mq.example.org:5671/exchange", BROKER_PASSWORD_FILE=file)
    assert given.broker_url == f"amqps://worker:{SECRET}%2F%40@mq.example.org:5671/exchange"
    assert SECRET not in repr(given)


@pytest.mark.parametrize(
    "value", ["redis://mq.example.org", "amqp://", "amqp://mq.example.org:none/", "mq.example.org", "amqp://mq.example.org:0/"]
)
def test_what_is_no_broker_is_refused_without_its_value(value: str) -> None:
    with pytest.raises(SettingsError, match="BREAKWATER_BROKER_URL") as refused:
        read_broker_url(value, None, Mode.PRODUCTION)
    assert "example" not in str(refused.value)


@pytest.mark.parametrize("value", ["amqp://mq.example.org", "amqp://worker:secret@mq.example.org"])
def test_a_password_belongs_to_a_user_and_stands_in_one_place(tmp_path: Path, value: str) -> None:
    with pytest.raises(SettingsError, match="a user and no password"):
        read_broker_url(value, Path(private(tmp_path / "password", SECRET)), Mode.PRODUCTION)
