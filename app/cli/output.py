"""What commands print: JSON if asked for, else words and tables; plain where nobody watches a terminal.

Owns how things look, never what they mean. Values from outside are printed without control characters and never read as markup.
Kept by ``tests/cli/test_output.py``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from app.cli.faults import printable, wants_json

if TYPE_CHECKING:
    from rich.console import RenderableType

_PLAIN_WIDTH = 140
_WIDER_THAN_ANY_TABLE = 1_000_000
_NARROW = 24
_BORDER = 3


def show(document: Any, tell: Callable[[], None]) -> None:
    """Print ``document`` if JSON was asked for, else let ``tell`` print it for people. JSON is ASCII, and drives no terminal."""
    if wants_json():
        click.echo(json.dumps(document, indent=2))
    else:
        tell()


def say(text: str = "") -> None:
    """Print lines for people; nothing where JSON was asked for, which must stay one document."""
    if not wants_json():
        click.echo(_lines(text))


def warn(sentence: str, code: str) -> None:
    """Print on standard error what somebody should know though all was done; as JSON where that was asked for."""
    if wants_json():
        click.echo(json.dumps({"warning": {"detail": sentence, "code": code}}), err=True)
    else:
        click.echo(printable(f"warning: {sentence}"), err=True)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Draw a table as wide as the terminal; without one in ASCII and to a fixed width, with ids in one piece.

    A cell is one line, or a list of lines: line ends in a text, which may come from outside, draw no rows.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    watched = sys.stdout.isatty()
    drawn = Table(title=Text(title) if title else None, title_justify="left", box=box.ROUNDED if watched else box.ASCII)
    cells = [[_cell(cell) for cell in row] for row in rows]
    widths = [None] * len(columns) if watched else _plain_widths([columns, *cells])
    for column, width in zip(columns, widths, strict=True):
        drawn.add_column(column, overflow="fold", width=width)
    for row in cells:
        drawn.add_row(*map(Text, row))
    _print(drawn, watched=watched, width=_WIDER_THAN_ANY_TABLE)


def _plain_widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Give each column's width within the fixed one, the widest shrinking first; but no word, such as an id, is cut in two."""
    from rich.cells import cell_len

    by_column = list(zip(*rows, strict=True))
    widths = [max(cell_len(line) for cell in column for line in cell.split("\n")) for column in by_column]
    words = [max((cell_len(word) for cell in column for word in cell.split()), default=0) for column in by_column]
    least = [max(word, min(width, _NARROW)) for word, width in zip(words, widths, strict=True)]
    room = max(_PLAIN_WIDTH - _BORDER * len(widths) - 1, sum(least))
    while sum(widths) > room:
        widest = max((n for n in range(len(widths)) if widths[n] > least[n]), key=widths.__getitem__)
        widths[widest] -= 1
    return widths


def heading(text: str) -> None:
    """Print a heading over what follows."""
    from rich.rule import Rule
    from rich.text import Text

    if wants_json():
        return
    click.echo()
    watched = sys.stdout.isatty()
    _print(Rule(Text(text, style="bold"), align="left", characters="─" if watched else "-"), watched=watched)


def _print(drawn: RenderableType, *, watched: bool, width: int = _PLAIN_WIDTH) -> None:
    from rich.console import Console

    console = Console(file=sys.stdout, width=None if watched else width, highlight=False, markup=False, emoji=False)
    if watched:
        console.print(drawn)
        return
    with console.capture() as captured:
        console.print(drawn)
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))


def _cell(cell: object) -> str:
    if cell is None:
        return ""
    return "\n".join(map(printable, cell)) if isinstance(cell, (list, tuple)) else printable(str(cell).replace("\n", " "))


def _lines(text: object) -> str:
    """Give a text of several lines without control characters in them."""
    return "\n".join(map(printable, str(text).split("\n")))


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Give a function that moves a progress bar on by so many; there is a bar only where a terminal shows it."""
    if wants_json() or not sys.stderr.isatty():
        yield lambda _count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda count: bar.advance(task, count)
