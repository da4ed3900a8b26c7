from __future__ import annotations

from pathlib import Path

from app.domain.vocabulary import KeyUsage
from app.signer.admitted_keys import keys_beside
from breakwater_client.trust.keys import PrivateKey


def test_keys_beside_a_key_are_known_for_its_use_alone(tmp_path: Path) -> None:
    held, before, following, other = (PrivateKey.generate() for _ in range(4))
    (tmp_path / "directory.pem").write_bytes(held.to_pem())
    (tmp_path / "directory.0a1b.pem").write_bytes(before.public.to_pem())
    (tmp_path / "directory.next.pem").write_bytes(b"development\n" + following.to_pem())
    (tmp_path / "directory.broken.pem").write_bytes(b"no key")
    (tmp_path / "directory.folder.pem").mkdir()
    (tmp_path / "signing.next.pem").write_bytes(other.to_pem())
    places = {KeyUsage.DIRECTORY_SIGNING: tmp_path / "directory.pem", KeyUsage.STATEMENT_SIGNING: tmp_path / "signing.pem"}
    assert keys_beside(places) == {
        KeyUsage.DIRECTORY_SIGNING: {before.public.keyid, following.public.keyid},
        KeyUsage.STATEMENT_SIGNING: {other.public.keyid},
    }
