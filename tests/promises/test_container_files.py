"""Image and compose file: they name settings that exist, hold no secret, and take from each process what it does not need."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.cli.commands import commands
from app.config.settings import SETTINGS

ROOT = Path(__file__).parents[2]
TEXTS = ("Dockerfile", "compose.yaml", "docs/operations/nginx.conf")


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    return found


OURS = [name for name, one in services().items() if one["image"] == "breakwater:local"]


def test_there_are_two_servers_and_two_workers_on_one_database_behind_a_proxy() -> None:
    run = [" ".join(one.get("command", [])) for one in services().values()]
    assert run.count("breakwater serve") == run.count("breakwater worker") == 2
    assert {"database", "signer", "migrate", "proxy"} <= services().keys()


@pytest.mark.parametrize("name", TEXTS)
def test_each_setting_exists(name: str) -> None:
    named = set(re.findall(r"\bBREAKWATER_([A-Z_]+)", (ROOT / name).read_text()))
    assert named <= set(SETTINGS)


@pytest.mark.parametrize("name", OURS)
def test_each_command_exists(name: str) -> None:
    program, *words = services()[name]["command"]
    assert program == "breakwater"
    found: Any = commands
    for word in words:
        found = found.commands[word]
    assert callable(found)


@pytest.mark.parametrize("name", services())
def test_each_process_has_a_root_that_nobody_writes_and_gains_no_privileges(name: str) -> None:
    one = services()[name]
    assert one["read_only"]
    assert "no-new-privileges:true" in one["security_opt"]
    assert name not in OURS or one["cap_drop"] == ["ALL"]


def test_private_keys_are_the_signers_which_has_no_network_and_no_password() -> None:
    holders = {name for name, one in services().items() if any(str(each).startswith("keys:") for each in one.get("volumes", []))}
    assert holders == {"init", "signer"}
    signer = services()["signer"]
    assert (signer["network_mode"], signer["secrets"]) == ("none", [])
    assert "BREAKWATER_DATABASE_URL" not in signer["environment"]


def test_no_secret_is_written_there_and_none_has_a_default() -> None:
    for name in TEXTS:
        text = (ROOT / name).read_text()
        assert not re.search(r"(?i)password\s*[:=]\s*[^/{$\s]", text), name
        assert not re.search(r"\$\{\w*(PASSWORD|TOKEN|KEY)\w*:-", text), name
    secrets = yaml.safe_load((ROOT / "compose.yaml").read_text())["secrets"]
    assert all(one["file"].startswith("./secrets/") for one in secrets.values())
    assert "secrets/" in (ROOT / ".gitignore").read_text().splitlines()


def test_only_the_proxy_is_reached_from_outside_and_logs_no_path() -> None:
    assert [name for name, one in services().items() if "ports" in one] == ["proxy"]
    nginx = (ROOT / "docs/operations/nginx.conf").read_text()
    [form] = re.findall(r"log_format breakwater '([^']*)'", nginx)
    assert not {"$request", "$request_uri", "$uri", "$args", "$query_string", "$http_referer"} & set(form.split())
