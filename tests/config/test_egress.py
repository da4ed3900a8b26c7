from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest

from app.config.reading import SettingsError
from tests.factories.environments import SECRET, settings

BAD = [
    *(("WEBHOOK_PORTS", value) for value in ("", "0", "65536", "443,", "https", "-1", ",".join(["443"] * 21)) if value),
    *(("WEBHOOK_ADDRESSES", value) for value in ("localhost", "127.0.0.0/8", "127.0.0.1,", "127.1")),
    ("WEBHOOK_CA_FILE", f"/nowhere/{SECRET}.pem"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused_in_one_line_that_names_the_variable_alone(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        settings(**{name: value, "MODE": "development"})
    text = str(refusal.value)
    assert text.startswith(f"BREAKWATER_{name}")
    assert "\n" not in text
    assert SECRET not in text


def test_without_settings_the_public_internet_is_called_at_one_port() -> None:
    made = settings()
    assert (made.webhook_ports, made.webhook_addresses, made.webhook_ca_file) == (None, None, None)


def test_further_ports_and_addresses_of_development_are_read(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("PEM")
    given = {"WEBHOOK_PORTS": "443, 8443", "WEBHOOK_ADDRESSES": "127.0.0.1, ::1", "WEBHOOK_CA_FILE": str(tmp_path / "ca.pem")}
    made = settings(MODE="development", **given)
    assert made.webhook_ports == {443, 8443}
    assert made.webhook_addresses == {ip_address("127.0.0.1"), ip_address("::1")}
    assert made.webhook_ca_file == tmp_path / "ca.pem"


def test_production_calls_no_address_that_is_not_public() -> None:
    with pytest.raises(SettingsError, match="development"):
        settings(WEBHOOK_ADDRESSES="127.0.0.1")
    with pytest.raises(SettingsError, match="development"):
        settings(WEBHOOK_ADDRESSES="8.8.8.8", MODE="production")
