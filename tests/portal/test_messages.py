from __future__ import annotations

import gettext
from pathlib import Path

from app.portal.messages import TARGET, extract, main


def test_the_template_in_the_tree_is_the_one_of_the_pages() -> None:
    assert TARGET.read_text(encoding="utf-8") == extract().as_template(), "run: make messages"


def test_texts_of_templates_modules_and_tables_are_found_with_their_plurals() -> None:
    found = extract().found
    assert ("Skip to the content", "") in found
    assert any(plural.startswith("In %(num)s browsers") for _, plural in found)
    assert "navigation.py" in found["Search", ""]
    assert found["waits for a second person", ""] >= {"vocabulary/states.py"}
    assert ("IP address", "IP addresses") in found
    assert not any(singular.startswith(("/", "app.")) or singular.endswith(".show") for singular, _ in found)


def test_it_can_be_written_elsewhere_and_is_a_template_that_gettext_reads(tmp_path: Path) -> None:
    main(tmp_path / "portal.pot")
    text = (tmp_path / "portal.pot").read_text(encoding="utf-8")
    assert text.startswith("# Texts of the portal.")
    assert text.count('\nmsgid "') == len(extract().found) + 1
    assert gettext.NullTranslations().gettext("Home") == "Home"
