"""What became of the objects of some files: counted, kept for a table of bounded length, and written line by line.

Owns the form of the report; what its words mean is the exchange's. Kept by ``tests/cli/test_submission_report.py``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from app.cli.envelopes import Origin
from app.cli.faults import CommandFault, ExitCode, wants_json
from app.cli.output import say, table
from app.domain.errors import Code
from breakwater_client.submission import Refusal

MOST_ROWS = 50
MOST_REFUSED_ROWS = 500
_REFUSED = "refused"
_FORBIDDEN = {Code.CONTENT_FORBIDDEN, Code.PERSON_DATA_FORBIDDEN}


@dataclass(slots=True)
class Report:
    """What became of the objects so far. Memory does not grow with their number, unless all are asked for (``keeps_all``)."""

    keeps_all: bool = field(default_factory=wants_json)
    lines: IO[str] | None = None
    """Where each object's record goes at once, as a line of JSON."""

    submissions: list[dict[str, Any]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    objects: list[dict[str, Any]] = field(default_factory=list)
    answered: int = 0
    """How many of the objects the exchange has answered for."""

    _shown: list[dict[str, Any]] = field(default_factory=list)
    _old: int = 0

    def add(self, origin: Origin, outcome: dict[str, Any]) -> None:
        """Take what became of one object: ``status``, and what else is known of it."""
        # What must never be here may stand in the id itself; its place is enough.
        stix_id = None if outcome.get("code") in _FORBIDDEN else origin.stix_id
        record = {"file": origin.file, "place": origin.place, "id": stix_id, **outcome}
        self.counts[record["status"]] += 1
        if self.keeps_all:
            self.objects.append(record)
        elif self.counts.total() <= MOST_ROWS or (record["status"] == _REFUSED and self.counts[_REFUSED] <= MOST_REFUSED_ROWS):
            self._shown.append(record)
        self._old += origin.looks_old and record["status"] == _REFUSED
        if self.lines is not None:
            self.lines.write(json.dumps(record, ensure_ascii=False) + "\n")

    def flush(self) -> None:
        """Let what was added be in the file, whatever comes next."""
        if self.lines is not None:
            self.lines.flush()

    def document(self) -> dict[str, Any]:
        """Give it as JSON tells it."""
        return {"counts": dict(self.counts), "submissions": self.submissions, "objects": self.objects}

    def tell(self) -> None:
        """Print it for people: all of a few objects, or those of many that were refused, up to a bound."""
        few = self.counts.total() <= MOST_ROWS
        shown = self._shown if few else [one for one in self._shown if one["status"] == _REFUSED]
        if shown:
            table("", ("file", "place", "result", "object", "why not"), map(_row, shown))
        more = self.counts[_REFUSED] - MOST_REFUSED_ROWS
        if not few and more > 0:
            say(f"… and {more} more that were refused; --report FILE has them all.")
        for kept in self.submissions[:MOST_ROWS]:
            say(f"submission {kept['id']}" + (f", receipt in {kept['receipt']}" if "receipt" in kept else ""))
        if len(self.submissions) > MOST_ROWS:
            say(f"… and {len(self.submissions) - MOST_ROWS} more submissions; --json and --receipts have them all.")
        say(", ".join(f"{count} {status}" for status, count in sorted(self.counts.items())))
        if self._old:
            say(f"{self._old} of those refused have no spec_version and may be STIX 2.0: export them as 2.1, or convert them.")


@contextmanager
def reporting(path: Path | None, sources: Sequence[Path]) -> Iterator[Report]:
    """Give a report that is also written to a file, one line of JSON for each object as soon as its end is known.

    Raises:
        CommandFault: the file is one of those that objects are read from.
    """
    if path is None:
        yield Report()
        return
    if any(path.exists() and path.samefile(source) for source in sources):
        raise CommandFault(f"--report would overwrite {path}, from which objects are read.", ExitCode.USAGE, code="report-file")
    with path.open("w", encoding="utf-8") as lines:
        yield Report(lines=lines)


def refused(refusal: Refusal) -> dict[str, Any]:
    """Give what to report of an object that was refused before anything was sent."""
    return {"status": _REFUSED, "code": refusal.code.value, "detail": refusal.sentence, "pointer": refusal.pointer}


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    why = f"{one['detail']} [{one['code']}]" + (f" at {one['pointer']}" if one.get("pointer") else "") if "code" in one else ""
    if one.get("narrowed_by"):
        why = f"reaches fewer than it says: narrowed by {', '.join(one['narrowed_by'])}"
    return one["file"], one["place"], one["status"], one.get("id"), why
