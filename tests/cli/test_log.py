"""The group of the log's commands; what they do is told beside each."""

from __future__ import annotations

from app.cli.log import log


def test_what_an_operator_does_about_the_log_is_there() -> None:
    assert {"accept-loss", "check"} <= log.commands.keys()


def test_what_partners_ask_of_the_log_is_there() -> None:
    assert {"checkpoint", "consistency", "mirror", "proof"} <= log.commands.keys()
