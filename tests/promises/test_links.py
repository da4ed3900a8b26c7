"""Links from one page of the documents to another lead to a file, and to a heading that is there, as GitHub names headings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "sdk" / "README.md", ROOT / "bridge" / "README.md"])
PAGES.remove(ROOT / "docs" / "adr" / "template.md")  # its link stands for whichever record comes before
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s:]*)\)")


def headings(page: Path) -> set[str]:
    lines = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_another_page_leads_to_a_heading(page: Path) -> None:
    for link in _LINK.findall(_CODE.sub("", page.read_text())):
        name, _, heading = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert not heading or heading in headings(target), link
