"""What a running agent costs while nothing happens."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass

from outage.cluster import Cluster
from outage.processes import BenchError, helpers_of, usage

JUST_STARTED_SECONDS = 15.0
SETTLED_SECONDS = 360.0
"""Just-in-time compilation after the start is a cost too, but not one that lasts: Java needs some minutes to have compiled what an
agent does a few times a second."""


@dataclass(frozen=True)
class Idle:
    """One process: CPU in percent of one core over a span that began some time after all were in order, resident memory in MiB
    at its end."""

    cluster: str
    process: str
    after_seconds: float
    seconds: float
    cpu_percent: float
    resident_mib: float
    helpers_cpu_percent: float
    helpers_resident_mib: float

    def as_json(self) -> dict:
        return asdict(self)


def measure_idle(cluster: Cluster, after: list[float], seconds: float, more: dict[str, int]) -> list[Idle]:
    """The agents of a whole cluster, and more processes by name, in a span of `seconds` each time that so much has gone by."""
    cluster.await_whole()
    whole = time.monotonic()
    measured: list[Idle] = []
    for after_seconds in after:
        time.sleep(max(0.0, whole + after_seconds - time.monotonic()))
        measured += _measure(cluster, after_seconds, seconds, more)
    return measured


def _measure(cluster: Cluster, after_seconds: float, seconds: float, more: dict[str, int]) -> list[Idle]:
    processes = {member.name: member.agent_pid for member in cluster.members()} | more
    if any(pid is None for pid in processes.values()):
        raise BenchError(f"an agent of {cluster.name} does not run: {cluster.describe()}")
    helpers = {name: helpers_of(pid) for name, pid in processes.items()}
    start = time.monotonic()
    before = {pid: usage(pid) for name, pid in processes.items() for pid in (pid, *helpers[name])}
    time.sleep(seconds)
    after = {pid: usage(pid) for pid in before}
    span = time.monotonic() - start

    def cpu(pids: list[int]) -> float:
        return round(sum(after[pid].cpu_seconds - before[pid].cpu_seconds for pid in pids) / span * 100, 2)

    def resident(pids: list[int]) -> float:
        return round(sum(after[pid].resident_mib for pid in pids), 1)

    return [Idle(cluster.name, name, after_seconds, round(span, 1), cpu([pid]), resident([pid]), cpu(helpers[name]),
                 resident(helpers[name])) for name, pid in processes.items()]
