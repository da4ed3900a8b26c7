from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.portal import words

TEMPLATES = sorted((Path(words.__file__).parent / "templates").glob("**/*.html"))


def test_english_stands_where_there_is_no_translation() -> None:
    assert words.gettext("Home") == "Home"
    assert [words.ngettext("%(num)s page", "%(num)s pages", count) for count in (1, 2)] == ["%(num)s page", "%(num)s pages"]


def test_instants_say_that_they_are_utc() -> None:
    moment = datetime(2026, 11, 7, 9, 5, tzinfo=UTC)
    assert (words.shown_instant(moment), words.shown_date(moment)) == ("7 Nov 2026, 09:05 UTC", "7 Nov 2026")
    assert (words.shown_instant(None), words.shown_date(None)) == ("\N{EN DASH}", "\N{EN DASH}")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_text_of_a_template_goes_through_gettext(template: Path) -> None:
    text = template.read_text()
    bare = re.sub(r"(?s)\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", "\n", text)
    left = [line.strip() for line in bare.splitlines() if re.search(r"[A-Za-z]{2}", line)]
    assert [line for line in left if line not in {"Breakwater", "\N{EN DASH} Breakwater"}] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_switches_escaping_off_or_has_anything_inline(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"\|\s*safe\b|autoescape|<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", text)
