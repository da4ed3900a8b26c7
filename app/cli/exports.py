"""``export …``: bulk exports, from their definition to the mirror that a partner keeps.

Owns the group. Kept by ``tests/cli/test_exports.py``.
"""

from __future__ import annotations

import click

from app.cli.export_definitions import DEFINITIONS
from app.cli.export_keys import decrypt, new_key
from app.cli.export_pull import pull_export
from app.cli.export_verify import verify_exports


@click.group()
def export() -> None:
    """Bulk exports: what is written for you by itself, and the mirror that you keep of it."""


for _command in (*DEFINITIONS, decrypt, new_key, pull_export, verify_exports):
    export.add_command(_command)
