from __future__ import annotations

from app.services.showing.observed import ObservedValue, observed_in
from tests.factories.stix_objects import indicator, user_account


def test_values_and_hashes_of_observables_are_told() -> None:
    assert list(observed_in(user_account())) == [ObservedValue("user-account", "account_login", "account-1")]
    file = {"type": "file", "hashes": {"SHA-256": "ab"}}
    assert list(observed_in(file)) == [ObservedValue("file", "SHA-256", "ab")]


def test_each_constant_of_a_pattern_is_told_with_its_own_hash() -> None:
    pattern = "[file:hashes.'SHA-256' = 'ab' AND url:value = 'it''s' OR email-addr:value IN ('a\\'b', 'c')]"
    found = list(observed_in(indicator(pattern=pattern.replace("it''s", "its"))))
    assert found == [
        ObservedValue("file", "SHA-256", "ab"),
        ObservedValue("url", "", "its"),
        ObservedValue("email-addr", "", "a'b"),
        ObservedValue("email-addr", "", "c"),
    ]


def test_what_says_nothing_that_is_looked_for_gives_nothing() -> None:
    assert list(observed_in(indicator(pattern="rule x", pattern_type="yara"))) == []
    assert list(observed_in({"type": "x", "modified": "now", "value": "v"})) == []
