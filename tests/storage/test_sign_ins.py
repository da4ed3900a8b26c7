from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import BreakwaterError
from app.domain.partner import Person
from app.domain.sign_in import INVITATION_LASTS, Ceremony, Invitation, InvitationKind, Passkey, SignIn
from app.storage import members, sign_ins
from app.storage.session import Database
from tests.factories.policy_values import DAY, NOW, SECOND
from tests.storage.samples import READER

FULL = SignIn("a", "analyst.a", "hash", "sealed", last_step=59_000_000, failures=3, failed_at=NOW)
FIRST = Passkey("key-1", "a", "Device A", b"\x00key", uses=2**32 - 1, added_at=NOW)
SECOND_KEY = Passkey("key-2", "a", "Device B", b"key", uses=0, added_at=NOW + SECOND, used_at=NOW + DAY)
OTHERS = Passkey("key-3", "b", "Device C", b"key", uses=0, added_at=NOW)
INVITATION = Invitation("invitation-1", "a", InvitationKind.JOIN, "b", NOW, NOW + INVITATION_LASTS)
DIGEST, OTHER_DIGEST = b"d" * 32, b"o" * 32


@pytest.fixture
def people(exchange: Database) -> Database:
    """Two persons of a reader, ``a`` and ``b``."""
    with exchange.write() as connection:
        for name in "ab":
            members.add_person(connection, Person(name, f"Person {name}", READER))
    return exchange


def test_what_somebody_signs_in_with_is_found_by_name_and_by_person(people: Database) -> None:
    with people.write() as connection:
        assert sign_ins.sign_in_of(connection, "a") is None
        sign_ins.save_sign_in(connection, FULL)
        sign_ins.save_sign_in(connection, SignIn("b", "analyst.b"))
        assert sign_ins.sign_in_of(connection, "a") == sign_ins.sign_in_by_login(connection, "analyst.a") == FULL
        assert sign_ins.sign_in_by_login(connection, "ANALYST.A") is None
        changed = replace(FULL, login="other", password=None, failures=0, failed_at=None)
        sign_ins.save_sign_in(connection, changed)
        assert sign_ins.sign_in_of(connection, "a") == changed
        assert sign_ins.sign_in_of(connection, "b") == SignIn("b", "analyst.b")


def test_a_name_is_one_persons(people: Database) -> None:
    with people.write() as connection:
        sign_ins.save_sign_in(connection, FULL)
    with pytest.raises(BreakwaterError), people.write() as connection:
        sign_ins.save_sign_in(connection, replace(FULL, person_id="b"))


def test_passkeys_come_in_their_order_and_go_one_by_one(people: Database) -> None:
    with people.write() as connection:
        for one in (SECOND_KEY, FIRST, OTHERS):
            sign_ins.add_passkey(connection, one)
        assert sign_ins.passkeys_of(connection, "a") == [FIRST, SECOND_KEY]
        sign_ins.note_use(connection, "key-1", 5, NOW + DAY)
        assert sign_ins.passkey_by_id(connection, "key-1") == replace(FIRST, uses=5, used_at=NOW + DAY)
        assert sign_ins.drop_passkeys(connection, "a", "key-3") == 0, "another person's"
        assert sign_ins.drop_passkeys(connection, "a", "key-1") == 1
        assert sign_ins.passkeys_of(connection, "a") == [SECOND_KEY]
        assert sign_ins.drop_passkeys(connection, "a") == 1
        assert sign_ins.passkey_by_id(connection, "key-2") is None
        assert sign_ins.passkeys_of(connection, "b") == [OTHERS]


def test_invitations_are_found_by_digest_and_end_together(people: Database) -> None:
    later = replace(
        INVITATION, invitation_id="invitation-2", kind=InvitationKind.RECOVER, by_person_id=None, made_at=NOW + SECOND
    )
    others = replace(INVITATION, invitation_id="invitation-3", person_id="b")
    with people.write() as connection:
        sign_ins.add_invitation(connection, replace(INVITATION, used_at=NOW), DIGEST)
        sign_ins.add_invitation(connection, later, OTHER_DIGEST)
        sign_ins.add_invitation(connection, others, b"x" * 32)
        assert sign_ins.invitation_by_digest(connection, OTHER_DIGEST) == later
        assert sign_ins.invitation_by_digest(connection, b"n" * 32) is None
        sign_ins.end_invitations(connection, "a", NOW + DAY)
        found = sign_ins.invitations_of(connection, "a")
        assert found == [replace(later, used_at=NOW + DAY), replace(INVITATION, used_at=NOW)]
        assert sign_ins.invitations_of(connection, "b") == [others]


def test_a_challenge_serves_once_whom_it_is_for_until_it_expires(people: Database) -> None:
    with people.write() as connection:
        sign_ins.add_challenge(connection, DIGEST, "a", Ceremony.AGAIN, NOW + SECOND)
        sign_ins.add_challenge(connection, OTHER_DIGEST, None, Ceremony.SIGN_IN, NOW + SECOND)
        assert not sign_ins.use_challenge(connection, DIGEST, "b", Ceremony.AGAIN, NOW)
        assert not sign_ins.use_challenge(connection, DIGEST, None, Ceremony.AGAIN, NOW)
        assert not sign_ins.use_challenge(connection, OTHER_DIGEST, "a", Ceremony.AGAIN, NOW)
        assert sign_ins.use_challenge(connection, DIGEST, "a", Ceremony.AGAIN, NOW)
        assert not sign_ins.use_challenge(connection, DIGEST, "a", Ceremony.AGAIN, NOW)
        assert not sign_ins.use_challenge(connection, OTHER_DIGEST, None, Ceremony.SIGN_IN, NOW + SECOND)


@pytest.mark.parametrize("given", list(Ceremony))
def test_a_challenge_serves_for_what_it_was_given_and_for_nothing_else(people: Database, given: Ceremony) -> None:
    with people.write() as connection:
        sign_ins.add_challenge(connection, DIGEST, "a", given, NOW + SECOND)
        for other in set(Ceremony) - {given}:
            assert not sign_ins.use_challenge(connection, DIGEST, "a", other, NOW)
        assert sign_ins.use_challenge(connection, DIGEST, "a", given, NOW)


def test_what_a_person_was_given_to_sign_is_dropped_and_nobody_elses(people: Database) -> None:
    with people.write() as connection:
        sign_ins.add_challenge(connection, DIGEST, "a", Ceremony.CREATE, NOW + SECOND)
        sign_ins.add_challenge(connection, OTHER_DIGEST, "b", Ceremony.CREATE, NOW + SECOND)
        sign_ins.drop_challenges(connection, "a")
        assert not sign_ins.use_challenge(connection, DIGEST, "a", Ceremony.CREATE, NOW)
        assert sign_ins.use_challenge(connection, OTHER_DIGEST, "b", Ceremony.CREATE, NOW)


def test_challenges_that_serve_no_more_are_forgotten(people: Database) -> None:
    with people.write() as connection:
        sign_ins.add_challenge(connection, DIGEST, "a", Ceremony.AGAIN, NOW)
        sign_ins.add_challenge(connection, OTHER_DIGEST, "a", Ceremony.AGAIN, NOW + SECOND)
        assert sign_ins.drop_expired_challenges(connection, NOW) == 1
        assert sign_ins.use_challenge(connection, OTHER_DIGEST, "a", Ceremony.AGAIN, NOW)


def test_nothing_is_left_of_who_is_forgotten_and_all_of_others(people: Database) -> None:
    with people.write() as connection:
        sign_ins.save_sign_in(connection, FULL)
        sign_ins.save_sign_in(connection, SignIn("b", "analyst.b"))
        for one in (FIRST, OTHERS):
            sign_ins.add_passkey(connection, one)
        sign_ins.add_invitation(connection, INVITATION, DIGEST)
        sign_ins.add_challenge(connection, DIGEST, "a", Ceremony.AGAIN, NOW + DAY)
        sign_ins.add_challenge(connection, OTHER_DIGEST, "b", Ceremony.AGAIN, NOW + DAY)
        sign_ins.forget(connection, "a", NOW)
        assert sign_ins.sign_in_of(connection, "a") is None
        assert sign_ins.passkeys_of(connection, "a") == []
        assert [one.used_at for one in sign_ins.invitations_of(connection, "a")] == [NOW]
        assert not sign_ins.use_challenge(connection, DIGEST, "a", Ceremony.AGAIN, NOW)
        assert sign_ins.sign_in_of(connection, "b") is not None
        assert sign_ins.passkeys_of(connection, "b") == [OTHERS]
        assert sign_ins.use_challenge(connection, OTHER_DIGEST, "b", Ceremony.AGAIN, NOW)


def test_of_several_persons_it_is_told_who_is_set_up_and_who_is_invited(people: Database) -> None:
    later = replace(INVITATION, invitation_id="invitation-2", made_at=NOW + DAY, expires_at=NOW + DAY + INVITATION_LASTS)
    with people.write() as connection:
        sign_ins.save_sign_in(connection, FULL)
        sign_ins.add_invitation(connection, INVITATION, DIGEST)
        sign_ins.add_invitation(connection, later, OTHER_DIGEST)
        assert sign_ins.set_up_among(connection, ["a", "b"]) == {"a"}
        assert sign_ins.set_up_among(connection, ["b"]) == set()
        assert sign_ins.open_invitations(connection, ["a", "b"], NOW) == {"a": later.expires_at}
        assert sign_ins.open_invitations(connection, ["a"], later.expires_at) == {}
        sign_ins.end_invitations(connection, "a", NOW)
        assert sign_ins.open_invitations(connection, ["a"], NOW) == {}
