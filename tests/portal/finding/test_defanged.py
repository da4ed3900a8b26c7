from __future__ import annotations

import pytest

from app.portal.finding.defanged import defanged, fanged

CASES = {
    "https://rooms.example.org/a.b?c=1.2": "hxxps://rooms[.]example[.]org/a.b?c=1.2",
    "HTTP://rooms.example.org": "hxxp://rooms[.]example[.]org",
    "desk@example.org": "desk[@]example[.]org",
    "see rooms.example.org today": "see rooms[.]example[.]org today",
    "192.0.2.7": "192[.]0[.]2[.]7",
    "app://open.example.org/x": "app://open[.]example[.]org/x",
}


@pytest.mark.parametrize(("text", "shown"), CASES.items())
def test_addresses_open_nothing_and_can_be_asked_for_again(text: str, shown: str) -> None:
    assert defanged(text) == shown
    assert fanged(shown).casefold() == text.casefold()


@pytest.mark.parametrize("text", ["Rooms that open and close within 3.5 minutes.", "OP-012", "a hash: 0f" * 3, ""])
def test_what_is_no_address_stays(text: str) -> None:
    assert defanged(text) == text
