"""Patroni with one etcd, the anchor that Howdah is measured beside.

Its defaults (ttl 30, loop_wait 10, retry_timeout 10, primary_start_timeout 300), or the floor that it
admits (ttl 20, loop_wait 1, retry_timeout 3, primary_start_timeout 0). Synchronous mode is on in both: without it Patroni
may lose acknowledged rows, and the comparison would mean nothing.
"""

from __future__ import annotations

import json
import os
import pwd
import random
import shutil
import time
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from outage.cluster import CLIENT_PASSWORD, START_BOUND_SECONDS, Cluster, Member, Start, await_none
from outage.machine import LOOPBACK, free_base_port
from outage.processes import BenchError, Scratch, is_alive


@dataclass(frozen=True)
class Timing:
    """Patroni's settings of these names, in seconds."""

    ttl: int
    loop_wait: int
    retry_timeout: int
    primary_start_timeout: int

    def __str__(self) -> str:
        return (f"ttl {self.ttl}, loop_wait {self.loop_wait}, retry_timeout {self.retry_timeout}, "
                f"primary_start_timeout {self.primary_start_timeout}")


TIMINGS = {
    "patroni-default": Timing(30, 10, 10, 300),
    "patroni-tuned": Timing(20, 1, 3, 0),
}

NODES = (1, 2, 3)
OFFSETS = {"postgres": 20, "api": 30, "etcd": 40, "etcd-peer": 41}


class PatroniCluster(Cluster):
    patience_seconds = {"crash": 90.0, "host-loss": 120.0, "switchover": 60.0}

    def __init__(self, variant: str, scratch: Scratch, binaries: Path, chance: random.Random) -> None:
        for program in ("patroni", "patronictl", "etcd"):
            if shutil.which(program) is None:
                raise BenchError(f"the peer {variant} needs `{program}`, which is not installed\n"
                                 "HINT: apt-get install patroni etcd-server python3-etcd, or run with --peer none.")
        self.name = variant
        self._timing = TIMINGS[variant]
        self.phase_seconds = float(self._timing.loop_wait)
        self._scratch = scratch
        self._directory = scratch.directory / variant
        self._binaries = binaries
        self._chance = chance
        self._base = 0
        self._user = _unprivileged_user()
        self._agents: dict[int, int] = {}
        self._store = 0

    @property
    def ports(self) -> list[int]:
        return [self._port("postgres", node) for node in NODES]

    @property
    def versions(self) -> dict[str, str]:
        patroni = self._scratch.run(["patroni", "--version"], 30).stdout.split()
        etcd = self._scratch.run(["etcd", "--version"], 30).stdout.splitlines()
        postgres = self._scratch.run([str(self._binaries / "postgres"), "--version"], 30).stdout.split()
        return {
            "patroni": patroni[-1] if patroni else "unknown",
            "etcd": etcd[0].split()[-1] if etcd else "unknown",
            "postgres": postgres[2] if len(postgres) > 2 else "unknown",
            "settings": f"{self._timing}, synchronous_mode on, one etcd",
        }

    def synchronous_wanted(self) -> int:
        return 1

    def start(self) -> Start:
        self._base = free_base_port([*(OFFSETS["postgres"] + n for n in NODES), *(OFFSETS["api"] + n for n in NODES),
                                     OFFSETS["etcd"], OFFSETS["etcd-peer"]], self._chance)
        self._directory.mkdir()
        if self._user:
            shutil.chown(self._directory, self._user)
        for node in NODES:
            self._configuration(node).write_text(json.dumps(self._settings(node), indent=2))  # JSON is YAML
        start = time.monotonic()
        self._start_etcd()
        for node in NODES:
            self._start_agent(node)
        command_seconds = time.monotonic() - start
        await_none(self._make_database, START_BOUND_SECONDS, f"{self.name} has a primary")
        first_write_seconds = self.first_write(start)
        self.await_whole(START_BOUND_SECONDS)
        return Start(command_seconds, first_write_seconds, time.monotonic() - start)

    def stop(self) -> None:
        self._scratch.end_processes(self._directory)
        self._agents.clear()
        self._scratch.remove(self._directory)

    def members(self) -> list[Member]:
        answer = self._ask_any("/cluster")
        return [self._member(entry) for entry in sorted(answer["members"], key=lambda entry: entry["name"])]

    def switchover(self, leader: Member) -> str | None:
        done = self._scratch.run(
            ["patronictl", "-c", str(self._configuration(1)), "switchover", "--master", leader.name, "--force"], 60)
        if done.returncode == 0 and "Successfully switched over" in done.stdout:
            return None
        return f"exit {done.returncode}: {(done.stdout + done.stderr).strip()[-400:]}"

    def resume(self, member: Member) -> None:
        node = int(member.name.removeprefix("n"))
        if not is_alive(self._agents[node]):
            self._start_agent(node)

    def store_pid(self) -> int:
        """The pid of etcd."""
        return self._store

    def logs(self) -> str:
        return "\n".join(f"--- {file.name}\n" + "\n".join(file.read_text(errors="replace").splitlines()[-20:])
                         for file in sorted(self._directory.glob("*.log")))

    def _start_etcd(self) -> None:
        client, peer = (f"http://{LOOPBACK}:{self._port(kind, 0)}" for kind in ("etcd", "etcd-peer"))
        self._store = self._scratch.start(
            ["etcd", "--data-dir", str(self._directory / "etcd"), "--listen-client-urls", client,
             "--advertise-client-urls", client, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
             "--initial-cluster", f"default={peer}"], self._directory / "etcd.log", self._user).pid
        await_none(lambda: None if _get(client + "/health").get("health") == "true" else "not healthy", 30,
                   "etcd answers", 0.1)

    def _start_agent(self, node: int) -> None:
        # HOME: libpq looks for files in the home directory, and root's is closed to PostgreSQL's user
        self._agents[node] = self._scratch.start(
            ["patroni", str(self._configuration(node))], self._directory / f"n{node}.log", self._user,
            HOME=str(self._directory)).pid

    def _make_database(self) -> str | None:
        with closing(psycopg2.connect(self._superuser_dsn())) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("select count(*) from pg_catalog.pg_roles where rolname = 'app'")
                if cursor.fetchone()[0] == 0:
                    cursor.execute(f"create role app login password '{CLIENT_PASSWORD}'")
                cursor.execute("select count(*) from pg_catalog.pg_database where datname = 'app'")
                if cursor.fetchone()[0] == 0:
                    cursor.execute("create database app owner app")
        return None

    def _superuser_dsn(self) -> str:
        ports = ",".join(str(port) for port in self.ports)
        hosts = ",".join(LOOPBACK for _ in self.ports)
        return (f"host={hosts} port={ports} user=postgres dbname=postgres target_session_attrs=read-write "
                f"connect_timeout=2 options='-c statement_timeout=10s'")

    def _member(self, entry: dict) -> Member:
        node = int(entry["name"].removeprefix("n"))
        role, state = entry.get("role", "?"), entry.get("state", "?")
        agent = self._agents.get(node)
        return Member(
            name=entry["name"], primary=role == "leader", healthy=state in ("running", "streaming"),
            synchronous=role == "sync_standby", postgres_port=self._port("postgres", node),
            agent_pid=agent if agent and is_alive(agent) else None, postmaster_pid=self._postmaster(node),
            description=f"{entry['name']} {role} {state}")

    def _postmaster(self, node: int) -> int | None:
        try:
            pid = int((self._data(node) / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if is_alive(pid) and self._scratch.owns(pid) else None

    def _ask_any(self, path: str) -> dict:
        last: Exception | None = None
        for node in NODES:
            try:
                return _get(f"http://{LOOPBACK}:{self._port('api', node)}{path}")
            except (OSError, ValueError) as error:
                last = error
        raise BenchError(f"no agent of {self.name} answers {path}: {last}")

    def _settings(self, node: int) -> dict:
        postgres = f"{LOOPBACK}:{self._port('postgres', node)}"
        api = f"{LOOPBACK}:{self._port('api', node)}"
        return {
            "scope": "bench",
            "name": f"n{node}",
            "restapi": {"listen": api, "connect_address": api},
            "etcd3": {"host": f"{LOOPBACK}:{self._port('etcd', 0)}"},
            "bootstrap": {
                "dcs": {
                    "ttl": self._timing.ttl,
                    "loop_wait": self._timing.loop_wait,
                    "retry_timeout": self._timing.retry_timeout,
                    "primary_start_timeout": self._timing.primary_start_timeout,
                    "synchronous_mode": True,
                    "postgresql": {"use_pg_rewind": True,
                                   "parameters": {"max_connections": 100, "wal_log_hints": "on"}},
                },
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
            },
            "postgresql": {
                "listen": postgres,
                "connect_address": postgres,
                "data_dir": str(self._data(node)),
                "bin_dir": str(self._binaries),
                "basebackup": [{"checkpoint": "fast"}],  # else the copies wait for a checkpoint that takes its time
                "pgpass": str(self._directory / f"pgpass{node}"),
                "authentication": {"superuser": {"username": "postgres", "password": "unused"},
                                   "replication": {"username": "replicator", "password": "unused"}},
                "parameters": {"unix_socket_directories": str(self._directory), "password_encryption": "scram-sha-256"},
                "pg_hba": ["local all all trust",
                           f"host all app {LOOPBACK}/32 scram-sha-256",
                           f"host all all {LOOPBACK}/32 trust",
                           f"host replication all {LOOPBACK}/32 trust"],
            },
        }

    def _configuration(self, node: int) -> Path:
        return self._directory / f"n{node}.yml"

    def _data(self, node: int) -> Path:
        return self._directory / f"data{node}"

    def _port(self, kind: str, node: int) -> int:
        return self._base + OFFSETS[kind] + node


def _get(url: str) -> dict:
    """The JSON of a GET; also that of an answer with an error status."""
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses root; an ordinary user runs everything as itself (None)."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise BenchError("root cannot run PostgreSQL, and there is neither a user postgres nor nobody\n"
                     "HINT: apt-get install postgresql-15, or run this as an ordinary user.")
