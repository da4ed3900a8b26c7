"""``make bench``: measures speed and prints each figure beside a baseline of the same run.

    python -m tests.benchmarks [--objects 10000] [--databases sqlite,postgresql] [--yardstick FOLDER]
        [--only per-object|signing|depots|formats|mirror|visible-set|narrowing|pages|search|portal|ingest|requests|reading|
            exports|many-classes]
        [--classes 500] [--exported 100000] [--log]

Only where it is asked for, since it takes minutes: 200,000 handling classes (``many-classes``).
With ``--log`` nothing but proofs of the log is measured, up to a million leaves.
With ``--yardstick`` nothing but the comparison is measured that ``beside_yardstick`` describes. PostgreSQL is the server that
``BREAKWATER_TEST_POSTGRES`` names, else one started here without fsync (said in its name).
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import (
    beside_yardstick,
    depots,
    export_formats,
    export_mirror,
    exports,
    log_proofs,
    narrowing,
    over_http,
    pages,
    per_object,
    portal,
    search,
    signing,
    visible_set,
)
from tests.benchmarks.figures import HEADER, Figure
from tests.factories.databases import SERVER_VARIABLE, postgres_server

_PARTS = (
    "per-object",
    "signing",
    "depots",
    "formats",
    "mirror",
    "visible-set",
    "narrowing",
    "pages",
    "search",
    "portal",
    *over_http.PARTS,
    "exports",
)
_MANY = "many-classes"
"""Measured only where asked for: it takes minutes."""

_WITHOUT_A_DATABASE = {
    "per-object": per_object.figures,
    "signing": signing.figures,
    "depots": depots.figures,
    "formats": export_formats.figures,
    "mirror": export_mirror.figures,
}
_OF_A_DATABASE = {"visible-set": visible_set.figures, _MANY: visible_set.figures_of_many, "narrowing": narrowing.figures}


@dataclass(frozen=True)
class Sizes:
    """How much is stored: objects in how many classes, and objects for exports."""

    objects: int
    classes: int
    exported: int


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


def _figures_without_a_database(parts: Collection[str]) -> Iterator[Figure]:
    for part, measure in _WITHOUT_A_DATABASE.items():
        if part in parts:
            yield from measure()


def _pages(label: str, url: str, sizes: Sizes) -> Iterator[Figure]:
    return pages.figures(label, url, objects=sizes.objects, classes=sizes.classes)


def _search(label: str, url: str, sizes: Sizes) -> Iterator[Figure]:
    return search.figures(label, url, objects=sizes.objects, classes=sizes.classes)


def _portal(label: str, url: str, sizes: Sizes) -> Iterator[Figure]:
    return portal.figures(label, url, objects=sizes.objects, classes=sizes.classes)


def _exports(label: str, url: str, sizes: Sizes) -> Iterator[Figure]:
    return exports.figures(label, url, objects=sizes.exported)


def _figures(parts: Collection[str], databases: Iterable[str], sizes: Sizes) -> Iterator[Figure]:
    yield from _figures_without_a_database(parts)
    for name in databases:
        for part, measure in _OF_A_DATABASE.items():
            if part in parts:
                with ExitStack() as stack:
                    for label, url in _databases([name], stack):
                        yield from measure(label, url)
        for part, measure_of in (("pages", _pages), ("search", _search), ("portal", _portal), ("exports", _exports)):
            if part in parts:
                with ExitStack() as stack:
                    for label, url in _databases([name], stack):
                        yield from measure_of(label, url, sizes)
        if set(parts) & set(over_http.PARTS):
            with ExitStack() as stack:
                for label, url in _databases([name], stack):
                    yield from over_http.figures(label, url, objects=sizes.objects, parts=parts)


def _comparison(folder: Path, databases: Iterable[str], objects: int) -> Iterator[str]:
    for name in databases:
        with ExitStack() as stack:
            [(label, url)] = _databases([name], stack)
            [(_, floor_url)] = _databases(["postgresql"], stack)
            yield from beside_yardstick.lines(folder, label, url, floor_url, objects)


def main() -> None:
    """Measure what was asked for, and print each figure as soon as it is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--classes", type=int, default=500, help="how many handling classes the part pages has")
    parser.add_argument("--exported", type=int, default=100_000, help="how many objects the part exports has")
    parser.add_argument("--only", choices=(*_PARTS, _MANY), action="append")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--log", action="store_true", help="measure proofs of the log, and nothing else")
    parser.add_argument("--yardstick", type=Path, help="a folder with load.py and floor.py")
    asked = parser.parse_args()
    databases = asked.databases.split(",")
    if asked.log:
        print(log_proofs.HEADER, flush=True)
        for name in databases:
            with ExitStack() as stack:
                [(label, url)] = _databases([name], stack)
                for line in log_proofs.lines(label, url):
                    print(line, flush=True)
        return
    if asked.yardstick:
        print(beside_yardstick.HEADER, flush=True)
        for line in _comparison(asked.yardstick, databases, asked.objects):
            print(line, flush=True)
        return
    print(HEADER, flush=True)
    for figure in _figures(asked.only or _PARTS, databases, Sizes(asked.objects, asked.classes, asked.exported)):
        print(figure.line(), flush=True)


if __name__ == "__main__":
    main()
