"""Where a list on a page of the portal leads, as whoever reads the page finds it: links, which need no script."""

from __future__ import annotations

import html
import re

from tests.factories.portal_visitors import Page

_LINK = re.compile(r'<a class="button" rel="(next|prev)" href="/portal([^"]*)">')


def leads(page: Page, label: str) -> list[tuple[str, str]]:
    """Give the links of the list of this label, ``next`` or ``prev`` and the path below ``/portal``; none where it fits."""
    found = re.search(rf'<nav class="further" aria-label="{re.escape(html.escape(label))}">(.*?)</nav>', page.text, re.DOTALL)
    return [] if found is None else [(way, html.unescape(path)) for way, path in _LINK.findall(found[1])]
