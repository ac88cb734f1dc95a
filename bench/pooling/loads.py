"""What is sent through the pools: pgbench in several ways, and COPY."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from pooling.figures import Run, latencies_ms, parse, percentile
from pooling.stand import DIRECT, OURS, PEER, Stand

COPY_ROWS = 9_000_000
"""About 1 GB as text."""
COPY_BYTES_A_ROW = 115


@dataclass(frozen=True)
class Load:
    """One way to call pgbench, for a number of clients."""

    name: str
    clients: int
    arguments: tuple[str, ...] = ("-S",)
    protocol: str = "simple"
    tls: bool = False
    rate: int = 0
    """Transactions a second that are due; 0: as many as go."""
    latencies: bool = False
    """Whether each transaction's latency is recorded, which costs pgbench a little."""


def selects(protocol: str, clients: list[int]) -> list[Load]:
    return [Load(protocol, count, protocol=protocol) for count in clients]


def encrypted(clients: list[int]) -> list[Load]:
    return [Load("TLS", count, tls=True) for count in clients]


def reconnecting() -> list[Load]:
    return [Load("a connection each", 8, ("-S", "-C"))]


def tpc_b() -> list[Load]:
    return [Load("TPC-B", 20, ())]


def run(stand: Stand, way: str, load: Load, seconds: int) -> Run:
    """Runs it once through one pool (or none), with the pool's CPU time."""
    logs = stand.scratch.directory / "latencies"
    before = stand.usage(way).cpu_seconds
    said = stand.tool(
        "pgbench", f"{load.name}, {load.clients} clients through {way}", way,
        ["-n", *load.arguments, "-M", load.protocol, "-c", str(load.clients), "-j", "1", "-T", str(seconds),
         *(["-R", str(load.rate)] if load.rate else []), *(["-l", "--log-prefix", str(logs)] if load.latencies else [])],
        bound=seconds + 120, tls=load.tls)
    cpu = stand.usage(way).cpu_seconds - before
    late = 0.0
    if load.latencies:
        files = list(logs.parent.glob(f"{logs.name}.*"))
        late = percentile([value for file in files for value in latencies_ms(file.read_text())], 0.99)
        for file in files:
            file.unlink()
    return parse(way, load.name, load.clients, said, late, cpu)


def pair(stand: Stand, load: Load, number: int, seconds: int) -> list[Run]:
    """Both pools; who goes first changes from pair to pair."""
    ways = (OURS, PEER) if number % 2 == 0 else (PEER, OURS)
    return [run(stand, way, load, seconds) for way in ways]


def at_rates(stand: Stand, clients: list[int], seconds: int) -> list[Load]:
    """Half and four fifths of what PgBouncer can do with so many clients."""
    loads = []
    for count in clients:
        most = run(stand, PEER, Load("most", count), seconds).rate
        for share in (50, 80):
            loads.append(Load(f"simple at {share} % of PgBouncer's most", count, rate=max(1, int(most * share / 100)), latencies=True))
    return loads


def copies(stand: Stand, pairs: int, rows: int = COPY_ROWS) -> list[Run]:
    """COPY out and in, a gigabyte each; the rate is in MB a second, and CPU is for a megabyte."""
    select = f"select i, repeat('x', 100) from generate_series(1, {rows}) i"
    file = stand.scratch.directory / "rows"
    stand.tool("psql", "a table to copy into", DIRECT, ["-q", "-c", "drop table if exists copied; create unlogged table copied (i bigint, text text)"])
    stand.tool("psql", "rows to copy", DIRECT, ["-q", "-c", f"\\copy ({select}) to '{file}'"])
    size = file.stat().st_size / 1e6
    runs = []
    for number in range(pairs):
        for way in ((OURS, PEER) if number % 2 == 0 else (PEER, OURS)):
            for name, command in (("COPY out", f"\\copy ({select}) to '/dev/null'"), ("COPY in", f"\\copy copied from '{file}'")):
                before, begun = stand.usage(way).cpu_seconds, time.monotonic()
                stand.tool("psql", name, way, ["-q", "-c", command], bound=600)
                took = time.monotonic() - begun
                runs.append(Run(way, f"{name}, MB/s", 1, int(size), 0, size / took, 0.0, stand.usage(way).cpu_seconds - before))
                stand.tool("psql", "emptying", DIRECT, ["-q", "-c", "truncate copied"])
    return runs


def warm_up(stand: Stand, loads: list[Load], seconds: int, ways: tuple[str, ...] = (OURS, PEER)) -> None:
    """Java compiles what it is asked often; the others get the same."""
    for way in ways:
        for load in loads:
            run(stand, way, replace(load, rate=0, latencies=False), seconds)
