"""What a submission's answer says to do about imminent risk, for people. Kept by ``tests/cli/test_imminent_risk.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.cli.output import say, table


def tell_whom_to_call(submissions: Sequence[dict[str, Any]]) -> None:
    """Print whom to call if one of these answers says that there is imminent risk; once, however many do."""
    told = [one["imminent_risk"] for one in submissions if "imminent_risk" in one]
    if not told:
        return
    say()
    table("IMMINENT RISK", ("where", "who", "call"), map(_row, told[0]["call"]))
    say(told[0]["detail"])


def _row(one: dict[str, Any]) -> tuple[str, str, str]:
    return one["jurisdiction"] or "everywhere", one["name"], one["call"]
