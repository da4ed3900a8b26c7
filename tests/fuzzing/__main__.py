"""``make fuzz``: a million inputs for each reader of bytes from outside; nothing but a taken input or a refusal may come of any.

    python -m tests.fuzzing [TARGET ...] [--runs 1000000] [--seed 1]
    python -m tests.fuzzing TARGET --input HEX

Each target runs in a process of its own (``tests.fuzzing.run``), guided by coverage where Atheris is installed. With ``--input``
one input is tried once, to see what comes of it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any

from tests.fuzzing.targets import TARGETS

_HEADER = "| target | executions | taken | per second | slowest input |"


def _report(name: str, runs: int, seed: int) -> dict[str, Any]:
    """Run one target in a process of its own and give its figures."""
    command = [sys.executable, "-m", "tests.fuzzing.run", name, str(runs), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        failure = f"the process ended with {done.returncode}\n{done.stderr[-4000:]}"
        return {"executions": 0, "taken": 0, "seconds": 0, "slowest_milliseconds": 0, "failure": failure, "failed_on": ""}
    report: dict[str, Any] = json.loads(lines[-1])
    return report


def _line(name: str, report: dict[str, Any]) -> str:
    speed = round(report["executions"] / max(report["seconds"], 0.1))
    return f"| {name} | {report['executions']:,} | {report['taken']:,} | {speed:,} | {report['slowest_milliseconds']} ms |"


def main() -> None:
    """Fuzz what was asked for; ends with 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--input", type=bytes.fromhex, help="one input, in hexadecimal")
    asked = parser.parse_args()
    if asked.input is not None:
        for name in asked.targets:
            print(name, "takes it" if TARGETS[name].takes(asked.input) else "refuses it")
        return
    print(f"{_HEADER}\n|---|---|---|---|---|", flush=True)
    failed = False
    for name in asked.targets or TARGETS:
        report = _report(name, asked.runs, asked.seed)
        print(_line(name, report), flush=True)
        if report["failure"]:
            failed = True
            print(f"{report['failure']}\nAgain: python -m tests.fuzzing {name} --input {report['failed_on']}", flush=True)
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
