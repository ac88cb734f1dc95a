"""What a client costs that does nothing: resident memory of a pool, by the number of clients."""

from __future__ import annotations

import resource
import socket
import ssl
import struct
import time

from outage.machine import LOOPBACK
from outage.processes import BenchError
from pooling.stand import Stand

PLAIN_COUNTS = [1_000, 5_000, 10_000, 15_000, 20_000]
TLS_COUNTS = [1_000, 2_000, 4_000, 6_000]
"""A handshake costs this client, too: fewer of them."""
SETTLING_SECONDS = 3.0
OTHER_FILES = 1_000
PORTS_AN_ADDRESS = 20_000
"""Each address of ours has fewer than 28,232 ports for the client's end."""


def counts(tls: bool) -> list[int]:
    """How many clients are looked at: up to as many as may have files open, here and in a pool."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = TLS_COUNTS if tls else PLAIN_COUNTS
    most = wanted[-1] if hard == resource.RLIM_INFINITY else min(wanted[-1], hard - OTHER_FILES)
    if most < wanted[1]:
        raise BenchError(f"only {hard} open files are allowed\nHINT: raise the limit (ulimit -Hn {wanted[-1] + OTHER_FILES}).")
    if soft < most + OTHER_FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most + OTHER_FILES, hard))
    return [count for count in wanted if count < most] + [most]


def resident_by_clients(stand: Stand, pool: str, tls: bool) -> list[tuple[int, float]]:
    """Clients that have logged in and ask nothing, and the pool's resident memory in KiB."""
    port = stand.ports[pool]
    clients: list[socket.socket] = []
    seen = []
    try:
        for count in counts(tls):
            while len(clients) < count:
                clients.append(_client(port, 2 + len(clients) // PORTS_AN_ADDRESS, tls))
            time.sleep(SETTLING_SECONDS)
            seen.append((count, stand.usage(pool).resident_mib * 1024))
    finally:
        for client in clients:
            # Else its port would be taken for a minute, and the next pool's clients need it.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
    return seen


def _client(port: int, address: int, tls: bool) -> socket.socket:
    """Connects from 127.0.0.`address` and logs in."""
    client = socket.create_connection((LOOPBACK, port), 30, source_address=(f"127.0.0.{address}", 0))
    if tls:
        client.sendall(struct.pack("!ii", 8, 80877103))
        if client.recv(1) != b"S":
            raise BenchError("the pool does not speak TLS")
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        client = context.wrap_socket(client)
    body = struct.pack("!i", 196608) + b"user\0postgres\0database\0postgres\0\0"
    client.sendall(struct.pack("!i", len(body) + 4) + body)
    heard = b""
    while not heard.endswith(b"Z\0\0\0\5I"):
        more = client.recv(4096)
        if not more or heard[:1] == b"E":
            raise BenchError(f"a client was not let in: {(heard + more)[:300]!r}")
        heard += more
    return client
