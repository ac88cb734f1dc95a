"""PostgreSQL and the pools in front of it: how they are started, and where they listen."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import socket
import subprocess
import time
from pathlib import Path

from outage.machine import LOOPBACK, free_base_port
from outage.processes import BenchError, Scratch, Usage, usage

OURS = "howdah"
PEER = "pgbouncer"
DIRECT = "direct"
ROOT = Path(__file__).resolve().parents[2]
START_BOUND_SECONDS = 60.0
BUILD_BOUND_SECONDS = 1200.0
CLIENTS_AT_MOST = 25_000
CONNECTIONS_AT_MOST = 1_200
"""Of PostgreSQL itself: what it is asked without a pool."""


class Stand:
    """One PostgreSQL, Howdah's proxy and PgBouncer, all running; `OURS`, `PEER` and `DIRECT` name the ways to it."""

    def __init__(self, options: argparse.Namespace, scratch: Scratch) -> None:
        self.options = options
        self.scratch = scratch
        self._user = "postgres" if os.geteuid() == 0 else None
        base = free_base_port([0, 1, 2], random.Random())
        self.ports = {DIRECT: base, OURS: base + 1, PEER: base + 2}
        self._running: dict[str, subprocess.Popen] = {}

    def start(self, pools: tuple[str, ...] = (OURS, PEER)) -> None:
        self._build()
        self._start_postgres()
        self._make_certificate()
        for pool in pools:
            self.start_pool(pool)
        self.tool("pgbench", "initialisation", DIRECT, ["-i", "-q", "-s", str(self.options.scale)])

    def start_pool(self, pool: str) -> None:
        """Starts one of the pools; returns when it listens."""
        self._start_ours() if pool == OURS else self._start_peer()

    def stop_pool(self, pool: str) -> None:
        process = self._running.pop(pool)
        process.terminate()
        process.wait(60)

    def usage(self, pool: str) -> Usage:
        return usage(self._running[pool].pid)

    def versions(self) -> str:
        peer = self.scratch.run([self.options.pgbouncer, "--version"], 10).stdout.splitlines()[0]
        postgres = self.scratch.run([str(self._bin("postgres")), "--version"], 10).stdout.strip()
        return f"{peer}, {postgres}"

    def tool(self, program: str, what: str, way: str, arguments: list[str], bound: float = 300, tls: bool = False) -> str:
        """Runs pgbench or psql, and answers what it printed; BenchError when it fails."""
        done = self.scratch.run([str(self._bin(program)), *arguments, "-h", LOOPBACK, "-p", str(self.ports[way]), "-U", "postgres",
                                 "postgres"], bound, PGSSLMODE="require" if tls else "disable")
        if done.returncode != 0:
            raise BenchError(f"{program} ({what}) ended with {done.returncode}: {(done.stdout + done.stderr)[-800:]}")
        return done.stdout

    def _bin(self, name: str) -> Path:
        return Path(self.options.postgres) / name

    def _build(self) -> None:
        done = self.scratch.run([str(ROOT / "howdah"), "--version"], BUILD_BOUND_SECONDS)
        if done.returncode != 0:
            raise BenchError(f"howdah could not be built: {(done.stdout + done.stderr)[-800:]}")

    def _start_postgres(self) -> None:
        home = self._directory("postgres")
        data = home / "data"
        switch = ["setpriv", f"--reuid={self._user}", f"--regid={self._user}", "--clear-groups"] if self._user else []
        done = self.scratch.run([*switch, str(self._bin("initdb")), "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync"], 120)
        if done.returncode != 0:
            raise BenchError(f"initdb failed: {done.stderr[-800:]}")
        self._run(DIRECT, home, [str(self._bin("postgres")), "-D", str(data), "-p", str(self.ports[DIRECT]),
                                 "-c", f"unix_socket_directories={home}", "-c", f"listen_addresses={LOOPBACK}",
                                 "-c", "shared_buffers=256MB", "-c", f"max_connections={CONNECTIONS_AT_MOST}"], self._user)

    def _make_certificate(self) -> None:
        """One for both pools, as both take the same files."""
        home = self.scratch.directory
        done = self.scratch.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                                 "-days", "2", "-subj", "/CN=localhost", "-keyout", str(home / "key.pem"), "-out", str(home / "certificate.pem")], 60)
        if done.returncode != 0:
            raise BenchError(f"openssl failed: {done.stderr[-800:]}")

    def _certificate_in(self, home: Path, user: str | None) -> None:
        for name in ("key.pem", "certificate.pem"):
            shutil.copy(self.scratch.directory / name, home / name)
            (home / name).chmod(0o600)
            if user:
                shutil.chown(home / name, user)

    def _start_ours(self) -> None:
        home = self._directory(OURS)
        self._certificate_in(home, None)
        file = home / "proxy.yaml"
        file.write_text(f"""\
listen: {LOOPBACK}:{self.ports[OURS]}
auth: trust
max-clients: {CLIENTS_AT_MOST}
tls: {{mode: allow, certificate: certificate.pem, key: key.pem}}
databases:
  postgres:
    host: {LOOPBACK}
    port: {self.ports[DIRECT]}
    pool: {{mode: transaction, pool-size: {self.options.pool_size}}}
""")
        self._run(OURS, home, [str(ROOT / "howdah"), "proxy", "--config", str(file)], None)

    def _start_peer(self) -> None:
        home = self._directory(PEER)
        self._certificate_in(home, self._user)
        file = home / "pgbouncer.ini"
        file.write_text(f"""\
[databases]
postgres = host={LOOPBACK} port={self.ports[DIRECT]} dbname=postgres user=postgres
[pgbouncer]
listen_addr = {LOOPBACK}
listen_port = {self.ports[PEER]}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {self.options.pool_size}
max_client_conn = {CLIENTS_AT_MOST}
client_tls_sslmode = allow
client_tls_key_file = {home}/key.pem
client_tls_cert_file = {home}/certificate.pem
ignore_startup_parameters = extra_float_digits
""")
        self._run(PEER, home, [self.options.pgbouncer, str(file)], self._user)

    def _directory(self, name: str) -> Path:
        home = self.scratch.directory / name
        home.mkdir(exist_ok=True)
        if self._user:
            shutil.chown(home, self._user)
        return home

    def _run(self, name: str, home: Path, command: list[str], user: str | None) -> None:
        process = self.scratch.start(command, home / "log", user)
        self._running[name] = process
        deadline = time.monotonic() + START_BOUND_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection((LOOPBACK, self.ports[name]), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise BenchError(f"{name} does not listen: {(home / 'log').read_text()[-800:]}")
