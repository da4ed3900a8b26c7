"""Handing letters to a mail server over SMTP (RFC 5321): the one door to ``smtplib``.

Owns the connection, its encryption and time limits, and the reading of the server's answers. What a letter says, to whom it goes
and when it is tried again is decided by the services. Kept by ``tests/mail/test_relay.py``, against a server on loopback.
"""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from app.domain.paging import Delivery, Letter

_PERMANENT = 500
_CLOSING = 421


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

        After a letter that found the server unreachable, or too much time, the others are not given: they were not tried.
        Certificates are verified. NOT known: whether a letter whose connection broke off was taken all the same.
        """
        server: smtplib.SMTP | None = None
        ends_at = time.monotonic() + self.batch_seconds
        try:
            for letter in letters:
                if time.monotonic() > ends_at:
                    return
                try:
                    server = server or self._connect()
                except (OSError, smtplib.SMTPException):
                    yield letter, Delivery.UNREACHABLE
                    return
                delivery = self._send(server, letter)
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

    def _send(self, server: smtplib.SMTP, letter: Letter) -> Delivery:
        try:
            # One that is refused among several is not resent to the others: the letter counts as sent if anybody got it.
            server.sendmail(self.sender, list(letter.to), written(letter, self.sender).as_bytes())
        except smtplib.SMTPRecipientsRefused as exc:
            return _judged(*(code for code, _ in exc.recipients.values()))
        except smtplib.SMTPSenderRefused:
            return Delivery.UNREACHABLE
        except smtplib.SMTPResponseException as exc:
            return _judged(exc.smtp_code)
        except (OSError, smtplib.SMTPException):
            return Delivery.UNREACHABLE
        return Delivery.SENT


def _judged(*codes: int) -> Delivery:
    if _CLOSING in codes:
        return Delivery.UNREACHABLE
    return Delivery.REFUSED if all(code >= _PERMANENT for code in codes) else Delivery.LATER


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
