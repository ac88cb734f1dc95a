"""From what pgbench printed and the kernel counted to figures and to Markdown. Pure."""

from __future__ import annotations

import re
import statistics
from dataclasses import dataclass
from typing import Callable

from outage.processes import BenchError


@dataclass(frozen=True)
class Run:
    """One run of one load through one pool."""

    pool: str
    load: str
    clients: int
    transactions: int
    failed: int
    rate: float
    """Transactions a second; with persistent connections without the time of connecting."""
    p99_ms: float
    """Of the latency as a client sees it, from the moment the transaction was due; 0 where it was not recorded."""
    cpu_seconds: float
    """User and system time of the pool's own process meanwhile."""

    @property
    def cpu_micros(self) -> float:
        """CPU time of the pool for one transaction."""
        return self.cpu_seconds * 1e6 / max(1, self.transactions)


def parse(pool: str, load: str, clients: int, output: str, p99_ms: float, cpu_seconds: float) -> Run:
    """Raises BenchError for an output that is not pgbench's, or of a run in which nothing was answered."""

    def number(pattern: str) -> float:
        found = re.search(pattern, output, re.MULTILINE)
        if found is None:
            raise BenchError(f"pgbench ({clients} clients, {load}, {pool}) said nothing about {pattern!r}: {output[-400:]}")
        return float(found.group(1))

    return Run(pool, load, clients, int(number(r"transactions actually processed: (\d+)")),
               int(number(r"number of failed transactions: (\d+)")), number(r"^tps = ([0-9.]+)"), p99_ms, cpu_seconds)


def percentile(values: list[float], share: float) -> float:
    """By nearest rank; 0 for nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def latencies_ms(log: str) -> list[float]:
    """From pgbench's log of transactions (`-l`): its third column, in microseconds; skipped and failed ones are left out."""
    columns = (line.split() for line in log.splitlines())
    return [int(fields[2]) / 1000 for fields in columns if len(fields) > 2 and fields[2].isdigit()]


def slope(counts: list[int], values: list[float]) -> float:
    """By least squares: how much a value grows for one more."""
    x, y = statistics.fmean(counts), statistics.fmean(values)
    return sum((a - x) * (b - y) for a, b in zip(counts, values)) / sum((a - x) ** 2 for a in counts)


def median_of(runs: list[Run], what: Callable[[Run], float]) -> float:
    return statistics.median(what(run) for run in runs)


def table(runs: list[Run], ours: str, theirs: str) -> list[str]:
    """Medians for each load and number of clients; a ratio above 1.00 is good in throughput and bad in CPU and latency."""
    lines = [f"| load | clients | pairs | {ours}: tps | {theirs}: tps | throughput | {ours}: µs CPU | {theirs}: µs CPU | CPU "
             f"| {ours}: p99 ms | {theirs}: p99 ms | failed |", "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for load, clients in dict.fromkeys((run.load, run.clients) for run in runs):
        own, peer = ([run for run in runs if (run.load, run.clients, run.pool) == (load, clients, pool)] for pool in (ours, theirs))
        if not own or not peer:
            continue
        rate, peer_rate = median_of(own, lambda run: run.rate), median_of(peer, lambda run: run.rate)
        cpu, peer_cpu = median_of(own, lambda run: run.cpu_micros), median_of(peer, lambda run: run.cpu_micros)
        late, peer_late = median_of(own, lambda run: run.p99_ms), median_of(peer, lambda run: run.p99_ms)
        failed = sum(run.failed for run in own), sum(run.failed for run in peer)
        lines.append(f"| {load} | {clients} | {min(len(own), len(peer))} | {rate:.0f} | {peer_rate:.0f} | {rate / peer_rate:.2f} "
                     f"| {cpu:.1f} | {peer_cpu:.1f} | {cpu / peer_cpu:.2f} | {_milliseconds(late)} | {_milliseconds(peer_late)} "
                     f"| {failed[0]} + {failed[1]} |")
    return lines


def _milliseconds(value: float) -> str:
    return f"{value:.2f}" if value else "–"
