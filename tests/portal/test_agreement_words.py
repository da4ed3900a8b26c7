from __future__ import annotations

import json
from pathlib import Path

from app.domain.vocabulary import Tlp
from app.policy.agreement_changes import IS_WITHIN
from app.portal.agreement_words import TERMS, changes_in_words, in_words, sees_nothing_abroad
from tests.factories.exchanges import agreement_document

DOCUMENT = agreement_document("p") | {
    "starts_at": None,
    "ends_at": "2027-01-01T00:00:00.000000Z",
    "is_listed": True,
    "is_suspended": False,
    "recall": {"acknowledge_within_hours": 168, "overdue": "alarm"},
}


def test_every_term_that_is_judged_has_words() -> None:
    assert set(IS_WITHIN) <= set(TERMS)


def test_every_term_of_the_schema_has_words() -> None:
    schema = json.loads((Path(__file__).parents[2] / "schemas" / "agreement.json").read_text())
    said = {pointer.split("/")[1] for pointer in TERMS}
    no_terms = {"type", "exchange", "partner_id", "version", "created_at", "approval_id"}
    assert set(schema["properties"]) - no_terms == said


def test_a_version_reads_as_plain_words() -> None:
    said = {one.title: one.words for _section, terms in in_words(json.loads(json.dumps(DOCUMENT)), {}) for one in terms}
    assert said["Begins"] == "when a second person approves it"
    assert said["Ends"] == "1 Jan 2027, 00:00 UTC"
    assert said["Up to the label"] == "TLP:AMBER+STRICT"
    assert said["Audience"] == "nobody, until a marking names one"
    assert said["Answered within"] == "7 days"
    assert said["Object versions a day, at most"] == "no limit agreed"
    assert said["Named to other members"] == "yes"
    assert said["Words for people are carried along"] == "no"


def test_changes_say_what_was_and_what_becomes() -> None:
    changes = [
        {"pointer": "/read/tlp_ceiling", "before": "green", "after": Tlp.AMBER.value, "direction": "widens"},
        {"pointer": "/write/passes_on", "before": [], "after": ["p", "q"], "direction": "widens"},
        {"pointer": "/recall/acknowledge_within_hours", "before": 24, "after": 7, "direction": "narrows"},
        {"pointer": "", "before": None, "after": None, "direction": "widens"},
        {"pointer": "/later/term", "before": 1, "after": 2, "direction": "widens"},
    ]
    told = changes_in_words(changes, {"p": "Platform"})
    assert [(one.before, one.after) for one in told[:3]] == [
        ("TLP:GREEN", "TLP:AMBER"),
        ("nobody's", "Platform, q"),
        ("24 hours", "7 hours"),
    ]
    assert told[3].title == "All of it is new: nothing would be in force then"
    assert told[4].title == "/later/term"


def test_countries_of_which_nothing_is_admitted_are_said_to_be_closed() -> None:
    closed = {"jurisdictions": [], "sensitivities": [], "basis": "not-stated"}
    read = {**DOCUMENT["read"], "publisher_jurisdictions": ["any"], "cross_border": closed}
    said = {one.title: one.words for _section, terms in in_words(DOCUMENT | {"read": read}, {}) for one in terms}
    assert said["In the countries"].startswith("any; but of these its own country alone")
    admitted = {"jurisdictions": ["any"], "sensitivities": ["behavioural"], "basis": "not-stated"}
    assert sees_nothing_abroad({"read": read})
    assert sees_nothing_abroad({"read": read | {"cross_border": admitted | {"sensitivities": []}}})
    assert not sees_nothing_abroad({"read": read | {"cross_border": admitted}})
    assert not sees_nothing_abroad({"read": read | {"publisher_jurisdictions": ["NL"]}})
