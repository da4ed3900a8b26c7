"""``make mutate``: changes ``app/policy`` in small ways, and lists the changes that no test of the policy notices.

    python -m tests.mutation [--processes 2] [--tables-only]

mutmut changes every function (its settings are in ``pyproject.toml``); ``tests.mutation.tables`` changes the tables, which it
leaves alone. Ends with 1 if anything stays alive that ``docs/policy-mutants.md``
does not explain, or if it explains what does not.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.mutation.explained import DOCUMENT, Survivor, explained
from tests.mutation.tables import ROOT, survives, table_mutants

RESULTS = ROOT / "mutants" / "app" / "policy"
KILLED = {1: "killed", 3: "killed", 36: "timed out", 152: "timed out", 24: "timed out", -24: "timed out"}


def functions(processes: int) -> tuple[Counter[str], list[Survivor]]:
    """Run mutmut to its end; give what became of its mutants, and which are alive."""
    program = str(Path(sys.executable).with_name("mutmut"))
    environment = os.environ | {"CI": "true"}
    subprocess.run([program, "run", "--max-children", str(processes)], cwd=ROOT, env=environment, check=False)
    ends: Counter[str] = Counter()
    alive = []
    for path in sorted(RESULTS.glob("*.meta")):
        for name, code in json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"].items():
            end = KILLED.get(code, "alive")
            ends[end] += 1
            if end == "alive":
                alive.append(_shown(program, name))
    return ends, alive


def _shown(program: str, name: str) -> Survivor:
    """Give a mutant of mutmut by its function and its two lines, which stay the same when others come and go."""
    shown = subprocess.run([program, "show", name], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    lines = [line for line in shown.splitlines() if not line.startswith(("---", "+++"))]
    before, after = (" ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    function = (
        name.removeprefix("app.policy.").rpartition("__mutmut_")[0].replace("x_", "", 1).replace("xǁ", "").replace("ǁ", ".")
    )
    return Survivor(function, before, after)


def tables() -> tuple[Counter[str], list[Survivor]]:
    """Try every change of a table; give what became of them, and which are alive."""
    ends: Counter[str] = Counter()
    alive = []
    for mutant in table_mutants():
        end = "alive" if survives(mutant) else "killed"
        ends[end] += 1
        if end == "alive":
            alive.append(Survivor(mutant.where, mutant.where.rpartition(".")[2], mutant.change))
    return ends, alive


def main() -> None:
    """Try all changes and compare those that stay alive with the document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--tables-only", action="store_true")
    asked = parser.parse_args()
    parts = {"tables": tables} if asked.tables_only else {"tables": tables, "functions": lambda: functions(asked.processes)}
    alive: list[Survivor] = []
    for name, part in parts.items():
        ends, left = part()
        alive += left
        print(
            f"{name}: {ends.total()} changes, " + ", ".join(f"{count} {end}" for end, count in sorted(ends.items())), flush=True
        )
    known = explained()
    unexplained = [one for one in alive if one not in known]
    gone = [] if asked.tables_only else [one for one in known if one not in alive]
    for title, survivors in ((f"Alive and not in {DOCUMENT.name}", unexplained), (f"In {DOCUMENT.name} and not alive", gone)):
        print(f"\n{title}: {len(survivors)}")
        for one in survivors:
            print(f"\n{one.written}")
    raise SystemExit(bool(unexplained or gone))


if __name__ == "__main__":
    main()
