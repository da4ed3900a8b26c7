"""Registered audiences in plain words: they have no names, only whom they admit.

Kept by ``tests/portal/sharing/test_audience_words.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.domain.handling import Audience
from app.domain.vocabulary import ANY
from app.portal.plain_words import capital, several
from app.portal.words import gettext, ngettext

_MOST_NAMES = 3


def audience_words(audience: Audience, names: Mapping[str, str]) -> str:
    """Say whom an audience admits; ``names`` are of organisations that may be told of, by their ids."""
    parts = [*_kinds(audience), *_partners(audience, names)]
    words = f" {gettext('and')} ".join(parts)
    left_out = len(audience.partners_out)
    if left_out:
        words += " " + ngettext("(without %(num)s organisation)", "(without %(num)s organisations)", left_out) % {"num": left_out}
    return words or gettext("Nobody")


def _kinds(audience: Audience) -> Iterator[str]:
    if not audience.roles or not audience.jurisdictions:
        return
    roles = [ANY] if ANY in audience.roles else sorted(audience.roles)
    kinds = capital(", ".join(map(several, roles)))
    yield kinds if ANY in audience.jurisdictions else f"{kinds} ({', '.join(sorted(audience.jurisdictions))})"


def _partners(audience: Audience, names: Mapping[str, str]) -> Iterator[str]:
    known = sorted(names[one] for one in audience.partners_in if one in names)
    others = len(audience.partners_in) - len(known[:_MOST_NAMES])
    said = known[:_MOST_NAMES]
    if others:
        said.append(ngettext("%(num)s further organisation", "%(num)s further organisations", others) % {"num": others})
    if said:
        yield ", ".join(said)
