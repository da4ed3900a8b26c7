from __future__ import annotations

import pytest

from app.config.reading import SettingsError
from tests.factories.environments import SECRET, settings

BAD = [
    ("BIND", "127.0.0.1"),
    ("BIND", "127.0.0.1:"),
    ("BIND", "127.0.0.1:65536"),
    ("BIND", "::1:8000"),
    ("BIND", "unix:/run/breakwater.sock"),
    ("BIND", "127.0.0.1:8000\n"),
    ("PUBLIC_ORIGIN", "exchange.example.org"),
    ("PUBLIC_ORIGIN", "https://exchange.example.org/"),
    ("PUBLIC_ORIGIN", "https://exchange.example.org/path"),
    ("PUBLIC_ORIGIN", "https://user@exchange.example.org"),
    ("PUBLIC_ORIGIN", "https://Exchange.example.org"),
    ("PUBLIC_ORIGIN", "http://exchange.example.org"),
    ("PUBLIC_ORIGIN", "ftp://127.0.0.1"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused_in_one_line_that_names_the_variable_alone(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        settings(**{name: value})
    text = str(refusal.value)
    assert text.startswith(f"BREAKWATER_{name} ")
    assert "\n" not in text
    assert SECRET not in text


@pytest.mark.parametrize(
    "bind", ["0.0.0.0:8000", "[::]:8000", "192.0.2.1:8000", "exchange.example.org:8000", "localhost.example:1"]
)
def test_production_beyond_loopback_needs_its_public_origin(bind: str) -> None:
    with pytest.raises(SettingsError, match="PUBLIC_ORIGIN"):
        settings(BIND=bind)
    assert settings(BIND=bind, PUBLIC_ORIGIN="https://exchange.example.org").bind == bind
    assert settings(BIND=bind, MODE="development").public_origin is None


@pytest.mark.parametrize("bind", ["127.0.0.1:0", "127.8.9.10:8000", "[::1]:8000", "localhost:8000"])
def test_loopback_needs_no_public_origin(bind: str) -> None:
    assert settings(BIND=bind).origin == f"http://{bind}"


def test_plain_http_is_an_origin_for_loopback_and_development_only() -> None:
    assert settings(PUBLIC_ORIGIN="http://127.0.0.1:8000").origin == "http://127.0.0.1:8000"
    assert settings(PUBLIC_ORIGIN="http://exchange.example.org", MODE="development").public_origin
