"""Each label of TLP 2.0 has a marking; those of TLP 1 have the label that replaced them."""

from __future__ import annotations

from collections import Counter

from app.domain.vocabulary import Tlp
from breakwater_client.tlp_markings import TLP_MARKINGS


def test_every_label_has_a_marking_and_four_have_an_older_one_too() -> None:
    assert Counter(TLP_MARKINGS.values()) == {Tlp.CLEAR: 2, Tlp.GREEN: 2, Tlp.AMBER: 2, Tlp.AMBER_STRICT: 1, Tlp.RED: 2}
