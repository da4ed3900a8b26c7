from __future__ import annotations

import re

from app.portal.assets import ASSETS, STATIC
from tests.factories.exchanges import RunningExchange
from tests.factories.portal_visitors import Visitor


def test_each_file_is_given_to_anybody_with_its_type(running: RunningExchange) -> None:
    types = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    for name in ASSETS:
        page = Visitor(running).get(f"/assets/{name}")
        assert page.status == 200
        assert page.headers["Content-Type"].startswith(types[name.rpartition(".")[2]])
        assert page.headers["Cache-Control"] == "public, max-age=300"


def test_no_other_file_is(running: RunningExchange) -> None:
    for name in ("layout.html", "..%2Fapplication.py", "portal.css%00", ".", "portal.css~"):
        assert Visitor(running).get(f"/assets/{name}").status in {303, 404}


def test_styles_and_scripts_name_no_other_host_and_touch_no_markup() -> None:
    for path in STATIC.iterdir():
        text = path.read_text().replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"https?:|@import|url\(", re.sub(r"(?m)^\s*//.*$|/\*.*?\*/", "", text)), path.name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|\.style\b", text), path.name


def test_the_script_of_every_page_shares_no_name_with_the_pages_own() -> None:
    beside = (STATIC / "shortcuts.js").read_text()
    around = beside.partition("\n{")[0] + beside.rpartition("\n}")[2]
    assert re.search(r"(?m)^(?:const|let|class|function|async function) ", around) is None
