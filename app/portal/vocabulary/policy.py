"""Who sees something and why: verdicts, grounds, voices and clauses. *It* is whoever reads, or what is read.

What an asker may be told is ``app/policy/telling.py``'s. Kept by ``tests/portal/vocabulary/test_vocabulary.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.policy.clauses import Clause, Voice
from app.policy.grounds import Ground
from app.policy.telling import Verdict

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Ground: {
        Ground.ADDRESSED: "the exchange tells it by name",
        Ground.OWN: "it is their own",
        Ground.NAMED: "the audience names them",
        Ground.GROUP: "they read the sharing group",
        Ground.KIND: "the audience admits their role and country",
    },
    Verdict: {
        Verdict.SEEN: "sees it",
        Verdict.HIDDEN: "does not see it",
        Verdict.DEPENDS: "may see it: others, to whose objects it refers, decide as well",
        Verdict.EMBARGOED: "will see it after the embargo",
        Verdict.EXPIRED: "sees it no more: it has ended",
        Verdict.RESTRICTED: "nobody sees it: it is restricted",
        Verdict.WITHDRAWN: "saw it until it was withdrawn",
    },
    Voice: {
        Voice.EXCHANGE_BASELINE: "the rules of the exchange, which hold for everybody",
        Voice.AGREEMENT: "the reader's agreement with the exchange",
        Voice.PUBLISHER: "the publisher: whom the audience admits, and for what",
    },
    Clause: {
        Clause.PARTNER_NOT_ACTIVE: "it is not active here",
        Clause.HANDLING_MISSING: "no handling is stated",
        Clause.NOT_ADDRESSED: "it is not addressed",
        Clause.TLP_ABOVE_CREDENTIAL: "the label is above what it may read",
        Clause.TLP_RED_OUTSIDE_PORTAL: "TLP:RED is read in the portal alone",
        Clause.IDENTIFYING_NOT_NAMED: "it leads to a person, and the audience does not name this organisation",
        Clause.AGGREGATES_ONLY: "it reads numbers only",
        Clause.SUBJECT_PROTECTED: "what may be a child's own goes to law enforcement and hotlines only",
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
        Clause.AUDIENCE_EXCLUDES: "the audience leaves it out",
        Clause.AUDIENCE_DOES_NOT_ADMIT: "the audience does not admit it",
        Clause.PURPOSE_NOT_PERMITTED: "the publisher admits none of the purposes for which it reads",
    },
}
