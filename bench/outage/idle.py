"""What a running agent costs while nothing happens."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass

from outage.cluster import Cluster
from outage.processes import BenchError, helpers_of, usage

WARM_UP_SECONDS = 15.0
"""Just-in-time compilation after the start is a cost too, but not one that lasts."""


@dataclass(frozen=True)
class Idle:
    """One process: CPU in percent of one core over the span, resident memory in MiB at its end."""

    cluster: str
    process: str
    seconds: float
    cpu_percent: float
    resident_mib: float
    helpers_cpu_percent: float
    helpers_resident_mib: float

    def as_json(self) -> dict:
        return asdict(self)


def measure_idle(cluster: Cluster, seconds: float, more: dict[str, int]) -> list[Idle]:
    """The agents of a whole cluster, and more processes by name. Takes WARM_UP_SECONDS longer than `seconds`."""
    cluster.await_whole()
    processes = {member.name: member.agent_pid for member in cluster.members()} | more
    if any(pid is None for pid in processes.values()):
        raise BenchError(f"an agent of {cluster.name} does not run: {cluster.describe()}")
    time.sleep(WARM_UP_SECONDS)
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

    return [Idle(cluster.name, name, round(span, 1), cpu([pid]), resident([pid]), cpu(helpers[name]),
                 resident(helpers[name])) for name, pid in processes.items()]
