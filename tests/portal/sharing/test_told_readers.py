from __future__ import annotations

from types import MappingProxyType

import pytest

from app.domain.errors import Code
from app.domain.vocabulary import Purpose
from app.policy.clauses import Clause, Voice
from app.policy.telling import Told, Verdict
from app.portal.sharing.told_readers import tell, why_hidden_words
from app.services.explaining.simulate import Reach, Simulated
from app.services.explaining.who_sees import Reader, Readers
from breakwater_client.submission import Refusal
from tests.factories import policy_values

SEEN = Told(Verdict.SEEN)


def hidden(clause: Clause | None, voice: Voice = Voice.PUBLISHER) -> Told:
    return Told(Verdict.HIDDEN, voice, clause)


def reader(name: str, told: dict[Purpose, Told]) -> Reader:
    return Reader(name, name, told, MappingProxyType({}))


def reach(*readers: Reader, unlisted: int = 0) -> Simulated:
    found = Readers(readers, {Purpose.DETECTION: unlisted})
    return Simulated(reach=Reach(policy_values.handling(), False, None, None, found))  # noqa: FBT003  # a dataclass's field


def test_who_sees_it_is_named_with_what_for_and_who_does_not_with_the_reason() -> None:
    told = tell(
        reach(
            reader("Police", dict.fromkeys(Purpose, SEEN)),
            reader("Platform", {Purpose.DETECTION: SEEN, Purpose.AUDIT: hidden(Clause.PURPOSE_NOT_PERMITTED)}),
            reader("Regulator", dict.fromkeys(Purpose, hidden(Clause.AGGREGATES_ONLY))),
            unlisted=10,
        )
    )
    assert told.headline == "2 organisations will see it:"
    assert told.seen == [("Police", "for whatever it reads"), ("Platform", "finding abuse on one's own service")]
    assert told.hidden == [("Regulator", "it reads numbers only")]
    assert told.more == "At least 10 more that are not listed by name."
    assert told.spelled("The report")["title"] == "The report"


def test_that_nobody_listed_sees_it_is_not_that_nobody_does() -> None:
    told = tell(reach(reader("Regulator", dict.fromkeys(Purpose, hidden(Clause.AGGREGATES_ONLY)))))
    assert told.headline == "No organisation that is listed by name will see it. Members that are not listed may."
    assert told.hidden[0] == ("Regulator", "it reads numbers only")
    assert told.hidden[-1][0] == "Organisations that are not listed by name"
    assert tell(reach()).hidden, "kinds and reasons stand there, too, where nobody is listed"


def test_what_would_be_refused_or_is_there_reaches_nobody_new() -> None:
    refusal = Refusal(Code.TERMS_EXCEEDED, "Not by your agreement.", None)
    assert tell(Simulated(refusal=refusal)).refused == "Not by your agreement."
    assert tell(Simulated()).headline == "It is there already."


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([hidden(Clause.PURPOSE_NOT_PERMITTED), hidden(Clause.AUDIENCE_EXCLUDES)], "the audience leaves it out"),
        ([hidden(None, Voice.AGREEMENT)], "its agreement with the exchange does not let it"),
        (
            [hidden(Clause.PURPOSE_NOT_PERMITTED), hidden(None, Voice.AGREEMENT)],
            "the publisher admits none of the purposes for which it reads",
        ),
    ],
)
def test_the_reason_that_tells_most_is_told(told: list[Told], said: str) -> None:
    assert why_hidden_words(reader("A", dict(zip(Purpose, told, strict=False)))) == said
