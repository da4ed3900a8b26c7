"""Writes the decision table of the documents from the case table that ``test_visibility.py`` judges.

``python -m tests.policy.decision_table`` (``make decisions``) writes it anew: one pair of examples for each clause into
``docs/policy.md``, every row into ``docs/policy-decisions.md``. Kept by ``test_decision_table.py``.
"""

from __future__ import annotations

from pathlib import Path

from app.policy.clauses import BEFORE_ALL, OWN_HANDLING, VOICES
from app.policy.visibility import Clause, Voice
from tests.policy import visibility_table
from tests.policy.visibility_table import TABLE, Row

DOCS = Path(__file__).parents[2] / "docs"
RULE = DOCS / "policy.md"
DECISIONS = DOCS / "policy-decisions.md"
HEADING = "## The decision table\n"

EXAMPLES: dict[Clause, tuple[str, str]] = {
    Clause.PARTNER_NOT_ACTIVE: ("a suspended partner sees nothing", "all three voices agree"),
    Clause.HANDLING_MISSING: ("a class in which the owner's handling is missing", "all three voices agree"),
    Clause.NOT_ADDRESSED: ("what is addressed to others", "what is addressed to the viewer"),
    Clause.TLP_ABOVE_CREDENTIAL: ("above the credential's ceiling", "at the credential's ceiling"),
    Clause.TLP_RED_OUTSIDE_PORTAL: ("RED by token", "RED in the portal"),
    Clause.IDENTIFYING_NOT_NAMED: ("identifying by role and jurisdiction alone", "identifying, named"),
    Clause.AGGREGATES_ONLY: ("behavioural to a researcher", "aggregates to a researcher"),
    Clause.SUBJECT_PROTECTED: ("a child's account to a platform", "a child's account to a hotline"),
    Clause.AGREEMENT_NOT_IN_FORCE: ("an agreement that ends now", "an agreement that ends in a second"),
    Clause.RECALL_OVERDUE: ("late in answering a recall", "late, where the agreement only alarms"),
    Clause.PUBLISHER_ROLE_NOT_AGREED: ("publishers of another role", "publishers of this role"),
    Clause.PUBLISHER_JURISDICTION_NOT_AGREED: ("publishers of no jurisdiction", "publishers of this jurisdiction"),
    Clause.CROSS_BORDER_NOT_AGREED: ("publishers abroad elsewhere", "publishers abroad in this jurisdiction"),
    Clause.PURPOSE_NOT_AGREED: ("another purpose agreed", "this purpose agreed"),
    Clause.TLP_ABOVE_AGREEMENT: ("above the agreement's ceiling", "at the agreement's ceiling"),
    Clause.SENSITIVITY_NOT_AGREED: ("identifying agreed, without behavioural", "this sensitivity agreed"),
    Clause.HARM_TYPE_NOT_AGREED: ("one harm of two agreed", "both harms agreed"),
    Clause.CHANNEL_NOT_AGREED: ("another channel agreed", "this channel agreed"),
    Clause.AUDIENCE_MISSING: ("no audience is nobody", "a named partner"),
    Clause.AUDIENCE_EXCLUDES: ("an excluded partner that is named too", "another is excluded"),
    Clause.AUDIENCE_DOES_NOT_ADMIT: ("admitted by one audience of two", "admitted by both audiences"),
    Clause.PURPOSE_NOT_PERMITTED: ("another purpose permitted", "this purpose permitted"),
}
"""For each clause a row that it hides and one that is seen; the two differ in one thing."""

SECTIONS = {
    "Before all": visibility_table.BEFORE_ALL,
    "One's own (step 0)": visibility_table.STEP_0,
    "The exchange's baseline": visibility_table.BASELINE,
    "The reader's agreement": visibility_table.AGREEMENT,
    "The publisher's handling": visibility_table.PUBLISHER,
    "Several handlings in one class": visibility_table.SEVERAL,
    "Sharing groups": visibility_table.GROUPS,
}
INTRODUCTION = """# Every decision that the tests pin

Written by `make decisions` from the table that the tests of the rule judge ([who sees what, and why](policy.md)). Each row says
how it differs from a world in which a platform sees another platform's object, and what is decided there: `seen`, or the
clause that objects first.
"""
ROWS = {row.says: row for row in TABLE}


def voices() -> dict[Clause, Voice]:
    """Give for each clause the voice that speaks it, in the order of the clauses."""
    spoken = {rule.__name__.upper(): voice for table in (BEFORE_ALL, OWN_HANDLING, VOICES) for voice, rule in table}
    return {clause: spoken[clause.name] for clause in Clause}


def examples() -> str:
    """Give the table of one pair of examples for each clause."""
    lines = ["| voice | clause | hidden, for example | seen, for example |", "|---|---|---|---|"]
    for clause, voice in voices().items():
        hidden, seen = EXAMPLES[clause]
        lines.append(f"| {voice} | `{clause}` | {hidden} | {seen} |")
    return "\n".join(lines) + "\n"


def decisions() -> str:
    """Give the document of every row that the tests decide."""
    parts = [INTRODUCTION]
    for title, rows in SECTIONS.items():
        lines = [f"| {row.says} | {_verdict(row)} |" for row in rows]
        parts.append("\n".join([f"## {title}\n", "| who, what | verdict |", "|---|---|", *lines]) + "\n")
    return "\n".join(parts)


def rule_with_examples(text: str) -> str:
    """Give ``docs/policy.md`` with the table below its last heading written anew."""
    before, heading, after = text.partition(HEADING)
    introduction = after.partition("| voice")[0].rstrip()
    return f"{before}{heading}{introduction}\n\n{examples()}"


def _verdict(row: Row) -> str:
    return f"`{row.expected}`" if row.expected else "seen"


def main() -> None:
    """Write both documents anew."""
    RULE.write_text(rule_with_examples(RULE.read_text(encoding="utf-8")), encoding="utf-8")
    DECISIONS.write_text(decisions(), encoding="utf-8")


if __name__ == "__main__":
    main()
