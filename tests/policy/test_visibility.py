"""Keeps the rule of visibility: the decision table of ``visibility_table.py``, and that every clause of the rule is in it.

The tests of single clauses take each one out of the rule and look for the row that notices.
"""

from __future__ import annotations

import pytest

from app.domain.vocabulary import Channel, Purpose, Tlp
from app.policy import clauses, visibility
from app.policy.visibility import Clause, Hidden, Loss, Voice, loss_by, sees_somehow, why_hidden
from tests.factories.policy_values import DAY, NOW, agreement, handling, handling_class, viewer
from tests.policy.visibility_table import OWN, SUSPENDED, TABLE, Row, words

VOICE_OF = {
    Voice.EXCHANGE_BASELINE: {
        Clause.NOT_ADDRESSED,
        Clause.PARTNER_NOT_ACTIVE,
        Clause.TLP_RED_OUTSIDE_PORTAL,
        Clause.IDENTIFYING_NOT_NAMED,
        Clause.AGGREGATES_ONLY,
        Clause.SUBJECT_PROTECTED,
    },
    Voice.AGREEMENT: {
        Clause.AGREEMENT_NOT_IN_FORCE,
        Clause.RECALL_OVERDUE,
        Clause.PUBLISHER_ROLE_NOT_AGREED,
        Clause.PUBLISHER_JURISDICTION_NOT_AGREED,
        Clause.CROSS_BORDER_NOT_AGREED,
        Clause.PURPOSE_NOT_AGREED,
        Clause.TLP_ABOVE_AGREEMENT,
        Clause.TLP_ABOVE_CREDENTIAL,
        Clause.SENSITIVITY_NOT_AGREED,
        Clause.HARM_TYPE_NOT_AGREED,
        Clause.CHANNEL_NOT_AGREED,
    },
    Voice.PUBLISHER: {
        Clause.HANDLING_MISSING,
        Clause.AUDIENCE_MISSING,
        Clause.AUDIENCE_EXCLUDES,
        Clause.AUDIENCE_DOES_NOT_ADMIT,
        Clause.PURPOSE_NOT_PERMITTED,
    },
}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.says)
def test_the_rule_decides_as_the_table_says(row: Row) -> None:
    verdict = row.verdict()
    assert (verdict and verdict.clause) == row.expected


def test_the_table_has_a_row_for_every_clause_and_no_row_twice() -> None:
    assert {row.expected for row in TABLE} == {*Clause, None}
    assert len({row.says for row in TABLE}) == len(TABLE)


@pytest.mark.parametrize("row", [row for row in TABLE if row.expected], ids=lambda row: row.says)
def test_an_objection_names_its_voice(row: Row) -> None:
    verdict = row.verdict()
    assert verdict is not None
    assert verdict.clause in VOICE_OF[verdict.voice]


def test_an_objection_names_the_agreement_version_in_force() -> None:
    nobody = handling_class(handling(audiences=words()))
    reader = viewer(agreement=agreement(version=7, ends_at=NOW + DAY))
    in_force = why_hidden(reader, nobody, Purpose.DETECTION, Channel.REST, NOW)
    ended = why_hidden(reader, nobody, Purpose.DETECTION, Channel.REST, NOW + DAY)
    assert in_force == Hidden(Voice.PUBLISHER, Clause.AUDIENCE_MISSING, 7)
    assert ended == Hidden(Voice.AGREEMENT, Clause.AGREEMENT_NOT_IN_FORCE, None)


def test_the_clauses_are_listed_in_the_order_in_which_they_are_asked() -> None:
    names = [rule.__name__ for table in (clauses.BEFORE_ALL, clauses.OWN_HANDLING, clauses.VOICES) for _voice, rule in table]
    assert list(dict.fromkeys(names)) == [clause.name.lower() for clause in Clause]


RULES = [(table, place) for table in ("BEFORE_ALL", "OWN_HANDLING", "VOICES") for place in range(len(getattr(clauses, table)))]
SECOND_LINES = {clauses.agreement_not_in_force, clauses.audience_excludes}


def without(monkeypatch: pytest.MonkeyPatch, table: str, place: int) -> None:
    kept = getattr(clauses, table)
    monkeypatch.setattr(visibility, table, (*kept[:place], *kept[place + 1 :]))


@pytest.mark.parametrize(("table", "place"), RULES)
def test_a_clause_taken_out_of_the_rule_changes_a_verdict(monkeypatch: pytest.MonkeyPatch, table: str, place: int) -> None:
    whole = [row.verdict() for row in TABLE]
    without(monkeypatch, table, place)
    assert [row.verdict() for row in TABLE] != whole


@pytest.mark.parametrize(("table", "place"), RULES)
def test_a_clause_taken_out_opens_something_unless_a_second_line_holds(
    monkeypatch: pytest.MonkeyPatch,
    table: str,
    place: int,
) -> None:
    hidden = [row for row in TABLE if row.expected]
    without(monkeypatch, table, place)
    opened = [row.says for row in hidden if row.verdict() is None]
    assert bool(opened) is (getattr(clauses, table)[place][1] not in SECOND_LINES)


SOMEHOW = [
    (True, Row("what the partner sees", None)),
    (False, Row("what is for nobody", None, handlings=(handling(audiences=words()),))),
    (True, Row("RED, which the portal shows", None, handlings=(handling(tlp=Tlp.RED),))),
    (
        False,
        Row(
            "RED, where the portal is not agreed",
            None,
            handlings=(handling(tlp=Tlp.RED),),
            terms={"channels": words(Channel.REST, Channel.TAXII)},
        ),
    ),
    (True, Row("one purpose in common", None, handlings=(handling(purposes=words(Purpose.AUDIT, Purpose.INVESTIGATION)),))),
    (False, Row("no purpose in common", None, handlings=(handling(purposes=words(Purpose.AUDIT)),))),
    (
        False,
        Row(
            "two handlings without a purpose in common",
            None,
            handlings=(handling(purposes=words(Purpose.DETECTION)), handling(purposes=words(Purpose.INVESTIGATION))),
        ),
    ),
    (True, Row("above the ceiling of the credential it came with", None, viewer={"tlp_ceiling": Tlp.CLEAR})),
    (False, Row("above the agreement's ceiling", None, terms={"tlp_ceiling": Tlp.GREEN})),
    (True, Row("one's own without an agreement", None, handlings=(handling(publisher=OWN),), viewer={"agreement": None})),
    (False, Row("without an agreement", None, viewer={"agreement": None})),
    (False, Row("an agreement that ended", None, agreement={"ends_at": NOW})),
    (False, Row("a suspended partner", None, viewer=SUSPENDED)),
]


@pytest.mark.parametrize(("seen", "row"), [pytest.param(*pair, id=pair[1].says) for pair in SOMEHOW])
def test_a_partner_sees_somehow_what_any_purpose_and_channel_show_it(row: Row, *, seen: bool) -> None:
    assert sees_somehow(row.reader(), row.read_class(), row.now) is seen


NOTHING, THEIRS, BOTH = Loss(theirs=False, own=False), Loss(theirs=True, own=False), Loss(theirs=True, own=True)


@pytest.mark.parametrize(
    ("row", "lost"),
    [
        pytest.param(Row("another's that admits", None), NOTHING, id="another's that admits"),
        pytest.param(Row("another's for nobody", None, (handling(audiences=words()),)), THEIRS, id="another's for nobody"),
        pytest.param(Row("another's for this purpose alone", None, purpose=Purpose.AUDIT), THEIRS, id="for another purpose"),
        pytest.param(Row("no channel", None, terms={"channels": words(Channel.TAXII)}), THEIRS, id="by another channel"),
        pytest.param(Row("no agreement", None, viewer={"agreement": None}), THEIRS, id="without an agreement"),
        pytest.param(Row("an agreement that ended", None, agreement={"ends_at": NOW}), THEIRS, id="after an agreement"),
        pytest.param(Row("one's own for nobody", None, (handling(publisher=OWN, audiences=words()),)), NOTHING, id="one's own"),
        pytest.param(
            Row("one's own", None, (handling(publisher=OWN),), viewer={"agreement": None}), NOTHING, id="one's own, no agreement"
        ),
        pytest.param(
            Row("one's own above the ceiling", None, (handling(publisher=OWN, tlp=Tlp.RED),), viewer={"tlp_ceiling": Tlp.AMBER}),
            BOTH,
            id="one's own above the ceiling",
        ),
        pytest.param(
            Row("another's above the ceiling", None, (handling(tlp=Tlp.RED),), viewer={"tlp_ceiling": Tlp.AMBER}),
            THEIRS,
            id="another's above the ceiling",
        ),
    ],
)
def test_what_further_handlings_take_away(row: Row, lost: Loss) -> None:
    assert loss_by(row.reader(), frozenset(row.handlings), row.purpose, row.channel, row.now) == lost
