"""The PostgreSQL that is backed up, and the two tools with repositories of their own."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from outage.machine import free_base_port
from outage.processes import CLOCK_TICKS_PER_SECOND, BenchError, Scratch

OURS = "howdah"
PEER = "pgbackrest"
ROOT = Path(__file__).resolve().parents[2]
STANZA = "bench"
COMMAND_BOUND_SECONDS = 3600.0
BUILD_BOUND_SECONDS = 1800.0


@dataclass(frozen=True)
class Cost:
    """What one command took; CPU time of all its processes and of the server's meanwhile, bytes that came into the repository, and the most
    resident memory that one of its processes had."""

    wall_seconds: float
    cpu_seconds: float
    stored_bytes: int
    peak_mib: float


class Server:
    """One PostgreSQL with page checksums and fsync, filled by pgbench; archives its WAL for pgBackRest."""

    def __init__(self, options: argparse.Namespace, scratch: Scratch) -> None:
        self.options = options
        self.scratch = scratch
        self.home = self.directory("server")
        self.data = self.home / "data"
        self.port = free_base_port([0], random.Random())
        self._user = "postgres" if os.geteuid() == 0 else None
        self._process: subprocess.Popen | None = None

    def directory(self, name: str) -> Path:
        """A new one that the server's user owns."""
        path = self.scratch.directory / name
        path.mkdir()
        if os.geteuid() == 0:
            shutil.chown(path, "postgres", "postgres")
        return path

    def as_server(self, command: list[str]) -> list[str]:
        """The command as the server's user runs it."""
        if self._user is None:
            return command
        return ["setpriv", f"--reuid={self._user}", f"--regid={self._user}", "--clear-groups", *command]

    def start(self, archive_command: str) -> None:
        self.run(self.as_server([self._bin("initdb"), "-D", str(self.data), "-U", "postgres", "--auth=trust", "--data-checksums"]))
        self._process = self._start(self.data, self.home, ["-c", "archive_mode=on", "-c", f"archive_command={archive_command}"])
        self.await_ready(self.home)

    def fill(self) -> None:
        scale = max(1, round(self.options.gb * 1000 / 15))
        self.run([self._bin("pgbench"), "-i", "-q", "-s", str(scale), *self.reach(self.home)])
        self.run([self._bin("psql"), "-qc", "checkpoint", *self.reach(self.home)])

    def change(self) -> None:
        """Exactly 2,000 transactions, and they are on the disk."""
        self.run([self._bin("pgbench"), "-n", "-t", "2000", *self.reach(self.home)])
        self.run([self._bin("psql"), "-qc", "checkpoint", *self.reach(self.home)])

    def size(self) -> int:
        return int(self.run([self._bin("psql"), "-Atc", "select sum(pg_database_size(oid)) from pg_database", *self.reach(self.home)]))

    def content(self, home: Path) -> str:
        """What a copy must have too."""
        return self.run([self._bin("psql"), "-Atc", "select count(*), sum(abalance), sum(hashtext(filler)) from pgbench_accounts", *self.reach(home)])

    def content_of_copy(self, data: Path) -> str:
        """Starts a restored copy, looks into it, and stops it."""
        home = self.directory(f"copy-{data.name}")
        process = self._start(data, home, ["-c", "archive_mode=off"])
        try:
            self.await_ready(home)
            return self.content(home)
        finally:
            process.terminate()
            process.wait(60)

    def cpu_seconds(self) -> float:
        """CPU time of the server's processes so far, those that have ended included."""
        assert self._process is not None
        pids = [self._process.pid]
        for pid in pids:
            try:
                pids.extend(int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
            except OSError:
                pass
        ticks = 0
        for pid in pids:
            try:
                ticks += sum(int(word) for word in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15])
            except OSError:
                pass
        return ticks / CLOCK_TICKS_PER_SECOND

    def reach(self, home: Path) -> list[str]:
        return ["-h", str(home), "-p", str(self.port), "-U", "postgres", "postgres"]

    def await_ready(self, home: Path) -> None:
        self.run([self._bin("pg_isready"), "-q", "-t", "60", "-h", str(home), "-p", str(self.port)], retry=600)

    def version(self) -> str:
        return self.run([self._bin("postgres"), "--version"]).strip()

    def run(self, command: list[str], retry: int = 1) -> str:
        for attempt in range(retry):
            done = self.scratch.run(command, COMMAND_BOUND_SECONDS)
            if done.returncode == 0:
                return done.stdout
            if attempt + 1 < retry:
                subprocess.run(["sleep", "0.1"], check=False)
        raise BenchError(f"`{' '.join(command)}` ended with {done.returncode}: {(done.stdout + done.stderr)[-800:]}")

    def _start(self, data: Path, home: Path, more: list[str]) -> subprocess.Popen:
        return self.scratch.start(
            [self._bin("postgres"), "-D", str(data), "-p", str(self.port), "-c", f"unix_socket_directories={home}",
             "-c", "listen_addresses=", "-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB", *more], home / "log", self._user)

    def _bin(self, name: str) -> str:
        return str(Path(self.options.postgres) / name)
