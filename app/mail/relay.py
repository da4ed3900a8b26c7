"""Handing letters to a mail server over SMTP (RFC 5321): the one door to ``smtplib``.

Owns the connection, its encryption and time limits, the reading of the server's answers, and that no letter decides what becomes
of another. What a letter says, to whom it goes and when it is tried again is decided by the services. Kept by
``tests/mail/test_relay.py``, against a server on loopback.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from app.domain.paging import Delivery, Letter

_PERMANENT = 500
_CLOSING = 421
_MOST_BEFORE_AT = 64  # RFC 5321, section 4.5.3.1.1
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_log = logging.getLogger("breakwater.mail")


@dataclass(frozen=True, slots=True)
class Relay:
    """A mail server and how to speak to it. ``security``: ``smtp`` (none), ``starttls`` or ``smtps`` (TLS from the start).

    ``timeout_seconds`` bounds each answer of the server, ``batch_seconds`` the time after which no further letter is begun.
    """

    host: str
    port: int
    security: str
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout_seconds: float = 15.0
    batch_seconds: float = 45.0

    def deliver(self, letters: Iterable[Letter]) -> Iterator[tuple[Letter, Delivery]]:
        """Send letters over one connection, giving what became of each as soon as it is known.

        A letter that cannot be written, whatever fails, is refused and the next one goes its way. After one that found the server
        unreachable, or too much time, the others are not given: they were not tried. Certificates are verified.
        NOT known: whether a letter whose connection broke off was taken all the same.
        """
        server: smtplib.SMTP | None = None
        ends_at = time.monotonic() + self.batch_seconds
        try:
            for letter in letters:
                if time.monotonic() > ends_at:
                    return
                content = _content(letter, self.sender)
                if content is None:
                    yield letter, Delivery.REFUSED
                    continue
                try:
                    server = self._connect() if server is None or server.sock is None else server
                except (OSError, ValueError, smtplib.SMTPException):
                    yield letter, Delivery.UNREACHABLE
                    return
                delivery = self._send(server, letter, content)
                yield letter, delivery
                if delivery is Delivery.UNREACHABLE:
                    return
            if server is not None:
                with suppress(OSError, smtplib.SMTPException):
                    server.quit()
        finally:
            if server is not None:
                server.close()

    def _connect(self) -> smtplib.SMTP:
        # Our own name for HELO: smtplib would ask the name service who this machine is.
        own_name = self.sender.rpartition("@")[2]
        context = ssl.create_default_context()
        if self.security == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, own_name, timeout=self.timeout_seconds, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, own_name, timeout=self.timeout_seconds)
        try:
            if self.security == "starttls":
                server.starttls(context=context)
            if self.user is not None and self.password is not None:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server

    def _send(self, server: smtplib.SMTP, letter: Letter, content: bytes) -> Delivery:
        try:
            # One that is refused among several is not resent to the others: the letter counts as sent if anybody got it.
            server.sendmail(self.sender, list(letter.to), content)
        except smtplib.SMTPRecipientsRefused as exc:
            return _judged(*(code for code, _ in exc.recipients.values()))
        except smtplib.SMTPSenderRefused:
            return Delivery.UNREACHABLE
        except smtplib.SMTPResponseException as exc:
            return _judged(exc.smtp_code)
        except (OSError, smtplib.SMTPException):
            return Delivery.UNREACHABLE
        except Exception as exc:  # noqa: BLE001  # as with what cannot be written
            _log.error("letter %s cannot be handed over: %s", letter.message_id, type(exc).__name__)
            server.close()  # in the middle of a conversation; the next letter begins another
            return Delivery.REFUSED
        return Delivery.SENT


def _judged(*codes: int) -> Delivery:
    if _CLOSING in codes:
        return Delivery.UNREACHABLE
    return Delivery.REFUSED if all(code >= _PERMANENT for code in codes) else Delivery.LATER


def _content(letter: Letter, sender: str) -> bytes | None:
    """Give a letter's bytes, None where it cannot be written; nothing of it is logged, for the errors name addresses."""
    try:
        return _bytes(letter, sender)
    except Exception as exc:  # noqa: BLE001  # whatever is wrong with one letter, the others must still go
        _log.error("letter %s cannot be written: %s", letter.message_id, type(exc).__name__)
        return None


def _bytes(letter: Letter, sender: str) -> bytes:
    "".join(letter.to).encode("ascii")  # as the conversation with the server needs
    return written(letter, sender).as_bytes()


def is_mailable(address: str) -> bool:
    """Whether a letter to this address can be written, and says just this address: asked before one is kept.

    Addresses of other scripts, encoded words and misplaced dots are not. NOT checked: whether anybody is there.
    """
    if "=?" in address or len(address.partition("@")[0]) > _MOST_BEFORE_AT:
        return False
    trial = Letter("<trial@example.org>", (address,), "A trial", "", _LONG_AGO)
    try:
        read = message_from_bytes(_bytes(trial, address), policy=SMTP)
    except Exception:  # noqa: BLE001  # the library's faults are of many kinds, and some are bugs of its own
        return False
    return [one.addr_spec for one in read["To"].addresses] == [address]


def written(letter: Letter, sender: str) -> EmailMessage:
    """Give a letter as a message (RFC 5322), its lines ending as SMTP wants them.

    Headers are set through the library's own policy, which refuses line breaks in them.
    """
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = Address(addr_spec=sender)
    message["To"] = tuple(Address(addr_spec=one) for one in letter.to)
    message["Subject"] = letter.subject
    message["Date"] = letter.written_at
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message
