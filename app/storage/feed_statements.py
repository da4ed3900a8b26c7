"""The statements that find the places of what a viewpoint sees, narrowed by filters.

Owns the rule of places as SQL and nothing else; which statement is run over which stretch is decided in ``feed``. A place is that
of the version itself (``object_version.position``) or, in the feed of a sharing group, that of its posting there; an entry of the
viewpoint's own that was given later replaces it. Bounds and values are parameters, so that each statement is built and compiled
once for each kind of request. Kept by ``tests/storage/test_feed.py`` and ``tests/storage/test_feed_of_groups.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, FromClause, and_, bindparam, exists, func, or_, select, true
from sqlalchemy import false as nothing

from app.storage.columns import Instant, Number
from app.storage.filters import Shape, conditions, having
from app.storage.metadata import ID
from app.storage.prepared import IsOneOf, Prepared
from app.storage.tables import (
    feed_entry,
    group_posting,
    handling_class,
    narrowing,
    narrowing_member,
    object_facet,
    object_version,
    veil,
    visible_class,
)
from app.storage.words import Saying

_VIEWPOINT = bindparam("viewpoint", type_=Number)
_PARTNER = bindparam("partner", type_=ID)
_FEED = bindparam("feed", type_=Number)
_FROM_GENERATION = bindparam("from_generation", type_=Number)
_AFTER, _UPTO, _LIMIT, _EACH = (bindparam(name, type_=Number) for name in ("after", "upto", "limit", "each"))
_NOW = bindparam("now", type_=Instant)


class Entry(NamedTuple):
    """One visible version at its place in the viewpoint's feed; a tuple, since a page makes thousands of them."""

    position: int
    added_at: datetime
    version_id: int
    class_id: int


@dataclass(frozen=True, slots=True)
class Form:
    """What a statement has to heed: which filters there are, whether the feed is a group's, what the viewpoint has of its own.

    ``in_bulk``: thousands of places are wanted, so that all classes that are seen are gathered first, once. ``newest_first``:
    the last places of the stretch are wanted, from its end.
    """

    shape: Shape
    of_group: bool = False
    has_entries: bool = False
    veiled: bool = False
    in_bulk: bool = False
    newest_first: bool = False


@lru_cache(maxsize=128)
def base_places(form: Form) -> Prepared:
    """Select the versions' own places, or those of their postings, within (after, upto].

    Places are gone through in their order and each is looked at by itself: there is nothing for a planner to choose, whatever it
    believes of how many there are.
    """
    ov, base, place = object_version.c, _base(form).c, _place(form)
    within = (place > _AFTER, place <= _UPTO)
    if form.of_group:
        chosen = select(base.position, base.added_at, base.version_id, _class_of(base.version_id)).where(
            base.feed == _FEED, base.generation >= _FROM_GENERATION, *within, _each(base.version_id, *_base_rule(form))
        )
    else:
        chosen = select(ov.position, ov.added_at, ov.version_id, ov.class_id).where(*within, *_base_rule(form))
    return Prepared(chosen.order_by(_in_order(place, form)).limit(_LIMIT), in_binary=True, make=Entry._make)


@lru_cache(maxsize=128)
def base_places_by_facet(form: Form, number: int = 0) -> Prepared:
    """Select the same of the feed of everything, going by what has the facet of this number: its cost grows with that."""
    ov, of = object_version.c, object_facet.c
    this = select(ov.position).where(ov.version_id == of.version_id, ov.position > _AFTER, ov.position <= _UPTO)
    position = this.where(*_base_rule(form)).correlate(object_facet).limit(1).scalar_subquery()
    kind = of.kind == bindparam(f"facet_kind_{number}", type_=of.kind.type)
    having_it = select(of.version_id, position.label("position")).where(kind, IsOneOf(of.value, f"facet_values_{number}"))
    found = having_it.group_by(of.version_id).subquery()
    added_at = select(ov.added_at).where(ov.version_id == found.c.version_id).scalar_subquery()
    chosen = select(found.c.position, added_at.label("added_at"), found.c.version_id, _class_of(found.c.version_id))
    in_order = _in_order(found.c.position, form)
    return Prepared(chosen.where(found.c.position.is_not(None)).order_by(in_order).limit(_LIMIT), make=Entry._make)


@lru_cache(maxsize=128)
def base_places_by_type(form: Form) -> Prepared:
    """Select the same of the feed of everything, going by what is of the types asked for: its cost grows with that."""
    ov = object_version.c
    chosen = select(ov.position, ov.added_at, ov.version_id, ov.class_id).where(
        IsOneOf(ov.type, "types"), ov.position > _AFTER, ov.position <= _UPTO, *_base_rule(form)
    )
    return Prepared(chosen.order_by(_in_order(ov.position + 0, form)).limit(_LIMIT), make=Entry._make)


@lru_cache(maxsize=128)
def base_places_by_words(form: Form) -> Prepared:
    """Select the same, going by what says the words: its cost grows with that, hidden or not."""
    ov, said = object_version.c, Saying("words").rows()
    within = (ov.position > _AFTER, ov.position <= _UPTO)
    chosen = select(ov.position, ov.added_at, ov.version_id, ov.class_id).join_from(
        said, object_version, ov.version_id == said.c.version_id
    )
    unasked = replace(form, shape=replace(form.shape, names=form.shape.names - {"words"}))
    chosen = chosen.where(*within, *_base_rule(unasked)).order_by(_in_order(ov.position + 0, form))
    return Prepared(chosen.limit(_LIMIT), make=Entry._make)


@lru_cache(maxsize=128)
def base_places_by_class(form: Form) -> Prepared:
    """Select the first places of each class that is seen, up to the horizon: beyond it, a class may have more than were read.

    PostgreSQL only (LATERAL), and not for a group's feed. Each row names the horizon; no row means that there is nothing up to
    ``upto``.
    """
    ov, vc = object_version.c, visible_class.c
    of_class = (
        select(ov.position, ov.added_at, ov.version_id, ov.class_id)
        .where(ov.class_id == vc.class_id, ov.position > _AFTER, ov.position <= _UPTO, ov.position > vc.since)
        .where(ov.visible_until > _NOW, *_not_replaced(form), *_narrowed(form, ov.added_at))
        .order_by(ov.position)
        .limit(_EACH)
    )
    each = of_class.correlate(visible_class).lateral()
    first = select(*each.c).join_from(visible_class, each, true()).where(vc.viewpoint_id == _VIEWPOINT).cte()
    full = select(func.max(first.c.position).label("last")).group_by(first.c.class_id).having(func.count() == _EACH).subquery()
    horizon = select(func.coalesce(func.min(full.c.last), _UPTO).label("horizon")).cte()
    within = select(first, horizon.c.horizon).join_from(first, horizon, first.c.position <= horizon.c.horizon)
    return Prepared(within.order_by(first.c.position).limit(_LIMIT))


@lru_cache(maxsize=128)
def base_places_of_classes(form: Form) -> Prepared:
    """Select the places in the classes that are seen, sorted at the end: its cost grows with what is seen after ``after``.

    For SQLite, which has no LATERAL: sorted by what no index knows, so that it goes by classes and not by places.
    """
    ov = object_version.c
    chosen = select(ov.position, ov.added_at, ov.version_id, ov.class_id).where(
        ov.class_id.in_(_seen_classes(form)), ov.position > _AFTER, ov.position <= _UPTO, *_base_rule(form)
    )
    return Prepared(chosen.order_by(_in_order(ov.position + 0, form)).limit(_LIMIT), make=Entry._make)


@lru_cache(maxsize=128)
def sizes(form: Form) -> Prepared:
    """Count what there is to go by, up to ``most`` of each: ``classes`` is what is seen, the others what is stored.

    One row, with what the form asks for alone. No choice by these numbers changes what comes out.
    """
    ov, of, most = object_version.c, object_facet.c, bindparam("most", type_=Number)
    within = (ov.position > _AFTER, ov.position <= _UPTO)
    counted = {"classes": select(ov.version_id).where(ov.class_id.in_(_seen_classes(form)), *within)}
    if "types" in form.shape.names:
        counted["types"] = select(ov.version_id).where(IsOneOf(ov.type, "types"), *within)
    for number in range(form.shape.facets):
        kind = of.kind == bindparam(f"facet_kind_{number}", type_=of.kind.type)
        counted[f"facet_{number}"] = select(of.version_id).where(kind, IsOneOf(of.value, f"facet_values_{number}"))
    if "words" in form.shape.names:
        counted["words"] = select(Saying("words").rows().c.version_id)
    return Prepared(
        select(
            *(
                select(func.count()).select_from(one.limit(most).subquery()).scalar_subquery().label(name)
                for name, one in counted.items()
            )
        )
    )


@lru_cache(maxsize=64)
def versions_within(form: Form) -> Prepared:
    """Select the lowest and the highest row id of what has a place, or an entry of the viewpoint's own, within (after, upto]."""
    base, place = _base(form).c, _base(form).c.position
    found = select(base.version_id).where(place > _AFTER, place <= _UPTO, *([base.feed == _FEED] if form.of_group else []))
    rows: Any = found
    if form.has_entries:
        fe = feed_entry.c
        of_this = (fe.viewpoint_id == _VIEWPOINT, fe.feed == _FEED, fe.position > _AFTER, fe.position <= _UPTO)
        rows = found.union_all(select(fe.version_id).where(*of_this))
    version_id = rows.subquery().c.version_id
    return Prepared(select(func.min(version_id).label("lowest"), func.max(version_id).label("highest")))


@lru_cache(maxsize=128)
def own_places(form: Form) -> Prepared:
    """Select the places within (after, upto] that the viewpoint's own entries give."""
    ov, fe = object_version.c, feed_entry.c
    place = fe.position + 0 if "stix_ids" in form.shape.names else fe.position
    rule = [ov.visible_until > _NOW, fe.issued > _since(), *_narrowed(form, fe.added_at)]
    if form.of_group:
        posted = exists().where(_posted(object_version), group_posting.c.position < fe.issued)
        rule.append(posted.correlate(object_version, feed_entry))
    else:
        rule.append(fe.issued > ov.position)
    chosen = select(fe.position, fe.added_at, fe.version_id, _class_of(fe.version_id)).where(
        fe.viewpoint_id == _VIEWPOINT, fe.feed == _FEED, place > _AFTER, place <= _UPTO, _each(fe.version_id, *rule)
    )
    return Prepared(chosen.order_by(_in_order(place, form)).limit(_LIMIT), make=Entry._make)


@lru_cache(maxsize=2)
def versions_under(*, veiled: bool) -> Prepared:
    """Select the versions under an id that the viewpoint sees, by owner, oldest first; embargoed ones for their owner."""
    ov = object_version.c
    statement = (
        select(ov.version_id, ov.owner_id, ov.version, ov.version_key, ov.added_at, ov.class_id)
        .join_from(object_version, visible_class, sees(_VIEWPOINT))
        .where(ov.stix_id == bindparam("stix_id", type_=ov.stix_id.type), ov.visible_until > _NOW)
        .where(or_(ov.position.is_not(None), ov.owner_id == _PARTNER))
        .order_by(ov.owner_id, ov.version_key)
    )
    return Prepared(statement.where(unveiled()) if veiled else statement)


@lru_cache(maxsize=2)
def seen_of(*, veiled: bool) -> Prepared:
    """Count those of some versions that the viewpoint sees and that were not withdrawn."""
    ov = object_version.c
    statement = (
        select(func.count().label("seen"))
        .select_from(object_version)
        .join(visible_class, sees(_VIEWPOINT))
        .where(IsOneOf(ov.version_id, "version_ids"), ov.withdrawn_at.is_(None))
    )
    return Prepared(statement.where(unveiled()) if veiled else statement)


def unveiled(version: FromClause = object_version) -> ColumnElement[bool]:
    """Say that a version is behind no veil of the viewpoint: no narrowing under way is still to take it away.

    While nobody knows what a narrowing takes away, its veil hides everything. One's own is hidden only by veils that say so.
    Binds ``viewpoint`` and ``partner``.
    """
    member, ov = narrowing_member.c, version.c
    of_these = select(member.version_id).where(member.version_id == ov.version_id, member.narrowing_id == veil.c.narrowing_id)
    takes = exists(of_these.correlate(version, veil))
    hides = (
        select(veil.c.narrowing_id)
        .join_from(veil, narrowing, narrowing.c.narrowing_id == veil.c.narrowing_id)
        .where(veil.c.viewpoint_id == _VIEWPOINT, or_(veil.c.hides_own, ov.owner_id != _PARTNER), or_(~narrowing.c.traced, takes))
    )
    return ~exists(hides.correlate(version))


def sees(viewpoint_id: int | BindParameter[int]) -> ColumnElement[bool]:
    """Give the join of a version with the viewpoint's row for its class, if there is one."""
    vc = visible_class.c
    return and_(vc.viewpoint_id == viewpoint_id, vc.class_id == object_version.c.class_id)


def _seen_classes(form: Form) -> Any:
    """Give the classes that are seen; where owners are named, theirs: whose a version is its class says."""
    vc, hc = visible_class.c, handling_class.c
    seen = select(vc.class_id).where(vc.viewpoint_id == _VIEWPOINT)
    if "owner_ids" not in form.shape.names:
        return seen
    return seen.join_from(visible_class, handling_class, hc.class_id == vc.class_id).where(IsOneOf(hc.owner_id, "owner_ids"))


def _in_order(place: ColumnElement[int], form: Form) -> ColumnElement[int]:
    return place.desc() if form.newest_first else place


def _base(form: Form) -> FromClause:
    return group_posting if form.of_group else object_version


def _place(form: Form) -> ColumnElement[int]:
    """Give the place to look for and to sort by: where ids are named, one that no index knows, so that they are gone by."""
    position: ColumnElement[int] = _base(form).c.position
    return position + 0 if "stix_ids" in form.shape.names else position


def _posted(version: FromClause, posting: FromClause = group_posting) -> ColumnElement[bool]:
    """Give the join of a version with its posting to the group, as far back as the reader may look."""
    gp = posting.c
    return and_(gp.version_id == version.c.version_id, gp.feed == _FEED, gp.generation >= _FROM_GENERATION)


def _since() -> Any:
    """Give from where the version's class counts for the viewpoint, null if it does not see it."""
    vc = visible_class.c
    sees_it = (vc.viewpoint_id == _VIEWPOINT, vc.class_id == object_version.c.class_id)
    return select(vc.since).where(*sees_it).correlate(object_version).scalar_subquery()


def _class_of(version_id: ColumnElement[int]) -> Any:
    ov = object_version.c
    return (
        select(ov.class_id)
        .where(ov.version_id == version_id)
        .correlate_except(object_version)
        .scalar_subquery()
        .label("class_id")
    )


def _each(version_id: ColumnElement[int], *rule: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say that the version of this row id follows the rule. OFFSET keeps PostgreSQL from making a join of it."""
    ov = object_version.c
    of_this = select(ov.version_id).where(ov.version_id == version_id, *rule)
    return exists(of_this.correlate_except(object_version).offset(0))


def _base_rule(form: Form) -> Iterable[ColumnElement[bool]]:
    base = _base(form).c
    yield object_version.c.visible_until > _NOW
    yield _counts_in_bulk(base.position) if form.in_bulk else base.position > _since()
    yield from _not_replaced(form)
    yield from _narrowed(form, base.added_at)


def _counts_in_bulk(position: ColumnElement[int]) -> ColumnElement[bool]:
    """Say the same as ``position > _since()``. Classes that count from the start, nearly all, need no look-up."""
    ov, vc = object_version.c, visible_class.c
    seen = select(vc.class_id).where(vc.viewpoint_id == _VIEWPOINT)
    from_start, later = ov.class_id.in_(seen.where(vc.since == 0)), ov.class_id.in_(seen.where(vc.since > 0))
    return or_(from_start, and_(later, position > _since()))


def _not_replaced(form: Form) -> Iterable[ColumnElement[bool]]:
    """Say that no entry of the viewpoint's own stands for the place.

    Such an entry was given later than the place: where it no longer counts, neither does this place.
    """
    if form.has_entries:
        fe = feed_entry.c
        of_this = (fe.viewpoint_id == _VIEWPOINT, fe.feed == _FEED, fe.version_id == object_version.c.version_id)
        yield ~exists().where(*of_this, fe.issued > _base(form).c.position)


def _narrowed(form: Form, added_at: ColumnElement[Any]) -> Iterable[ColumnElement[bool]]:
    if form.veiled:
        yield unveiled()
    yield from conditions(form.shape, added_at)
    if form.shape.versions is not None:
        yield or_(nothing(), *_one_of(form.shape.versions, form))


def _one_of(versions: tuple[bool, bool, bool], form: Form) -> Iterable[ColumnElement[bool]]:
    ov = object_version.c
    first, last, named = versions
    if named:
        yield IsOneOf(ov.version_key, "version_keys")
    other = object_version.alias("other")
    if last:
        # Hardly any version has a newer one, and it is known which: only for those it has to be looked up whether it is seen.
        yield or_(~ov.is_superseded, ~_seen_too(other, other.c.version_key > ov.version_key, form))
    if first:
        yield ~_seen_too(other, other.c.version_key < ov.version_key, form)


def _seen_too(other: FromClause, stands: ColumnElement[bool], form: Form) -> ColumnElement[bool]:
    """Say that another version of the same owner's object, which ``stands`` so, is seen in the same collection."""
    ov, vc = object_version.c, visible_class.alias("of_other")
    statement = select(other.c.version_id).join_from(
        other, vc, and_(vc.c.viewpoint_id == _VIEWPOINT, vc.c.class_id == other.c.class_id)
    )
    placed: FromClause = other
    if form.of_group:
        placed = group_posting.alias("posting_of_other")
        statement = statement.join(placed, _posted(other, placed))
    statement = statement.where(other.c.owner_id == ov.owner_id, other.c.stix_id == ov.stix_id, stands)
    statement = statement.where(placed.c.position.is_not(None), other.c.visible_until > _NOW)
    if form.veiled:
        statement = statement.where(unveiled(other))
    return exists(statement.where(*having(form.shape, other)).correlate(object_version))
