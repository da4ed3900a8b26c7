"""The TAXII interface put together: every resource of the specification.

Owns the list of resources; the factory calls ``install`` and gives ``errors.taxii_error`` to the floor of refusals. Kept by
``tests/taxii/test_interface.py``.
"""

from __future__ import annotations

from flask import Flask

from app.taxii import collections, discovery, objects, one_object, statuses

RESOURCES = (discovery.blueprint, collections.blueprint, objects.blueprint, one_object.blueprint, statuses.blueprint)


def install(app: Flask) -> None:
    """Add the TAXII interface to an application that ``web.application`` prepared."""
    for blueprint in RESOURCES:
        app.register_blueprint(blueprint)
