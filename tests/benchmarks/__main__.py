"""``make bench``: measures speed and prints each figure beside a baseline of the same run.

    python -m tests.benchmarks [--objects 10000] [--only per-object|visible-set|narrowing|http] [--databases sqlite,postgresql]

PostgreSQL is the server that ``BREAKWATER_TEST_POSTGRES`` names, else one started here without fsync (said in its name).
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import narrowing, over_http, per_object, visible_set
from tests.benchmarks.figures import HEADER, Figure
from tests.factories.databases import SERVER_VARIABLE, postgres_server

_PARTS = ("per-object", "visible-set", "narrowing", "http")


def _databases(names: Iterable[str], stack: ExitStack) -> Iterator[tuple[str, str]]:
    """Give (name to print, URL of a fresh database) for each wanted database."""
    for name in names:
        if name == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            yield name, f"sqlite:///{Path(folder) / 'bench.db'}"
        else:
            server = stack.enter_context(postgres_server())
            label = "postgresql" if os.environ.get(SERVER_VARIABLE) else "postgresql (no fsync)"
            yield label, stack.enter_context(server.database())


def _figures(parts: Iterable[str], databases: Iterable[str], objects: int) -> Iterator[Figure]:
    if "per-object" in parts:
        yield from per_object.figures()
    measured = (("visible-set", visible_set.figures), ("narrowing", narrowing.figures), ("http", over_http.figures))
    for part, measure in measured:
        if part in parts:
            for name in databases:
                with ExitStack() as stack:
                    for label, url in _databases([name], stack):
                        yield from measure(label, url, **({"objects": objects} if part == "http" else {}))


def main() -> None:
    """Measure what was asked for, and print each figure as soon as it is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--only", choices=_PARTS, action="append")
    parser.add_argument("--databases", default="sqlite,postgresql")
    asked = parser.parse_args()
    print(HEADER, flush=True)
    for figure in _figures(asked.only or _PARTS, asked.databases.split(","), asked.objects):
        print(figure.line(), flush=True)


if __name__ == "__main__":
    main()
