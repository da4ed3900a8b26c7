"""Why a form may be sent by whoever finds a screen open: the reasons, each of which some forms have, and no others.

Owns the sentences. What lets somebody see, submit or sign in, what signs, recalls or declares in an organisation's name, what
shows a secret, and what silences a warning has none of these reasons: it asks (``confirming``). Which form has which reason
stands at the form and, once more, in ``tests/promises/test_portal_unconfirmed.py``, which walks the url map.
"""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Unconfirmed(StrEnum):
    """Why whoever sends a form need not have shown a moment ago who they are."""

    ENTERS = "It is how somebody shows who they are, or comes in by a link that serves once."
    FOR_ONESELF = "It changes only what its sender sees of what they may see anyway."
    LEAVES = "It ends sessions of its sender, which takes access away and gives none."
    OWN_DRAFT = (
        "It changes a draft of one's own, which reaches nobody before a second person, who shows who they are, approves it."
    )
    PREPARES = "It gives a browser what it is to sign, and changes nothing; the form that takes the signature asks."
    READS = "It shows what its sender may read, as a page does; it is a form so that what is asked stands in no address."
    REPEATS = "It has done once more, or sooner, what was confirmed when it was set up, for those for whom it was set up."
    SENDS_BACK = "It keeps a draft with its organisation, or says who is about to read it; nothing leaves by it."
