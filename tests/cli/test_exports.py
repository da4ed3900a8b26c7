"""The group of commands of bulk exports."""

from __future__ import annotations

from app.cli.exports import export


def test_the_group_has_what_a_partner_needs_of_its_definitions() -> None:
    assert {"define", "list", "show", "change", "pause", "resume", "end", "run", "runs"} <= export.commands.keys()


def test_the_group_has_what_a_partner_needs_of_its_files() -> None:
    assert {"decrypt", "new-key", "pull", "verify"} <= export.commands.keys()
