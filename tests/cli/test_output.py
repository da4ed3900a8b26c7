"""What commands print: JSON, or words and tables that are plain where nobody watches."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from app.cli.faults import ExitCode, json_option
from app.cli.output import heading, progress, say, show, table

ROOT = Path(__file__).parents[2]
HIDE, SHOW = b"\x1b[?25l", b"\x1b[?25h"


@click.command()
@json_option
def example() -> None:
    heading("Title")
    say("words")
    with progress("counting", 2) as advance:
        advance(2)
    show({"name": "Å"}, lambda: table("", ("name",), [("Å",)]))


def test_people_get_words_and_a_table() -> None:
    told = CliRunner().invoke(example).stdout
    assert "words\n" in told
    assert "| Å    |" in told


@click.command()
def outside() -> None:
    table("", ("object", "told"), [("a\n| b | Everything verified.\u2028\u202ec", ["one", "two\n"])])


def test_line_ends_in_a_cell_draw_no_rows_and_a_list_draws_its_lines() -> None:
    lines = CliRunner().invoke(outside).stdout.splitlines()
    assert [line.split("|")[1].strip() for line in lines if line.startswith("| ")][:1] == ["object"]
    rows = [line for line in lines if line.startswith("|") and "object" not in line and "--" not in line]
    assert len(rows) == 2
    assert "a | b | Everything verified.\\u2028\\u202ec" in rows[0]
    assert "two" in rows[1]


def test_json_is_the_only_thing_printed_where_it_was_asked_for() -> None:
    assert json.loads(CliRunner().invoke(example, ["--json"]).stdout) == {"name": "Å"}


@click.command()
@json_option
def told() -> None:
    show({"id": "\x9b2J\u202e\ud800"}, lambda: None)


def test_json_drives_no_terminal_and_half_a_character_ends_nothing() -> None:
    shown = CliRunner().invoke(told, ["--json"])
    assert (shown.exit_code, shown.stdout.isascii()) == (0, True)
    assert json.loads(shown.stdout) == {"id": "\x9b2J\u202e\ud800"}


def shown_until(terminal: int, text: bytes) -> bytes:
    """Give what a terminal shows until a text comes, in as many pieces as it comes in, or until nothing comes for a minute."""
    shown = b""
    while text not in shown and select.select([terminal], [], [], 60)[0]:
        shown += os.read(terminal, 100_000)
    return shown


def test_a_bar_shows_how_far_it_is_where_a_terminal_watches_and_nowhere_else() -> None:
    program = "from app.cli.output import progress\nwith progress('counting', 20) as advance: advance(20)"
    ours, theirs = pty.openpty()
    try:
        watched = subprocess.Popen([sys.executable, "-c", program], stderr=theirs, cwd=ROOT, env=os.environ | {"TERM": "xterm"})
        assert watched.wait(60) == 0
        shown = shown_until(ours, b"20/20").decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert "counting" in shown
    assert "20/20" in shown
    unwatched = subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=ROOT, check=True)
    assert (unwatched.stdout, unwatched.stderr) == (b"", b"")


def test_a_bar_that_is_interrupted_gives_the_terminal_its_cursor_back() -> None:
    program = """
import time
import click
from app.cli.faults import Commands
from app.cli.output import progress

@click.group(cls=Commands)
def root(): pass

@root.command()
def go():
    with progress("counting", 20) as advance:
        advance(1)
        time.sleep(60)

root()
"""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", program, "go"]
    shown = b""
    try:
        with subprocess.Popen(command, stderr=theirs, cwd=ROOT, env=os.environ | {"TERM": "xterm"}) as watched:
            shown += shown_until(ours, b"1/20")
            watched.send_signal(signal.SIGINT)
            assert watched.wait(60) == ExitCode.INTERRUPTED
        shown += shown_until(ours, SHOW)
    finally:
        os.close(ours)
        os.close(theirs)
    assert shown.count(HIDE) == shown.count(SHOW) == 1
    assert shown.index(HIDE) < shown.index(SHOW)


def test_a_table_without_a_terminal_has_no_colours_and_no_blanks_at_the_ends_of_lines(capsys: pytest.CaptureFixture[str]) -> None:
    table("Keys", ("keyid", "state"), [("ab" * 32, "active"), (None, 3)])
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert [line for line in told.splitlines() if line != line.rstrip()] == []
    assert "ab" * 32 in told


def test_ids_stay_in_one_piece_and_sentences_wrap(capsys: pytest.CaptureFixture[str]) -> None:
    table("", ("id", "why", "other"), [("ab" * 60, "a few words " * 20, "cd" * 60)])
    told = capsys.readouterr().out
    assert "ab" * 60 in told
    assert "cd" * 60 in told
    assert "a few words" in told
    assert max(map(len, told.splitlines())) == 120 + 24 + 120 + 3 * 3 + 1


def test_a_table_without_rows_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    table("", ("id", "why"), [])
    assert "| id | why |" in capsys.readouterr().out


def test_values_are_neither_markup_nor_orders_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    table("", ("value",), [("[bold]not markup[/bold]\x1b[2J :smile:",), (["two", "lines"],)])
    told = capsys.readouterr().out
    assert "[bold]not markup[/bold][2J :smile:" in told
    assert "| two" in told
    assert "| lines" in told
    say("a\x1bb\nc")
    assert capsys.readouterr().out == "ab\nc\n"
