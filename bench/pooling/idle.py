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
PORTS_AN_ADDRESS = 20_000
"""Each address of ours has fewer than 28,232 ports for the client's end."""


def resident_by_clients(stand: Stand, pool: str, tls: bool) -> list[tuple[int, float]]:
    """Clients that have logged in and ask nothing, and the pool's resident memory in KiB."""
    _allow_files(max(PLAIN_COUNTS) + 1_000)
    port = stand.ports[pool]
    clients: list[socket.socket] = []
    seen = []
    try:
        for count in TLS_COUNTS if tls else PLAIN_COUNTS:
            while len(clients) < count:
                clients.append(_client(port, 2 + len(clients) // PORTS_AN_ADDRESS, tls))
            time.sleep(SETTLING_SECONDS)
            seen.append((count, stand.usage(pool).resident_mib * 1024))
    finally:
        for client in clients:
            client.close()
    return seen


def _allow_files(count: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise BenchError(f"only {hard} open files are allowed, {count} are needed\nHINT: raise the limit (ulimit -Hn {count}).")
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


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
