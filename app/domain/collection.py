"""Collections: under which names objects are read and written over TAXII, and what one caller may do in each.

Owns the value; who gets which is decided in ``app/services/reading/list_collections.py``. Kept by
``tests/domain/test_collection.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.vocabulary import Harm, Purpose


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection as one caller has it for one purpose: ``can_read`` and ``can_write`` are its own.

    ``reads_for`` are the purposes for which the caller could read it. ``harm`` is set on the view of one harm type. ``feed`` is
    whose places count (0: everything the caller may see); ``group_id`` and ``from_generation`` belong to the collection of a
    sharing group. ``is_catalogue``: it shows the catalogue, the same to everybody.
    """

    collection_id: str
    title: str
    description: str
    alias: str | None
    can_read: bool
    can_write: bool
    reads_for: frozenset[Purpose] = frozenset()
    harm: Harm | None = None
    feed: int = 0
    group_id: str | None = None
    from_generation: int = 0
    is_catalogue: bool = False

    @property
    def is_view(self) -> bool:
        """Whether it is a way of reading only: what it shows was posted elsewhere."""
        return self.harm is not None
