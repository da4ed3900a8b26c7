"""What persons decided and their organisation's key has to sign: where it stands, and signing it in a browser."""

from app.portal.signing import browser_keys, browser_signing, tasks

BLUEPRINTS = (browser_keys.blueprint, browser_signing.blueprint, tasks.blueprint)
