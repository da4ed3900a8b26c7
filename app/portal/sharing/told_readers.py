"""Who will see something, in plain words: organisations by name where they may be told of, and why others will not.

Owns the sentences; who sees what is ``app/services/explaining``'s. Kept by ``tests/portal/sharing/test_told_readers.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.domain.vocabulary import Purpose
from app.policy.clauses import Clause, Voice
from app.policy.telling import Told, Verdict
from app.portal.plain_words import spoken
from app.portal.policy_words import BY_AGREEMENT
from app.portal.sharing.kinds_left_out import kinds_left_out
from app.portal.words import gettext, ngettext
from app.services.explaining.simulate import Simulated
from app.services.explaining.who_sees import Reader

_LEAST_TELLING = (Clause.PURPOSE_NOT_PERMITTED, Clause.PURPOSE_NOT_AGREED)


@dataclass(frozen=True, slots=True)
class ToldReaders:
    """Whom something reaches: ``headline``, who sees it and for what, who does not and why; ``refused``: why it is not taken."""

    headline: str
    seen: list[tuple[str, str]] = field(default_factory=list)
    hidden: list[tuple[str, str]] = field(default_factory=list)
    refused: str | None = None
    more: str = ""

    def spelled(self, title: str) -> dict[str, Any]:
        """Give it for a script."""
        lists = {"seen": self.seen, "hidden": self.hidden}
        return {"title": title, "headline": self.headline, "refused": self.refused, "more": self.more, **lists}


def tell(simulated: Simulated) -> ToldReaders:
    """Give what is told of one simulation."""
    if simulated.refusal is not None:
        return ToldReaders(gettext("It would not be taken as it is."), refused=simulated.refusal.sentence)
    if simulated.reach is None:
        return ToldReaders(gettext("It is there already."))
    readers = simulated.reach.readers
    seen = [(one.name, _for_what(one)) for one in readers.listed if _sees(one)]
    hidden = [(one.name, why_hidden_words(one)) for one in readers.listed if not _sees(one)]
    if not seen:
        hidden += kinds_left_out(simulated.reach.handling)
    unlisted = max((readers.unlisted or {}).values(), default=0)
    more = gettext("At least %(number)s more that are not listed by name.") % {"number": unlisted} if unlisted else ""
    return ToldReaders(_headline(len(seen), has_more=bool(unlisted)), seen, hidden, more=more)


def why_hidden_words(reader: Reader) -> str:
    """Give the reason why an organisation sees something for no purpose: the one that tells most."""
    told = list(reader.told.values())
    clauses = [one.clause for one in told if one.clause is not None and one.clause not in _LEAST_TELLING]
    if clauses:
        return spoken(_first(clauses))
    if all(one.voice is Voice.AGREEMENT for one in told):
        return gettext(BY_AGREEMENT)
    return spoken(Clause.PURPOSE_NOT_PERMITTED)


def _headline(count: int, *, has_more: bool) -> str:
    """Say how many see it by name. That nobody does need not mean that nobody sees it: not every member is listed by name."""
    if not count:
        nobody = gettext("No organisation that is listed by name will see it.")
        return nobody if has_more else f"{nobody} " + gettext("Members that are not listed may.")
    return ngettext("%(num)s organisation will see it:", "%(num)s organisations will see it:", count) % {"num": count}


def _first(clauses: list[Clause]) -> Clause:
    return next(one for one in Clause if one in clauses)


def _sees(reader: Reader) -> bool:
    return any(map(_is_seen, reader.told.values()))


def _is_seen(told: Told) -> bool:
    return told.verdict in {Verdict.SEEN, Verdict.DEPENDS}


def _for_what(reader: Reader) -> str:
    purposes = [one for one in Purpose if one in reader.told and _is_seen(reader.told[one])]
    if len(purposes) == len(Purpose):
        return gettext("for whatever it reads")
    return ", ".join(map(spoken, purposes))
