"""One target's run, in the process that is to be fuzzed: guided by coverage with Atheris where it is installed, else by chance.

    python -m tests.fuzzing.run TARGET RUNS SEED

Prints one line of JSON at the end: executions, how many were taken, the slowest input's processor time, or what failed and on
which bytes. Kept by ``tests/promises/test_fuzzing.py``.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from tests.fuzzing.target import Target

SLOW_SECONDS = 1.0


@dataclass
class Tally:
    """What became of the inputs so far."""

    target: Target
    executions: int = 0
    taken: int = 0
    slowest_seconds: float = 0.0
    slowest: bytes = b""
    failure: str | None = None
    failed_on: bytes = b""
    begun: float = field(default_factory=time.monotonic)

    def try_input(self, data: bytes) -> None:
        """Let the target read an input; what it raises is kept and raised on, and so is being slow."""
        begun = time.thread_time()
        try:
            self.taken += self.target.takes(data)
        except Exception:
            self.failure, self.failed_on = traceback.format_exc(), data
            raise
        seconds = time.thread_time() - begun
        self.executions += 1
        if seconds > self.slowest_seconds:
            self.slowest_seconds, self.slowest = seconds, data
            if seconds > SLOW_SECONDS:
                self.failure, self.failed_on = f"took {seconds:.1f} s of processor time", data
                raise TimeoutError(self.failure)

    def report(self) -> dict[str, Any]:
        """Give the figures."""
        return {
            "executions": self.executions,
            "taken": self.taken,
            "seconds": round(time.monotonic() - self.begun, 1),
            "slowest_milliseconds": round(self.slowest_seconds * 1000, 1),
            "failure": self.failure,
            "failed_on": self.failed_on.hex(),
        }


def by_chance(target: Target, runs: int, seed: int) -> Tally:
    """Run over seeded inputs; stops at the first failure, which the tally names."""
    from tests.fuzzing.mutation import inputs  # noqa: PLC0415  # a guided run imports what it fuzzes under instruments

    tally = Tally(target)
    for data in islice(inputs(target, seed), runs):
        try:
            tally.try_input(data)
        except Exception:  # noqa: BLE001  # whatever it is, it is in the tally
            break
    return tally


def guided(load: Callable[[], Target], atheris: Any, runs: int, seed: int, tell: Callable[[Tally], None]) -> NoReturn:
    """Run with Atheris, which ends the process; ``tell`` is called before."""
    with atheris.instrument_imports(include=["app"]):
        target = load()
    tally, folder = Tally(target), Path(tempfile.mkdtemp(prefix="breakwater-fuzzing-"))

    def one(data: bytes) -> None:
        with suppress(Exception):  # whatever it is, it is in the tally
            tally.try_input(data)
        if tally.failure is not None or tally.executions >= runs:
            tell(tally)
            shutil.rmtree(folder)
            os._exit(0)

    corpus, words = folder / "corpus", folder / "words"
    corpus.mkdir()
    for number, data in enumerate(target.seeds()):
        (corpus / str(number)).write_bytes(data)
    words.write_text("".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in target.words))
    options = [f"-seed={seed}", f"-max_len={target.longest}", "-timeout=300", "-rss_limit_mb=0", "-detect_leaks=0"]
    if target.words:
        options.append(f"-dict={words}")
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()
    raise AssertionError("the fuzzer ended before its last input")


def main() -> None:
    """Run one target and print what became of it."""
    name, runs, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

    def load() -> Target:
        from tests.fuzzing.targets import TARGETS  # noqa: PLC0415  # under Atheris' instruments, if it is there

        return TARGETS[name]

    def tell(tally: Tally) -> None:
        print(json.dumps(tally.report()), flush=True)

    try:
        import atheris  # noqa: PLC0415  # not on every machine
    except ImportError:
        tell(by_chance(load(), runs, seed))
    else:
        guided(load, atheris, runs, seed, tell)


if __name__ == "__main__":
    main()
