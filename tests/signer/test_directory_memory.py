"""What a stolen server asks to have signed: directories that hand the exchange to somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.vocabulary import KeyState, KeyUsage
from app.signer.directory_memory import MOST_STEP, DirectoryMemory
from app.signer.memory_file import UnreadableMemoryError
from breakwater_client.trust.key_directory import LIFE, Directory, DirectoryKey, OverlapKey
from breakwater_client.trust.keys import PrivateKey
from tests.factories.signers import EXCHANGE, HOME, directory, new_keys, own_entry

USES = (KeyUsage.STATEMENT_SIGNING, KeyUsage.DIRECTORY_SIGNING, KeyUsage.CHECKPOINT_SIGNING)
OTHER = "identity--9f5a7e2b-7c6d-4c7e-9d7e-2f6b7a6d5c4b"
Keys = dict[KeyUsage, PrivateKey]


@pytest.fixture
def keys() -> Keys:
    return new_keys()


def memory(folder: Path, keys: Mapping[KeyUsage, PrivateKey], *beside: PrivateKey, **more: Any) -> DirectoryMemory:
    """A signer that holds ``keys``; ``beside`` lie in files of every use."""
    admitted = {usage: {key.public.keyid, *(one.public.keyid for one in beside)} for usage, key in keys.items()}
    return DirectoryMemory(folder / "signed", lambda: admitted, **more)


def with_key(value: Directory, *more: DirectoryKey) -> Directory:
    return replace(value, keys=(*value.keys, *more))


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (8, None),
        (7 + MOST_STEP, None),
        (8 + MOST_STEP, "directory-too-far"),
        (2**53 - 2, "directory-too-far"),
        (6, "directory-rolled-back"),
        (7, "directory-forked"),
    ],
)
@pytest.mark.parametrize("restarts", ["", "restarted"])
def test_versions_go_on_by_small_steps(tmp_path: Path, keys: Keys, version: int, expected: str | None, restarts: str) -> None:
    first = memory(tmp_path, keys)
    signed = directory(keys, 7)
    assert first.why_not(signed) is None
    assert first.why_not(signed) is None, "the same again is nothing new"
    before = (tmp_path / "signed").read_bytes()
    then = replace(directory(keys, version), expires_at=signed.expires_at - timedelta(seconds=1))
    assert (memory(tmp_path, keys) if restarts else first).why_not(then) == expected
    assert ((tmp_path / "signed").read_bytes() == before) == (expected is not None)


@pytest.mark.parametrize(
    "change",
    [
        {"exchange": "9f5a7e2b-7c6d-4c7e-9d7e-2f6b7a6d5c4b"},
        {"log_origin": "breakwater-exchange/9f5a7e2b-7c6d-4c7e-9d7e-2f6b7a6d5c4b"},
    ],
)
def test_it_stays_one_exchanges(tmp_path: Path, keys: Keys, change: dict[str, Any]) -> None:
    one = memory(tmp_path, keys)
    one.why_not(directory(keys))
    assert one.why_not(directory(keys, 2, **change)) is not None
    exchange = "9f5a7e2b-7c6d-4c7e-9d7e-2f6b7a6d5c4b"
    wholly = directory(keys, 2, exchange=exchange, log_origin=f"breakwater-exchange/{exchange}")
    assert one.why_not(wholly) == "directory-of-another-exchange"


@pytest.mark.parametrize(
    ("issued", "life"),
    [
        (timedelta(), timedelta(days=36500)),
        (timedelta(), LIFE + timedelta(seconds=1)),
        (timedelta(), timedelta()),
        (timedelta(minutes=6), LIFE),
        (-timedelta(minutes=6), LIFE),
    ],
)
def test_it_is_of_now_and_lives_for_a_week_at_most(tmp_path: Path, keys: Keys, issued: timedelta, life: timedelta) -> None:
    now = datetime.now(UTC) + issued
    one = memory(tmp_path, keys)
    assert one.why_not(directory(keys, issued_at=now, expires_at=now + life)) == "directory-of-another-time"
    assert one.last() is None


@pytest.mark.parametrize("known", ["", "known"])
@pytest.mark.parametrize("usage", USES)
@pytest.mark.parametrize("state", [KeyState.ACTIVE, KeyState.RETIRED, KeyState.COMPROMISED])
def test_a_foreign_key_of_the_exchanges_own_uses_is_never_listed(
    tmp_path: Path, keys: Keys, known: str, usage: KeyUsage, state: KeyState
) -> None:
    one = memory(tmp_path, keys)
    if known:
        assert one.why_not(directory(keys)) is None
    theft = PrivateKey.generate()
    ended = own_entry(keys[usage], usage, state=KeyState.RETIRED, not_after=datetime.now(UTC))
    kept = [own_entry(keys[other], other) for other in USES if other is not usage]
    stolen = directory(keys, 2, keys=(*kept, ended, own_entry(theft, usage)))
    assert one.why_not(stolen) == "directory-of-foreign-keys"
    for owner in (HOME, OTHER):
        more = with_key(directory(keys, 2), own_entry(theft, usage, state=state, owner=owner))
        assert one.why_not(more) == "directory-of-foreign-keys"


@pytest.mark.parametrize("usage", USES)
@pytest.mark.parametrize(
    "change",
    [
        {"state": KeyState.RETIRED},
        {"state": KeyState.COMPROMISED},
        {"compromised_since": datetime(2020, 1, 1, tzinfo=UTC)},
        {"not_after": datetime(2020, 1, 1, tzinfo=UTC)},
        {"activated_at": datetime(2100, 1, 1, tzinfo=UTC)},
        {"owner": OTHER},
    ],
)
def test_the_keys_that_are_held_count(tmp_path: Path, keys: Keys, usage: KeyUsage, change: dict[str, Any]) -> None:
    listed = [own_entry(keys[other], other, **(change if other is usage else {})) for other in USES]
    assert memory(tmp_path, keys).why_not(directory(keys, keys=tuple(listed))) is not None


def test_none_is_left_out_none_has_anothers_use_and_nobody_else_owns_all(tmp_path: Path, keys: Keys) -> None:
    one = memory(tmp_path, keys)
    entries = directory(keys).keys
    for left_out in entries:
        fewer = tuple(entry for entry in entries if entry is not left_out)
        if left_out.usage is not KeyUsage.DIRECTORY_SIGNING:
            assert one.why_not(directory(keys, keys=fewer)) == "directory-of-foreign-keys"
    turned = {USES[0]: keys[USES[2]], USES[1]: keys[USES[1]], USES[2]: keys[USES[0]]}
    assert one.why_not(directory(turned)) == "directory-of-foreign-keys"
    assert one.why_not(directory(keys)) is None
    owned = tuple(replace(entry, owner=OTHER) for entry in entries)
    assert one.why_not(directory(keys, 2, keys=owned)) == "directory-of-foreign-keys"


def test_partners_keys_are_not_judged_but_none_signs_objects_as_the_exchange(tmp_path: Path, keys: Keys) -> None:
    one = memory(tmp_path, keys)
    partner = own_entry(PrivateKey.generate(), KeyUsage.OBJECT_SIGNING, owner=OTHER)
    assert one.why_not(with_key(directory(keys), partner)) is None
    assert one.why_not(with_key(directory(keys, 2), replace(partner, owner=HOME))) == "directory-of-foreign-keys"


@pytest.mark.parametrize("usage", USES)
def test_a_key_is_rotated_on_the_signers_machine(tmp_path: Path, keys: Keys, usage: KeyUsage) -> None:
    """The next key lies beside the one that is held: the directory may hand over to it. Later the old one was listed before."""
    following = PrivateKey.generate()
    before = memory(tmp_path, keys)
    assert before.why_not(directory(keys)) is None
    ended = own_entry(keys[usage], usage, state=KeyState.RETIRED, not_after=datetime.now(UTC))
    after = keys | {usage: following}
    assert before.why_not(with_key(directory(after, 2), ended)) == "directory-of-foreign-keys"
    assert memory(tmp_path, keys, following).why_not(with_key(directory(after, 2), ended)) is None
    assert memory(tmp_path, after).why_not(with_key(directory(after, 3), ended)) is None
    assert memory(tmp_path, after).why_not(directory(keys, 4)) == "directory-of-foreign-keys"


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"exchange":"x","version":"many","digest":"y","owner":"z","own":{}}'])
def test_a_memory_that_cannot_be_read_stops_all_signing(tmp_path: Path, keys: Keys, content: bytes) -> None:
    (tmp_path / "signed").write_bytes(content)
    one = memory(tmp_path, keys)
    for ask in (one.check, lambda: one.why_not(directory(keys))):
        with pytest.raises(UnreadableMemoryError):
            ask()


def test_the_memory_says_what_was_signed(tmp_path: Path, keys: Keys) -> None:
    one = memory(tmp_path, keys)
    one.why_not(directory(keys, 3))
    last = one.last()
    assert last is not None
    assert (last.exchange, last.version, last.owner) == (EXCHANGE, 3, HOME)
    assert last.own == {key.public.keyid: usage.value for usage, key in keys.items()}


def test_no_directory_is_signed_that_lists_a_key_of_overlap_checks_of_somebody_else(tmp_path: Path, keys: Keys) -> None:
    holder = memory(tmp_path, keys, overlap=b"o" * 32)
    plain = directory(keys, 7)
    foreign = replace(plain, overlap=OverlapKey(b"x" * 32, plain.issued_at))
    assert holder.why_not(foreign) == "directory-of-foreign-keys"
    assert holder.why_not(replace(plain, overlap=OverlapKey(b"o" * 32, plain.issued_at))) is None
    (tmp_path / "signed").unlink()
    assert memory(tmp_path, keys).why_not(foreign) is None, "a signer without such a key judges none"
