from __future__ import annotations

from app.domain.permissions import Permission
from app.portal.blueprint import MAX_FORM_BYTES, PortalBlueprint
from app.web.gate import Terms


def test_a_page_declares_what_the_gate_asks() -> None:
    made = PortalBlueprint("anything")

    @made.page("/things", Permission.OBJECTS_READ, query=["next"], repeatable=["kind"])
    def things() -> str:
        return ""

    @made.form("/things", for_everybody=True, goes_on_read_only=True)
    def change() -> str:
        return ""

    assert vars(things)["terms"] == Terms((Permission.OBJECTS_READ,), frozenset({"next"}), frozenset({"kind"}))
    assert vars(change)["terms"] == Terms(max_body_bytes=MAX_FORM_BYTES, for_everybody=True, goes_on_read_only=True)


def test_a_page_that_says_nothing_is_for_nobody() -> None:
    made = PortalBlueprint("anything")

    @made.page("/things")
    def things() -> str:
        return ""

    assert vars(things)["terms"] == Terms()
