"""PostgreSQL's protocol from a client's side, as far as a soak needs it: fast, and able to be as rude as wanted."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
import socket
import ssl
import struct
from dataclasses import dataclass, field

TCP_REPAIR = 19
LINGER_NOTHING = struct.pack("ii", 1, 0)
PROTOCOL_3_0 = 196608
CANCEL_REQUEST = 80877102
TLS_REQUEST = 80877103


class Refused(Exception):
    """The other side ended the session with an error; `code` is its SQLSTATE."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


class Violation(Exception):
    """Something came that must not come."""


@dataclass
class Reply:
    """All that came up to ReadyForQuery."""

    rows: list[list[bytes | None]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    copied: list[bytes] = field(default_factory=list)
    copy_in: bool = False
    status: str = "I"


def message(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return kind + struct.pack("!i", len(body) + 4) + body


def query(sql: str) -> bytes:
    return message(b"Q", sql.encode(), b"\0")


def parse(name: str, sql: str) -> bytes:
    return message(b"P", name.encode(), b"\0", sql.encode(), b"\0\0\0")


def bind(name: str, *values: str) -> bytes:
    encoded = [value.encode() for value in values]
    return message(b"B", b"\0", name.encode(), b"\0\0\0", struct.pack("!h", len(encoded)),
                   b"".join(struct.pack("!i", len(value)) + value for value in encoded), b"\0\0")


EXECUTE = message(b"E", b"\0", struct.pack("!i", 0))
SYNC = message(b"S")
GOODBYE = message(b"X")


def startup(**parameters: str) -> bytes:
    body = struct.pack("!i", PROTOCOL_3_0) + b"".join(
        name.encode() + b"\0" + value.encode() + b"\0" for name, value in parameters.items()) + b"\0"
    return struct.pack("!i", len(body) + 4) + body


class Proof:
    """SCRAM-SHA-256; what a password and a salt make together is remembered, as drivers may do."""

    _salted: dict[tuple[str, bytes, int], bytes] = {}

    def __init__(self, password: str) -> None:
        self._password = password
        self._first = "n=,r=" + base64.b64encode(os.urandom(18)).decode()

    def first(self) -> bytes:
        text = ("n,," + self._first).encode()
        return message(b"p", b"SCRAM-SHA-256\0", struct.pack("!i", len(text)), text)

    def last(self, server_first: str) -> bytes:
        parts = dict(part.split("=", 1) for part in server_first.split(","))
        key = (self._password, base64.b64decode(parts["s"]), int(parts["i"]))
        salted = self._salted.get(key)
        if salted is None:
            salted = hashlib.pbkdf2_hmac("sha256", key[0].encode(), key[1], key[2])
            self._salted[key] = salted
        client_key = hmac.digest(salted, b"Client Key", "sha256")
        without_proof = f"c=biws,r={parts['r']}"
        exchange = f"{self._first},{server_first},{without_proof}".encode()
        signature = hmac.digest(hashlib.sha256(client_key).digest(), exchange, "sha256")
        proof = bytes(a ^ b for a, b in zip(client_key, signature))
        return message(b"p", f"{without_proof},p={base64.b64encode(proof).decode()}".encode())


class Session:
    """One connection. Everything raises ConnectionError or asyncio.IncompleteReadError when it ends."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._writer: asyncio.StreamWriter | None = None
        self.key = b""

    async def connect(self, tls: ssl.SSLContext | None) -> None:
        self._reader, self._writer = await asyncio.open_connection(*self._address, limit=1 << 20)
        if tls is not None:
            self._writer.write(struct.pack("!ii", 8, TLS_REQUEST))
            if await self._reader.readexactly(1) != b"S":
                raise Violation("TLS was refused")
            await self._writer.start_tls(tls)

    async def log_in(self, user: str, password: str, database: str, name: str) -> None:
        self.send(startup(user=user, database=database, application_name=name))
        proof = Proof(password)
        while True:
            kind, body = await self.receive()
            if kind == b"R":
                method = struct.unpack_from("!i", body)[0]
                if method == 10:
                    self.send(proof.first())
                elif method == 11:
                    self.send(proof.last(body[4:].decode()))
            elif kind == b"K":
                self.key = body
            elif kind == b"E":
                raise refusal(body)
            elif kind == b"Z":
                return

    def send(self, *messages: bytes) -> None:
        self._writer.write(b"".join(messages))

    async def drain(self) -> None:
        await self._writer.drain()

    async def receive(self) -> tuple[bytes, bytes]:
        header = await self._reader.readexactly(5)
        length = struct.unpack_from("!i", header, 1)[0]
        return header[:1], await self._reader.readexactly(length - 4)

    async def reply(self) -> Reply:
        """Reads up to ReadyForQuery, or until the server wants COPY data."""
        reply = Reply()
        while True:
            kind, body = await self.receive()
            if kind == b"D":
                reply.rows.append(_values(body))
            elif kind == b"d":
                reply.copied.append(body)
            elif kind == b"C":
                reply.tags.append(body[:-1].decode())
            elif kind == b"E":
                fields = _fields(body)
                if fields.get("S") in ("FATAL", "PANIC"):
                    raise refusal(body)
                reply.errors.append((fields.get("C", ""), fields.get("M", "")))
            elif kind == b"N":
                reply.notices.append(_fields(body).get("M", ""))
            elif kind == b"G":
                reply.copy_in = True
                return reply
            elif kind == b"Z":
                reply.status = body.decode()
                return reply
            elif kind not in (b"T", b"S", b"1", b"2", b"3", b"n", b"t", b"s", b"H", b"c", b"I"):
                raise Violation(f"a message of type {kind!r}")

    async def cancel(self) -> None:
        """By a connection of its own, until the other side has closed it."""
        reader, writer = await asyncio.open_connection(*self._address)
        writer.write(struct.pack("!ii", 8 + len(self.key), CANCEL_REQUEST) + self.key)
        await reader.read()
        writer.close()

    def abandon(self) -> None:
        """Nothing of it is of interest any more."""
        if self._writer is not None and not self._writer.transport.is_closing():
            self._writer.transport.abort()

    def leave(self) -> None:
        self.send(GOODBYE)
        self._writer.close()

    def close(self) -> None:
        self._writer.close()

    def reset(self) -> None:
        """The other side hears a RST."""
        self._socket().setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOTHING)
        self._writer.transport.abort()

    def vanish(self) -> bool:
        """As if this machine were gone: the other side hears nothing. Needs the right to administer the network; says whether it had it."""
        try:
            self._socket().setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
        except OSError:
            return False
        self._writer.transport.abort()
        return True

    def _socket(self) -> socket.socket:
        return self._writer.transport.get_extra_info("socket")


def refusal(body: bytes) -> Refused:
    fields = _fields(body)
    return Refused(fields.get("C", ""), fields.get("M", ""))


def _fields(body: bytes) -> dict[str, str]:
    return {part[:1].decode(): part[1:].decode() for part in body.split(b"\0") if part}


def _values(body: bytes) -> list[bytes | None]:
    count = struct.unpack_from("!h", body)[0]
    values: list[bytes | None] = []
    at = 2
    for _ in range(count):
        length = struct.unpack_from("!i", body, at)[0]
        at += 4
        if length < 0:
            values.append(None)
        else:
            values.append(body[at:at + length])
            at += length
    return values
