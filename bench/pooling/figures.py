"""From what pgbench printed and the kernel counted to figures and to Markdown. Pure."""

from __future__ import annotations

import re
import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """One run of pgbench through one pool."""

    pool: str
    clients: int
    transactions: int
    failed: int
    rate: float
    """Transactions a second, without the time of connecting."""
    latency_ms: float
    cpu_seconds: float
    """User and system time of the pool's own process meanwhile."""

    @property
    def cpu_micros(self) -> float:
        """CPU time of the pool for one query."""
        return self.cpu_seconds * 1e6 / max(1, self.transactions)


def parse(pool: str, clients: int, output: str, cpu_seconds: float) -> Run:
    """Raises ValueError for an output that is not pgbench's."""

    def number(pattern: str) -> float:
        found = re.search(pattern, output, re.MULTILINE)
        if found is None:
            raise ValueError(f"pgbench said nothing about {pattern!r}: {output[-400:]}")
        return float(found.group(1))

    return Run(pool, clients, int(number(r"transactions actually processed: (\d+)")),
               int(number(r"number of failed transactions: (\d+)")), number(r"^tps = ([0-9.]+)"),
               number(r"latency average = ([0-9.]+) ms"), cpu_seconds)


def table(runs: list[Run], ours: str, theirs: str) -> list[str]:
    """Medians for each number of clients; a ratio above 1.00 is good in throughput and bad in CPU."""
    lines = [f"| clients | pairs | {ours}: tps | {theirs}: tps | throughput | {ours}: µs CPU | {theirs}: µs CPU | CPU | failed |",
             "|--:|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for clients in dict.fromkeys(run.clients for run in runs):
        own = [run for run in runs if run.clients == clients and run.pool == ours]
        peer = [run for run in runs if run.clients == clients and run.pool == theirs]
        rate, peer_rate = (statistics.median(run.rate for run in some) for some in (own, peer))
        cpu, peer_cpu = (statistics.median(run.cpu_micros for run in some) for some in (own, peer))
        failed = sum(run.failed for run in own), sum(run.failed for run in peer)
        lines.append(f"| {clients} | {min(len(own), len(peer))} | {rate:.0f} | {peer_rate:.0f} | {rate / peer_rate:.2f} "
                     f"| {cpu:.1f} | {peer_cpu:.1f} | {cpu / peer_cpu:.2f} | {failed[0]} + {failed[1]} |")
    return lines
