from __future__ import annotations

import pytest

from app.portal.pages import is_own_path


@pytest.mark.parametrize("path", ["/", "/account", "/objects/indicator--1?version=2", "/a//b"])
def test_paths_of_ours_lead_back(path: str) -> None:
    assert is_own_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "account",
        "//other.example.org",
        "/\\other.example.org",
        "https://other.example.org/",
        "javascript:x",
        "/a\nb",
        "/\u00e4",
        "\\/x",
    ],
)
def test_everything_else_leads_to_the_first_page(path: str) -> None:
    assert not is_own_path(path)
