"""The second half of the demo: proofs, ledger and narrowing, as they were told."""

from __future__ import annotations

import re

import pytest

from app.cli.demo_proofs import _refusal
from app.cli.faults import CommandFault
from tests.cli.desk import Desk
from tests.cli.test_demo_world import party_of
from tests.factories.exchanges import FakePartner
from tests.factories.stix_objects import indicator


def test_the_true_object_verifies_and_the_altered_one_fails(demo_output: str) -> None:
    assert re.search(r"platform-b verified the account as signed by identity--\S+ \(hotline-a\): level signed\.", demo_output)
    assert "it fails at step 5" in demo_output


def test_the_receipt_names_a_log_index(demo_output: str) -> None:
    assert re.search(r"at log index [0-9]+\.", demo_output)


def test_the_ledger_names_those_who_read_the_account_and_nobody_else(demo_output: str) -> None:
    section = demo_output.partition("5. Who was told")[2].partition("6. The embargo ends")[0]
    assert re.findall(r"\| (\S+) +\| (?:detection|investigation|victim-protection) ", section) == [
        "platform-b",
        "agency-a",
        "agency-b",
    ]


def test_narrowing_acted_at_once_and_widening_gave_it_back(demo_output: str) -> None:
    section = demo_output.partition("7. An agreement is narrowed")[2]
    assert "404" in section
    assert "There is nothing here that you may see." in section
    assert "which takes two persons" in section
    assert "With a second operator, version 3 restores it" in section


def test_a_bad_object_that_is_taken_fails_the_demo(desk: Desk, platform: FakePartner) -> None:
    party = party_of(desk, platform)
    with pytest.raises(CommandFault, match="Expected signature-invalid, and got stored"):
        _refusal(party, party.sign(indicator()), "signature-invalid")
