"""How other programs read a TAXII collection, each with its own habits, as their source or their makers' answers show them.

Simulations, written from what was read; ``docs/interop`` names the sources. Where the real program reads through
taxii2-client, so does its simulation here. Each ``run`` is one scheduled run and gives the objects that came; what a program
remembers between runs is in its fields. Kept by ``tests/walk/test_taxii_readers.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import taxii2client.v21 as taxii
from taxii2client.common import TokenAuth

from tests.factories.taxii_accounts import Account

Objects = list[dict[str, Any]]


@dataclass
class OpenCtiConnector:
    """OpenCTI's connector ``external-import/taxii2``.

    It finds the collection by ``root.title``, asks with ``added_after`` at first and with ``next`` alone once it follows pages,
    keeps that ``next`` for the first request of the next run, and remembers the whole second at which a run began.
    """

    account: Account
    collection: str
    limit: int | None = None
    filters: dict[str, Any] = field(default_factory=dict)
    last_run: int | None = None

    def run(self, now: datetime) -> Objects:
        root_path, title = self.collection.split(".")
        with taxii.Server(self.account.discovery, auth=TokenAuth(self.account.token)) as server:
            root = next(one for one in server.api_roots if one.url.split("/")[-2] == root_path)
            with root:
                found = next(one for one in root.collections if one.title == title)
                self.filters["added_after"] = datetime.fromtimestamp(self.last_run or 0, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
                if self.limit is not None:
                    self.filters["limit"] = self.limit
                objects = self._poll(found)
        self.last_run = int(now.timestamp())
        return objects

    def _poll(self, collection: taxii.Collection) -> Objects:
        objects: Objects = []
        answer = collection.get_objects(**self.filters)
        while True:
            objects += answer.get("objects", [])
            if answer.get("more") is not True:
                return objects
            self.filters.pop("added_after", None)
            self.filters["next"] = answer["next"]
            answer = collection.get_objects(**self.filters)


@dataclass
class OpenCtiIngestion:
    """OpenCTI's built-in TAXII feed (``ingestionTaxii.ts``): one page a run.

    It sends ``next`` and ``added_after`` together, leaves ``limit`` to the server unless it is configured, and cuts the header
    ``X-TAXII-Date-Added-Last`` to milliseconds, since a JavaScript ``Date`` knows no more.
    """

    account: Account
    collection_id: str
    limit: int | None = None
    cursor: str | None = None
    added_after: str | None = None

    def run(self) -> Objects:
        """Fetch one page."""
        answer = self.account.get(
            f"collections/{self.collection_id}/objects/",
            f"Bearer {self.account.token}",
            next=self.cursor,
            added_after=self.added_after,
            limit=self.limit,
        )
        page = answer.json()
        objects: Objects = page.get("objects", [])
        if objects and page.get("more") and page.get("next"):
            self.cursor = page["next"]
        elif objects:
            self.cursor = None
            last = datetime.fromisoformat(answer.headers["X-TAXII-Date-Added-Last"])
            self.added_after = last.strftime("%Y-%m-%dT%H:%M:%S.") + f"{last.microsecond // 1000:03}Z"
        return objects


@dataclass
class DateFollower:
    """Who goes on from ``X-TAXII-Date-Added-Last`` and follows ``next`` with the same parameters; so does Microsoft Sentinel."""

    account: Account
    collection_id: str
    limit: int | None = None
    added_after: str | None = None

    def run(self) -> Objects:
        """Read all there is after the last date that was seen."""
        parameters: dict[str, Any] = {"added_after": self.added_after, "limit": self.limit}
        objects: Objects = []
        while True:
            answer = self.account.get(f"collections/{self.collection_id}/objects/", self.account.basic(), **parameters)
            page = answer.json()
            objects += page.get("objects", [])
            self.added_after = answer.headers.get("X-TAXII-Date-Added-Last") or self.added_after
            if not page.get("more"):
                return objects
            parameters["next"] = page["next"]


@dataclass
class MispBrowser:
    """MISP's own view of a TAXII server (``TaxiiServer.php``): Basic spelled small, pages of 50 by ``next`` alone."""

    account: Account
    collection_id: str

    def run(self) -> Objects:
        """Click through all pages."""
        objects: Objects = []
        cursor: str | None = None
        while True:
            path = f"collections/{self.collection_id}/objects/"
            page = self.account.get(path, self.account.basic("basic"), limit=50, next=cursor).json()
            objects += page.get("objects", [])
            if not page.get("more"):
                return objects
            cursor = page["next"]


@dataclass
class MispImport:
    """misp-modules' ``taxii21``: taxii2-client's pages of 100 with ``spec_version``, up to a number of objects."""

    account: Account
    collection_id: str
    most: int = 1000

    def run(self, **filters: Any) -> Objects:
        """Import once; the person who imports names the filters."""
        objects: Objects = []
        with self.account.collection(self.collection_id) as collection:
            for page in taxii.as_pages(collection.get_objects, per_request=100, spec_version="2.1", **filters):
                objects += page.get("objects", [])
                if len(objects) >= self.most:
                    break
        return objects[: self.most]
