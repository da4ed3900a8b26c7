from __future__ import annotations

from app.portal.finding.titles import LONGEST_TITLE, Observed, observed_in, publisher_identity, title_of
from tests.factories.stix_objects import indicator, user_account

URL = {"type": "url", "id": "url--1", "value": "https://rooms.example.org/1"}
FILE = {"type": "file", "id": "file--1", "hashes": {"SHA-256": "ab" * 32}}


def test_a_title_is_the_name_or_what_it_says_without_live_addresses() -> None:
    assert title_of(indicator(name="Rooms at rooms.example.org")) == "Rooms at rooms[.]example[.]org"
    assert title_of(URL) == "hxxps://rooms[.]example[.]org/1"
    assert title_of(user_account()) == "account-1"
    assert title_of({"type": "relationship", "relationship_type": "related-to", "modified": ""}) == "related to"
    assert title_of({"type": "observed-data", "modified": ""}) == "Observation"
    assert len(title_of(indicator(name="a" * 300))) == LONGEST_TITLE


def test_what_can_be_looked_for_is_told_of_observables_and_patterns() -> None:
    assert list(observed_in(URL)) == [Observed("Web address", "hxxps://rooms[.]example[.]org/1")]
    assert list(observed_in(FILE)) == [Observed("File, by its hash, SHA-256", "ab" * 32)]
    pattern = "[email-addr:value = 'desk@example.org' OR file:hashes.'SHA-256' = '" + "cd" * 32 + "']"
    found = list(observed_in(indicator(pattern=pattern)))
    assert found[0] == Observed("Mail address", "desk[@]example[.]org")
    assert found[1] == Observed("File, by its hash, SHA-256", "cd" * 32)
    assert list(observed_in(indicator(pattern="rule x", pattern_type="yara"))) == []


def test_the_publisher_is_who_signed_else_who_is_named() -> None:
    assert publisher_identity({"created_by_ref": "identity--1"}) == "identity--1"
    assert publisher_identity({}) is None
