"""What the scenarios need of a cluster, whoever makes it."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from contextlib import closing
from dataclasses import dataclass
from typing import Callable

import psycopg2

from outage.machine import LOOPBACK
from outage.processes import BenchError

CLIENT_PASSWORD = "app"
"""The demo's public password; Patroni's cluster here gets the same, so that both do the same SCRAM work."""

START_BOUND_SECONDS = 180.0
WHOLE_BOUND_SECONDS = 150.0
SQL_BOUND_SECONDS = 10


@dataclass(frozen=True)
class Member:
    """One node as the cluster itself describes it now; a pid is None when its process is down."""

    name: str
    primary: bool
    healthy: bool
    """Running (a standby: streaming too) according to the cluster's own status."""
    synchronous: bool
    postgres_port: int
    agent_pid: int | None
    postmaster_pid: int | None
    description: str


@dataclass(frozen=True)
class Start:
    """Seconds from the start command until it returned, a client could write, and all members were healthy."""

    command_seconds: float
    first_write_seconds: float
    whole_seconds: float


class Cluster(ABC):
    """Three nodes on this machine. Not thread-safe."""

    name: str
    patience_seconds: dict[str, float]
    """How long a scenario waits for the writer to go on, per scenario, before the run counts as not recovered."""
    phase_seconds: float
    """Faults come at a random moment of a span this long, so that they do not fall into step with the agents' loops."""
    keeps_connections = False
    """Whether a client's connection may outlive its primary, as a pooler's does."""

    @abstractmethod
    def start(self) -> Start: ...

    @abstractmethod
    def stop(self) -> None:
        """Ends all processes and removes the data. Bounded; does not raise."""

    @abstractmethod
    def members(self) -> list[Member]:
        """The members as they are now; raises BenchError when the cluster cannot be asked."""

    @abstractmethod
    def switchover(self, leader: Member) -> str | None:
        """Runs the command to its end; None when it reported success, else what it said."""

    @abstractmethod
    def resume(self, member: Member) -> None:
        """Starts the agent of a node whose agent was killed."""

    @abstractmethod
    def synchronous_wanted(self) -> int:
        """How many standbys are synchronous when the cluster is whole."""

    @property
    @abstractmethod
    def ports(self) -> list[int]:
        """PostgreSQL's ports, of all members in order of their names."""

    @property
    @abstractmethod
    def versions(self) -> dict[str, str]: ...

    @abstractmethod
    def logs(self) -> str:
        """The end of every log, for a person who looks into a failed run."""

    def client_ports(self) -> list[int]:
        """Where a measured client connects, in this order."""
        return self.ports

    def client_dsn(self) -> str:
        """libpq's multi-host form, without the password."""
        return self._dsn(self.client_ports())

    @staticmethod
    def _dsn(of: list[int]) -> str:
        hosts = ",".join(LOOPBACK for _ in of)
        ports = ",".join(str(port) for port in of)
        return (f"host={hosts} port={ports} dbname=app user=app target_session_attrs=read-write connect_timeout=2 "
                "application_name=bench options='-c statement_timeout=1000'")

    def connect(self, port: int | None = None):
        """A connection to one member, or to the primary, for checks (not for what is measured).

        Never through a pooler: a check sets synchronous_commit for its session, which a measured client may get next.
        """
        dsn = self._dsn(self.ports) if port is None else (
            f"host={LOOPBACK} port={port} dbname=app user=app connect_timeout=2")
        connection = psycopg2.connect(
            dsn, password=CLIENT_PASSWORD, options=f"-c statement_timeout={SQL_BOUND_SECONDS}s")
        connection.autocommit = True
        return connection

    def leader(self) -> Member:
        leaders = [member for member in self.members() if member.primary]
        if len(leaders) != 1:
            raise BenchError(f"{self.name} shows {len(leaders)} primaries instead of one: {self.describe()}")
        return leaders[0]

    def describe(self) -> str:
        try:
            return "; ".join(member.description for member in self.members())
        except BenchError as error:
            return str(error)

    def first_write(self, since: float) -> float:
        """Waits for a client's first write and answers how long after `since` it was acknowledged; makes the tables."""

        def write() -> str | None:
            with closing(self.connect()) as connection, connection.cursor() as cursor:
                cursor.execute("create table if not exists probe"
                               "(id bigint primary key, at timestamptz not null default pg_catalog.clock_timestamp())")
                cursor.execute("create table if not exists seen(id bigint primary key)")
            return None

        await_none(write, START_BOUND_SECONDS, f"{self.name} accepts a write")
        return time.monotonic() - since

    def await_whole(self, bound_seconds: float = WHOLE_BOUND_SECONDS) -> float:
        """Waits until all members are healthy and synchronous as wanted, and a new row has reached each of them.

        Answers the seconds it took; raises BenchError with what was missing.
        """
        start = time.monotonic()
        await_none(self._missing_to_be_whole, bound_seconds, f"all members of {self.name} are in order again")
        return time.monotonic() - start

    def _missing_to_be_whole(self) -> str | None:
        members = self.members()
        if (sum(member.primary for member in members) != 1 or len(members) != len(self.ports)
                or not all(member.healthy for member in members)
                or sum(member.synchronous for member in members if not member.primary) < self.synchronous_wanted()):
            return "; ".join(member.description for member in members)
        row = time.time_ns()
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            # local: a primary without its standbys shall be noticed below, not hang here
            cursor.execute("set synchronous_commit = local; insert into seen(id) values (%s)", (row,))
        deadline = time.monotonic() + 5
        for member in members:
            while not self._has_row(member.postgres_port, row):
                if time.monotonic() > deadline:
                    return f"{member.name} did not receive a new row within 5 s: {member.description}"
                time.sleep(0.1)
        return None

    def _has_row(self, port: int, row: int) -> bool:
        with closing(self.connect(port)) as connection, connection.cursor() as cursor:
            cursor.execute("select exists (select from seen where id = %s)", (row,))
            return cursor.fetchone()[0]

    def present_rows(self, port: int | None = None) -> set[int]:
        """The ids of all rows of the writers, on the primary or on the member with this port."""
        with closing(self.connect(port)) as connection, connection.cursor() as cursor:
            cursor.execute("select id from probe")
            return {row[0] for row in cursor}


def await_none(missing: Callable[[], str | None], bound_seconds: float, goal: str, pause_seconds: float = 0.5) -> None:
    """Asks until nothing is missing any more; a failed question counts as something missing. Raises BenchError at the bound."""
    deadline = time.monotonic() + bound_seconds
    while True:
        try:
            answer = missing()
        except (psycopg2.Error, BenchError, OSError) as error:
            answer = str(error).strip().replace("\n", " | ")
        if answer is None:
            return
        if time.monotonic() > deadline:
            raise BenchError(f"waited {bound_seconds:g} s in vain until {goal}; last seen: {answer}")
        time.sleep(pause_seconds)
