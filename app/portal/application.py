"""The portal as an application of its own, beside the interfaces for programs and behind the same server, below ``/portal``.

Owns that sessions open its doors and nothing else: an API token is nobody here, as a session's cookie is nobody there. Kept by
``tests/portal/test_application.py`` and ``tests/promises/test_portal_default_deny.py``.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined

from app.portal import account, answering, assets, elsewhere, finding, invitations, operating, signing_in
from app.portal.cookies import identify, require_same_site
from app.portal.correcting import BLUEPRINTS as CORRECTING
from app.portal.errors import error_page
from app.portal.forms import described
from app.portal.headers import set_headers
from app.portal.helping import help_page
from app.portal.home import first_page
from app.portal.navigation import is_here, nearest, sections
from app.portal.once import once
from app.portal.organisation import BLUEPRINTS as ORGANISATION
from app.portal.pages import about_the_request
from app.portal.passages import beginning
from app.portal.patterns import BLUEPRINTS as PATTERNS
from app.portal.plain_words import badge_of, called, help_of, listed, sentence_of, spoken, type_words
from app.portal.recovering import recoveries
from app.portal.reviewing import BLUEPRINTS as REVIEWING
from app.portal.sharing import BLUEPRINTS as SHARING
from app.portal.signing import BLUEPRINTS as SIGNING
from app.portal.words import gettext, ngettext, shown_date, shown_instant
from app.services.exchange import Exchange
from app.web import application
from app.web.gate import Door

PREFIX = "/portal"
BLUEPRINTS = (
    account.blueprint,
    *answering.BLUEPRINTS,
    assets.blueprint,
    elsewhere.blueprint,
    *finding.BLUEPRINTS,
    first_page.blueprint,
    help_page.blueprint,
    invitations.blueprint,
    *operating.BLUEPRINTS,
    recoveries.blueprint,
    signing_in.blueprint,
    *CORRECTING,
    *ORGANISATION,
    *PATTERNS,
    *REVIEWING,
    *SHARING,
    *SIGNING,
)
PUBLIC = frozenset(
    {
        "assets.asset",
        "elsewhere.answer",
        "elsewhere.leave",
        "elsewhere.returned",
        "invitations.accept",
        "invitations.accept_passkey",
        "invitations.begin_passkey",
        "invitations.show",
        "signing_in.begin_passkey",
        "signing_in.by_passkey",
        "signing_in.by_password",
        "signing_in.show",
    }
)
"""Pages that answer without a session. Every other, known or not, leads to the sign-in page."""


def create_portal(exchange: Exchange, logged: application.Logging) -> Flask:
    """Give the portal of an exchange, to be mounted at ``PREFIX``."""
    app = Flask(__name__, static_folder=None, template_folder=str(Path(__file__).parent / "templates"))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # of the extension
    app.jinja_env.filters.update(instant=shown_instant, date=shown_date, spoken=spoken, listed=listed)
    app.jinja_env.filters.update(called=called, badge=badge_of, helped=help_of, in_full=sentence_of, type_words=type_words)
    application.install(app, exchange, logged, {"": error_page}, Door(identify, PUBLIC))
    app.before_request(require_same_site)
    app.after_request(set_headers)
    app.context_processor(about_the_request)
    app.jinja_env.globals.update(described=described, beginning=beginning, once=once)
    app.jinja_env.globals.update(sections=sections, is_here=is_here, nearest=nearest)
    for one in BLUEPRINTS:
        app.register_blueprint(one)
    return app
