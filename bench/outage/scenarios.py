"""The faults, and one measurement of one of them."""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Iterator

import psycopg2

from outage.cluster import CLIENT_PASSWORD, Cluster, Member, await_none
from outage.journal import NOTICEABLE_GAP_SECONDS, Journal
from outage.machine import load_average
from outage.processes import BenchError, Scratch, is_alive, kill

SCENARIOS = ("crash", "host-loss", "switchover")
SETTLE_SECONDS = 3.0
"""The writer goes on for this long after it was served again, to see whether the service lasts."""
OBSERVED_SECONDS = 15.0
"""Longer than any outage that is expected of a cluster which keeps its clients' connections."""
CALM_SECONDS = 2.0


@dataclass
class Run:
    """One measurement. Times are seconds; the rows counted are those of this run's writer."""

    cluster: str
    scenario: str
    number: int
    outage_seconds: float = 0.0
    recovered: bool = False
    problem: str | None = None
    """Why the run counts as failed, or what else was not as it should be."""
    leader_before: str = ""
    leader_after: str = ""
    statement_errors: dict[str, int] = field(default_factory=dict)
    connection_errors: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0
    lost: int | None = None
    """Acknowledged rows that the final primary does not have; None when nobody could be asked."""
    missing_on_standbys: int | None = None
    """Acknowledged rows that a member does not have once all are in order again: it follows a wrong history."""
    further_gaps_seconds: list[float] = field(default_factory=list)
    whole_after_seconds: float | None = None
    """From the end of the measurement (host loss: from the restart of the node) until all members were in order."""
    load_average: float = 0.0

    @property
    def client_errors(self) -> int:
        return sum(self.statement_errors.values()) + sum(self.connection_errors.values())

    def as_json(self) -> dict:
        return asdict(self)


class WriterProcess:
    """A running writer, and its journal as far as it is written."""

    def __init__(self, process: subprocess.Popen, journal_file: Path) -> None:
        self._process = process
        self._file = journal_file
        self._offset = 0
        self._journal = Journal()

    def journal(self) -> Journal:
        """The journal up to now (always the same object, which grows)."""
        if self._file.exists():
            with open(self._file, "rb") as file:
                file.seek(self._offset)
                complete, _, _ = file.read().rpartition(b"\n")
            if complete:
                self._offset += len(complete) + 1
                for line in complete.decode().split("\n"):
                    self._journal.add(line)
        return self._journal

    def stop(self) -> Journal:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        return self.journal()


_ids = itertools.count(1)


@contextmanager
def writing(cluster: Cluster, scratch: Scratch) -> Iterator[WriterProcess]:
    """A writer that is being acknowledged; it is ended with the block."""
    number = next(_ids)
    file = scratch.directory / f"journal-{number}"
    with open(scratch.directory / "writer.log", "ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-B", "-m", "outage.writer", "--journal", str(file), "--dsn", cluster.client_dsn(),
             # never the same id twice in a cluster
             "--first-id", str(number * 10_000_000)],
            stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=Path(__file__).parent.parent,
            env=scratch.environment(PGPASSWORD=CLIENT_PASSWORD), start_new_session=True)
    writer = WriterProcess(process, file)
    try:
        await_none(lambda: None if writer.journal().acknowledged_ids else "nothing acknowledged yet", 20,
                   "the writer is acknowledged", 0.05)
        yield writer
    finally:
        writer.stop()


class Checker:
    """Knows all rows that a cluster ever acknowledged to writers, and looks for them."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._acknowledged: set[int] = set()
        self._known_lost: set[int] = set()

    @property
    def acknowledged(self) -> int:
        return len(self._acknowledged)

    @property
    def lost(self) -> int:
        return len(self._known_lost)

    def add(self, acknowledged_ids: list[int]) -> None:
        self._acknowledged.update(acknowledged_ids)

    def newly_lost(self, bound_seconds: float = 30.0) -> int:
        """How many rows, also of earlier runs, the primary lacks that were not known to be lost before."""
        present: set[int] = set()

        def ask() -> None:
            present.update(self._cluster.present_rows())

        await_none(ask, bound_seconds, f"the primary of {self._cluster.name} can be asked for the rows")
        lost = self._acknowledged - present - self._known_lost
        self._known_lost |= lost
        return len(lost)

    def missing_on_standbys(self, bound_seconds: float = 15.0) -> int:
        """How many rows that are not lost are missing on some member; waits, as replay is allowed to be a little late."""
        wanted = self._acknowledged - self._known_lost
        missing: set[int] = set()

        def ask() -> str | None:
            missing.clear()
            for port in self._cluster.ports:
                missing.update(wanted - self._cluster.present_rows(port))
            return f"{len(missing)} rows are missing on a member" if missing else None

        try:
            await_none(ask, bound_seconds, "all members have all rows")
        except BenchError:
            if not missing:
                raise
        return len(missing)


def inflict(scenario: str, cluster: Cluster, victim: Member) -> str | None:
    """Does the harm; answers what a switchover command complained about, if it did."""
    match scenario:
        case "crash":
            kill(_required(victim.postmaster_pid, victim))
        case "host-loss":
            agent, postmaster = _required(victim.agent_pid, victim), _required(victim.postmaster_pid, victim)
            kill(agent)
            kill(postmaster)
        case "switchover":
            return cluster.switchover(victim)
        case _:
            raise ValueError(f"unknown scenario: {scenario}")
    return None


def measure(cluster: Cluster, checker: Checker, scenario: str, number: int, scratch: Scratch,
            chance: random.Random) -> Run:
    """One run, from a whole cluster to a whole cluster. A cluster that fails makes a Run with a problem, no exception."""
    run = Run(cluster.name, scenario, number, load_average=load_average())
    try:
        cluster.await_whole()
        victim = cluster.leader()
        run.leader_before = victim.name
        with writing(cluster, scratch) as writer:
            time.sleep(CALM_SECONDS + chance.uniform(0, cluster.phase_seconds))
            fault_at = time.monotonic()
            complaint = inflict(scenario, cluster, victim)
            run.recovered = await_service(writer, fault_at, cluster.patience_seconds[scenario],
                                          cluster.keeps_connections)
            until = None if run.recovered else time.monotonic()
            journal = writer.stop()
        fill_in(run, journal, fault_at, until)
        checker.add(journal.acknowledged_ids)
        run.problem = complaint if run.recovered else (
            f"not served again within {cluster.patience_seconds[scenario]:g} s: {cluster.describe()}")
        if scenario == "host-loss":
            cluster.resume(victim)
        run.lost = checker.newly_lost()
        run.whole_after_seconds = cluster.await_whole()
        run.leader_after = cluster.leader().name
        # once more: what rejoined must not have taken anything away
        run.lost += checker.newly_lost()
        run.missing_on_standbys = checker.missing_on_standbys()
    except (BenchError, psycopg2.Error, OSError) as error:
        run.problem = " | ".join(text for text in (run.problem, str(error).strip()) if text)
    return run


def await_service(writer: WriterProcess, fault_at: float, patience_seconds: float, keeps_connections: bool) -> bool:
    """Waits until the writer has been served on one new connection for SETTLE_SECONDS; False when the patience is over.

    Where a connection may outlive its primary there may be no new one: then for OBSERVED_SECONDS from the fault, at the
    end of which it is served.
    """
    deadline = fault_at + patience_seconds
    while time.monotonic() < deadline:
        journal = writer.journal()
        since, last = journal.serving_since(fault_at), journal.last_acknowledged_at()
        now = time.monotonic()
        if keeps_connections and since is None and now - fault_at >= OBSERVED_SECONDS:
            since = fault_at
        if since is not None and last is not None and now - since >= SETTLE_SECONDS and now - last < SETTLE_SECONDS:
            return True
        time.sleep(0.1)
    return False


def fill_in(run: Run, journal: Journal, fault_at: float, until: float | None) -> None:
    outage = journal.outage(fault_at, until)
    run.outage_seconds = round(outage.seconds, 3) if outage else 0.0
    run.further_gaps_seconds = [round(gap.seconds, 3) for gap in journal.gaps_ending_after(fault_at, until)
                                if gap != outage and gap.seconds > NOTICEABLE_GAP_SECONDS]
    run.statement_errors = dict(journal.statement_errors_after(fault_at))
    run.connection_errors = dict(journal.connection_errors_after(fault_at))
    run.acknowledged = len(journal.acknowledged_ids)


def _required(pid: int | None, victim: Member) -> int:
    """A pid that is still that of a living process: nothing else may ever be killed."""
    if pid is None or pid <= 1 or pid == os.getpid() or not is_alive(pid):
        raise BenchError(f"cannot kill a process of {victim.name}: its pid is {pid} ({victim.description})")
    return pid
