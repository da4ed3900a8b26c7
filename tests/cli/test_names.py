"""People read names where they may be told them, and else the beginning of an id."""

from __future__ import annotations

from app.cli.names import Names, names_known, short
from tests.cli.desk import Desk
from tests.factories.exchanges import FakePartner, agreement_document

PARTNER = "2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"


def test_what_has_no_name_has_the_beginning_of_its_id() -> None:
    assert short(PARTNER) == "2ba7b568…"
    assert Names().partner(f"identity--{PARTNER}") == "identity--2ba7b568…"
    assert Names().behaviour("OP-012") == "OP-012"


def test_listed_members_and_behaviours_have_names_and_others_have_not(
    desk: Desk, platform: FakePartner, hotline: FakePartner
) -> None:
    desk.running.agree(agreement_document(hotline.partner_id) | {"is_listed": True})
    names = names_known(desk.api(platform))
    for known in (hotline, platform):
        assert names.partner(known.partner_id) == names.partner(known.identity_id) == known.name
    assert names_known(desk.api(hotline)).partner(platform.partner_id) == short(platform.partner_id)
    assert names.behaviour("OP-017") == "OP-017 Repeated short-lived rooms"
