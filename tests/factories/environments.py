"""Settings as an environment gives them, and the private files that they name."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

from app.config.settings import Settings

SECRET = "hunter2-is-not-to-be-shown"
MAIL = {"MAIL_FROM": "exchange@example.org", "ALARM_TO": "alarm@example.org"}


def settings(**values: str) -> Settings:
    return Settings.from_environment({f"BREAKWATER_{name}": value for name, value in values.items()})


def cursor_key() -> str:
    return base64.b64encode(secrets.token_bytes(64)).decode()


def private(path: Path, content: str | bytes, mode: int = 0o600) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)
    return str(path)
