"""Who sees something and why, in plain words: verdicts, grounds, voices and clauses, the same on every page.

Owns the wording; what an asker may be told is ``app/policy/telling.py``'s. *It* is whoever reads. Kept by
``tests/portal/test_policy_words.py``, which knows that no word is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.policy.clauses import Clause, Voice
from app.policy.grounds import Ground
from app.policy.telling import Told, Verdict
from app.portal.words import gettext

GROUNDS: Mapping[Ground, str] = MappingProxyType(
    {
        Ground.ADDRESSED: "the exchange tells it by name",
        Ground.OWN: "it is their own",
        Ground.NAMED: "your audience names them",
        Ground.GROUP: "they read the sharing group",
        Ground.KIND: "your audience admits their role and country",
    }
)
VERDICTS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.SEEN: "sees it",
        Verdict.HIDDEN: "does not see it",
        Verdict.DEPENDS: "may see it: others, to whose objects it refers, decide as well",
        Verdict.EMBARGOED: "will see it after the embargo",
        Verdict.EXPIRED: "sees it no more: it has ended",
        Verdict.RESTRICTED: "nobody sees it: it is restricted",
        Verdict.WITHDRAWN: "saw it until it was withdrawn",
    }
)
VOICES: Mapping[Voice, str] = MappingProxyType(
    {
        Voice.EXCHANGE_BASELINE: "The rules of the exchange, which hold for everybody",
        Voice.AGREEMENT: "The reader's agreement with the exchange",
        Voice.PUBLISHER: "The publisher: whom the audience admits, and for what",
    }
)
CLAUSES: Mapping[Clause, str] = MappingProxyType(
    {
        Clause.PARTNER_NOT_ACTIVE: "it is not active here",
        Clause.HANDLING_MISSING: "no handling is stated",
        Clause.NOT_ADDRESSED: "it is not addressed",
        Clause.TLP_ABOVE_CREDENTIAL: "the label is above what it may read",
        Clause.TLP_RED_OUTSIDE_PORTAL: "RED is read in the portal alone",
        Clause.IDENTIFYING_NOT_NAMED: "it points at somebody, and your audience does not name this organisation",
        Clause.AGGREGATES_ONLY: "it reads numbers only",
        Clause.SUBJECT_PROTECTED: "what may be a child's goes to law enforcement and hotlines only",
        Clause.AGREEMENT_NOT_IN_FORCE: "no agreement is in force",
        Clause.RECALL_OVERDUE: "it has not answered a recall",
        Clause.PUBLISHER_ROLE_NOT_AGREED: "the agreement does not include organisations of the publisher's kind",
        Clause.PUBLISHER_JURISDICTION_NOT_AGREED: "the agreement does not include the publisher's country",
        Clause.CROSS_BORDER_NOT_AGREED: "the agreement does not let this cross the border",
        Clause.PURPOSE_NOT_AGREED: "the agreement does not include this purpose",
        Clause.TLP_ABOVE_AGREEMENT: "the label is above what the agreement includes",
        Clause.SENSITIVITY_NOT_AGREED: "it is nearer to a person than the agreement includes",
        Clause.HARM_TYPE_NOT_AGREED: "the agreement does not include this harm",
        Clause.CHANNEL_NOT_AGREED: "the agreement does not include this way of reading",
        Clause.AUDIENCE_MISSING: "no audience is named",
        Clause.AUDIENCE_EXCLUDES: "your audience leaves it out",
        Clause.AUDIENCE_DOES_NOT_ADMIT: "your audience does not admit it",
        Clause.PURPOSE_NOT_PERMITTED: "you admit none of the purposes for which it reads",
    }
)
BY_AGREEMENT = "its agreement with the exchange does not let it"


def why_words(told: Told) -> str | None:
    """Give why something is seen or hidden, as far as the asker may know; None where there is nothing to say."""
    if told.verdict is Verdict.SEEN and told.ground is not None:
        return gettext(GROUNDS[told.ground])
    if told.verdict is Verdict.HIDDEN and told.clause is not None:
        return gettext(CLAUSES[told.clause])
    if told.verdict is Verdict.HIDDEN and told.voice is not None:
        return gettext(BY_AGREEMENT)
    return None
