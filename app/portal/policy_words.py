"""Why somebody sees something or does not, as far as the asker may know.

The words are the vocabulary's; what an asker may be told is ``app/policy/telling.py``'s. Kept by
``tests/portal/test_policy_words.py``.
"""

from __future__ import annotations

from app.policy.telling import Told, Verdict
from app.portal.plain_words import spoken
from app.portal.words import gettext

BY_AGREEMENT = "its agreement with the exchange does not let it"


def why_words(told: Told) -> str | None:
    """Give why something is seen or hidden, as far as the asker may know; None where there is nothing to say."""
    if told.verdict is Verdict.SEEN and told.ground is not None:
        return spoken(told.ground)
    if told.verdict is Verdict.HIDDEN and told.clause is not None:
        return spoken(told.clause)
    if told.verdict is Verdict.HIDDEN and told.voice is not None:
        return gettext(BY_AGREEMENT)
    return None
