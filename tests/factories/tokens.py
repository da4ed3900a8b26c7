"""The tokens of the portal's style sheet, as browsers read them, and how light colours are."""

from __future__ import annotations

import re

from app.portal.assets import STATIC


def tokens(scheme: str) -> dict[str, str]:
    """Give the tokens of the ``light`` or ``dark`` scheme by their names, without the two dashes."""
    text = (STATIC / "portal.css").read_text()
    light, dark = re.findall(r":root \{(.*?)\}", text, re.DOTALL)[:2]
    found = dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", light))
    return found | (dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", dark)) if scheme == "dark" else {})


def luminance(colour: str) -> float:
    """Give the relative luminance of a colour as WCAG 2.2 defines it, from 0 (black) to 1."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
