"""The template of translations: every text of the pages, for whoever translates them (``make messages``).

Owns the extraction, with Python's and Jinja's own readers: literals in templates and in calls of ``gettext`` and ``ngettext``,
what forms say that they do, and the words in tables of constants, which templates look up. Sentences of refusals from below the
portal are not among them.
Kept by ``tests/portal/test_messages.py``.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment

PORTAL = Path(__file__).parent
TARGET = PORTAL / "translations" / "portal.pot"
_HEAD = """# Texts of the portal. Made by `make messages`; copy it to LANGUAGE/LC_MESSAGES/portal.po and translate that.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=INTEGER; plural=EXPRESSION;\\n"
"""
_CALLS = {"_", "gettext", "ngettext"}
_WORDS = re.compile(r"[A-Za-z][a-z]+[ .,:;?!]|[A-Z][a-z]+$|[a-z]+$|[A-Z][A-Za-z-]+$")
_VOCABULARY = "vocabulary"
"""The room whose tables are words and nothing else."""
_ANY_TEXT = re.compile(r"(?!(good|warning|problem)$).")
_ENDPOINT = re.compile(r"[a-z_]+(\.[a-z_]+)+")
_CONSTANT = re.compile(r"_?[A-Z][A-Z_0-9]*")


@dataclass
class Messages:
    """Texts with their plurals (empty: none) and the files that have them."""

    found: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def add(self, place: Path, singular: str, plural: str = "") -> None:
        """Keep a text."""
        self.found.setdefault((singular, plural), set()).add(place.relative_to(PORTAL).as_posix())

    def as_template(self) -> str:
        """Give the template's text, by the alphabet, so that it changes only with the texts."""
        entries = [_entry(key, sorted(places)) for key, places in sorted(self.found.items())]
        return "\n".join([_HEAD, *entries])


def extract() -> Messages:
    """Read all templates and modules of the portal."""
    messages = Messages()
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    environment.newstyle_gettext = True  # type: ignore[attr-defined]  # of the extension
    for path in sorted((PORTAL / "templates").rglob("*.html")):
        for _, _, said in environment.extract_translations(path.read_text(encoding="utf-8")):  # type: ignore[attr-defined]  # of the extension
            written = [one for one in (said if isinstance(said, tuple) else (said,)) if one is not None]
            if written:
                messages.add(path, *written[:2])
    for path in sorted(PORTAL.rglob("*.py")):
        words = _ANY_TEXT if path.parent.name == _VOCABULARY else _WORDS
        for texts in _of_module(ast.parse(path.read_text(encoding="utf-8")), words):
            messages.add(path, *texts)
    return messages


def _of_module(module: ast.Module, words: re.Pattern[str]) -> Iterator[tuple[str, ...]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and _name(node.func) in _CALLS:
            texts = tuple(one.value for one in node.args[:2] if isinstance(one, ast.Constant) and isinstance(one.value, str))
            if texts:
                yield texts
        if isinstance(node, ast.keyword) and node.arg == "does" and isinstance(node.value, ast.Constant) and node.value.value:
            yield (str(node.value.value),)
    for statement in module.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None and _is_table(statement):
            said = ((text,) for text in _words_in(statement.value, words))
            yield from _counted_in(statement.value) if _is_counted(statement) else said


def _is_table(statement: ast.Assign | ast.AnnAssign) -> bool:
    return all(isinstance(one, ast.Name) and _CONSTANT.fullmatch(one.id) for one in _targets(statement))


def _is_counted(statement: ast.Assign | ast.AnnAssign) -> bool:
    """Whether a table holds pairs for one and for several: its name says so."""
    return all(isinstance(one, ast.Name) and one.id.startswith("COUNTED_") for one in _targets(statement))


def _targets(statement: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return statement.targets if isinstance(statement, ast.Assign) else [statement.target]


def _counted_in(value: ast.expr) -> Iterator[tuple[str, ...]]:
    for node in ast.walk(value):
        if isinstance(node, ast.Tuple):
            yield tuple(one.value for one in node.elts if isinstance(one, ast.Constant) and isinstance(one.value, str))


def _words_in(value: ast.expr, words: re.Pattern[str]) -> Iterator[str]:
    """Give the texts of a constant that people could read: no endpoint, path or pattern; keys of a mapping are none."""
    keys = {id(key) for node in ast.walk(value) if isinstance(node, ast.Dict) for key in node.keys if key is not None}
    for node in ast.walk(value):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in keys:
            continue
        if words.match(node.value) and not _ENDPOINT.fullmatch(node.value):
            yield node.value


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def _entry(key: tuple[str, str], places: list[str]) -> str:
    singular, plural = key
    lines = [f"#: {' '.join(places)}"]
    if "%(" in singular + plural:
        lines.append("#, python-format")
    lines.append(f"msgid {_quoted(singular)}")
    lines += [f"msgid_plural {_quoted(plural)}", 'msgstr[0] ""', 'msgstr[1] ""'] if plural else ['msgstr ""']
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def main(target: Path = TARGET) -> None:
    """Write the template, by default where the tree keeps it."""
    target.write_text(extract().as_template(), encoding="utf-8")
    sys.stdout.write(f"{target}\n")


if __name__ == "__main__":
    main()
