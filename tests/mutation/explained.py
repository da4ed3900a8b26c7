"""The changes of the policy that no test can notice, as ``docs/policy-mutants.md`` explains them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "policy-mutants.md"
ENTRY = re.compile(r"^### `(.+)`\n\n```diff\n- (.*)\n\+ (.*)\n```\n\n(\S.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Survivor:
    """One change that stays alive: the function or table of ``app/policy``, what stands there, and what stood there instead."""

    where: str
    before: str
    after: str

    @property
    def written(self) -> str:
        """The entry of the document, without its explanation."""
        return f"### `{self.where}`\n\n```diff\n- {self.before}\n+ {self.after}\n```\n"


def explained() -> dict[Survivor, str]:
    """Give the survivors of the document and the first line of what it says of each."""
    found = ENTRY.finditer(DOCUMENT.read_text(encoding="utf-8"))
    return {Survivor(one[1], one[2], one[3]): one[4] for one in found}
