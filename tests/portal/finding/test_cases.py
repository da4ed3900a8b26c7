"""Cases on the page of what they refer to: linked for whoever sees both, absent for everybody else."""

from __future__ import annotations

from typing import Any

from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.ledger_rows import newest_row, version_ids_of
from tests.factories.portal_finders import analyst_of, named_for, publish, reads_in_the_portal
from tests.factories.portal_visitors import Visitor
from tests.factories.stix_objects import CREATED, context, indicator, stix_id


def of_kind(kind: str, **members: Any) -> dict[str, Any]:
    """Give an object of a kind that says something of harm."""
    common = {"type": kind, "spec_version": "2.1", "id": stix_id(kind), "created": CREATED, "modified": CREATED}
    return common | {"extensions": context()} | members


def linked(case: dict[str, Any], target: str, **members: Any) -> dict[str, Any]:
    """Give a connection of a case with something."""
    return of_kind("relationship", relationship_type="related-to", source_ref=case["id"], target_ref=target, **members)


def _called(partner: FakePartner) -> str:
    """Give what a partner is called whose name is not listed."""
    return f"Partner {partner.partner_id[:8]}\N{HORIZONTAL ELLIPSIS}"


def _came(page: Any) -> str:
    words: str = page.words
    return words.partition("Seen, and what came of it")[2].partition("For tools")[0]


def test_a_receivers_case_that_is_connected_stands_on_the_publishers_page(
    running: RunningExchange, publisher: FakePartner, hotline: FakePartner
) -> None:
    shared = publish(publisher, indicator())
    case = of_kind("incident", name="Rooms closed after review")
    publish(hotline, case, linked(case, shared))
    page = analyst_of(running, publisher).get(f"/objects/{shared}")
    assert "One case in which it stands" in _came(page)
    assert f"Rooms closed after review ({_called(hotline)}, 5 Jan 2026)" in _came(page)
    assert f'href="/portal/objects/{case["id"]}"' in page.text
    assert "Nobody said yet" not in page.words


def test_a_case_held_together_with_it_is_linked_and_on_the_ledger(
    running: RunningExchange, publisher: FakePartner, hotline: FakePartner
) -> None:
    shared = publish(publisher, indicator())
    case = of_kind("incident", name="Rooms closed after review")
    held = of_kind("grouping", name="What we saw", context="suspicious-activity", object_refs=[case["id"], shared])
    publish(hotline, case, held)
    page = analyst_of(running, publisher).get(f"/objects/{shared}")
    assert f"Rooms closed after review ({_called(hotline)}, 5 Jan 2026)" in _came(page)
    assert newest_row(running).version_ids == version_ids_of(running, shared, held["id"], case["id"])


def test_a_case_that_its_reader_does_not_see_is_absent(
    running: RunningExchange, publisher: FakePartner, hotline: FakePartner
) -> None:
    """The holder is seen, the case in it is not: nothing of the page tells that there is one."""
    shared = publish(publisher, indicator())
    hidden = of_kind("incident", name="Rooms of an open case", object_marking_refs=[named_for(hotline, hotline)])
    publish(hotline, hidden)
    other = reads_in_the_portal(running, running.enrol("Somebody else"))
    theirs = of_kind("grouping", name="A guess", context="suspicious-activity", object_refs=[hidden["id"], shared])
    other.submit(theirs)
    page = analyst_of(running, publisher).get(f"/objects/{shared}")
    assert "in which it stands" not in page.words
    assert "Rooms of an open case" not in page.words
    publish(hotline, of_kind("grouping", name="Ours", context="suspicious-activity", object_refs=[hidden["id"], shared]))
    assert "in which it stands" not in analyst_of(running, publisher).get(f"/objects/{shared}").words


def test_a_case_that_was_taken_back_is_not_linked(running: RunningExchange, publisher: FakePartner, hotline: FakePartner) -> None:
    shared = publish(publisher, indicator())
    case = of_kind("incident", name="Rooms closed after review")
    tie = linked(case, shared)
    publish(hotline, case, tie)
    publish(hotline, tie | {"modified": "2026-01-06T10:00:00.000Z", "revoked": True})
    assert "in which it stands" not in analyst_of(running, publisher).get(f"/objects/{shared}").words


def test_how_often_a_receiver_saw_it_stands_beside_who(
    running: RunningExchange, publisher: FakePartner, hotline: FakePartner, analyst: Visitor
) -> None:
    shared = publish(publisher, indicator())
    publish(hotline, of_kind("sighting", sighting_of_ref=shared, count=12))
    for reader, giver in ((analyst_of(running, publisher), _called(hotline)), (analyst, "Hotline")):
        assert f"{giver} Sighting Looked for, and seen, 12 times" in _came(reader.get(f"/objects/{shared}"))
