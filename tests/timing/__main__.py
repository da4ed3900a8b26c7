"""``make timing``: whether somebody with a valid token can tell a hidden object from an absent one by time, over HTTP.

    python -m tests.timing [--requests 5000] [--databases sqlite,postgresql] [--only "object,TAXII object"]

Each question is asked so many times about hidden and about absent ids, in random order. The control is a build that leaks: it
reads what stands under an id and then decides. If the control cannot be told apart, the machine is too noisy for any verdict.
Wants a quiet machine; it ends with 1 if a question can be told apart, or the control cannot.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.factories.databases import postgres_server
from tests.factories.mortal_servers import mortal_server
from tests.timing.arms import QUESTIONS, make_world, times
from tests.timing.distinguish import area_under_curve, noise

BOUND = 0.02
LEAK = """
import json
from sqlalchemy import select
from app.storage import feed
from app.storage.tables import object_content, object_version
even = feed.versions_of
def fetch_then_check(connection, viewpoint, stix_id, now):
    under = select(object_content.c.content).join_from(
        object_version, object_content, object_version.c.version_id == object_content.c.version_id
    )
    for row in connection.execute(under.where(object_version.c.stix_id == stix_id)):
        json.loads(row.content)
    return even(connection, viewpoint, stix_id, now)
feed.versions_of = fetch_then_check
"""


def _databases(names: str, stack: ExitStack) -> Iterator[tuple[str, str]]:
    for name in names.split(","):
        if name == "sqlite":
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            yield name, f"sqlite:///{folder / 'timing.db'}"
        else:
            server = stack.enter_context(postgres_server())
            yield name, stack.enter_context(server.database())


def measure(url: str, wanted: list[str], count: int, leak: str = "") -> Iterator[tuple[str, float]]:
    """Give each question's area under the curve, asked of a server of its own, with one worker, on an empty database."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "exchange"
        with mortal_server(home, url, workers=1, prelude=leak, lookups_per_day="1000000000") as server:
            world = make_world(server)
            for name in wanted:
                yield name, area_under_curve(*times(server, world, QUESTIONS[name], count))


def main() -> int:
    """Measure what the command line asks for, and print it."""
    parser = argparse.ArgumentParser(description="Hidden against absent by time, over HTTP.")
    parser.add_argument("--requests", type=int, default=5_000)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--only", default=",".join(QUESTIONS))
    asked = parser.parse_args()
    bound, failed = max(BOUND, noise(asked.requests)), False
    print(f"{asked.requests} requests an arm; told apart beyond 0.5 ± {bound:.3f}")
    for build, leak, wanted in (("control, leaking", LEAK, ["object"]), ("exchange", "", asked.only.split(","))):
        with ExitStack() as stack:
            for name, url in _databases(asked.databases, stack):
                for question, area in measure(url, wanted, asked.requests, leak):
                    apart = abs(area - 0.5) > bound
                    failed |= apart != bool(leak)
                    print(f"{name:12} {build:18} {question:16} {area:.3f} {'told apart' if apart else 'alike'}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
