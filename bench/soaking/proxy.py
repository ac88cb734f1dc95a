"""A PostgreSQL, a proxy in front of it, and how large the proxy is."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import psycopg2

from outage.machine import LOOPBACK, free_base_port
from outage.processes import BenchError, Scratch, usage
from soaking.client import PASSWORD, USERS

ROOT = Path(__file__).resolve().parents[2]
START_BOUND_SECONDS = 60.0
BUILD_BOUND_SECONDS = 1200.0
LOOKUP_PASSWORD = "the password of the lookup"

SCHEMA = f"""
create role howdah_lookup login password '{LOOKUP_PASSWORD}';
create schema howdah;
create function howdah.scram_verifier(role_name name) returns text
    language sql stable strict security definer set search_path = ''
as $$
    select a.rolpassword from pg_catalog.pg_authid a
     where a.rolname operator(pg_catalog.=) role_name and a.rolcanlogin and not a.rolsuper
$$;
revoke all on function howdah.scram_verifier(name) from public;
grant usage on schema howdah to howdah_lookup;
grant execute on function howdah.scram_verifier(name) to howdah_lookup;
"""


class Room:
    """All that a soak runs on. `start` once."""

    def __init__(self, scratch: Scratch, binaries: Path, pool_size: int, clients: int, chance) -> None:
        self._scratch = scratch
        self._binaries = binaries
        self._pool_size = pool_size
        self._clients = clients
        self._user = "postgres" if os.geteuid() == 0 else None
        base = free_base_port([0, 1], chance)
        self._postgres_port, self.port = base, base + 1
        self.pid = 0

    def start(self) -> None:
        self._build()
        self._start_postgres()
        self._prepare_database()
        self._start_proxy()

    @property
    def certificate(self) -> Path:
        return self._scratch.directory / "proxy" / "proxy.crt"

    def pools(self) -> str:
        return f"{len(USERS)} pools of {self._pool_size} server connections, SCRAM by lookup, a quarter of the clients by TLS"

    def server_version(self) -> str:
        return self._scratch.run([str(self._binaries / "postgres"), "--version"], 10).stdout.strip()

    # --- how large the proxy is

    def resident_mib(self) -> float:
        return usage(self.pid).resident_mib

    def cpu_seconds(self) -> float:
        return usage(self.pid).cpu_seconds

    def is_alive(self) -> bool:
        try:
            return usage(self.pid) is not None
        except (OSError, StopIteration):
            return False

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def server_connections(self) -> int:
        with self._connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_catalog.pg_stat_activity where usename like 'soak%'")
            return cursor.fetchone()[0]

    def tidy(self) -> None:
        """Takes away what COPYs have left, unless somebody holds the table."""
        with self._connection.cursor() as cursor:
            try:
                cursor.execute("set lock_timeout = '500ms'; truncate soak")
            except psycopg2.errors.LockNotAvailable:
                pass

    def heap_and_direct_mib(self) -> tuple[float | None, float | None]:
        """The live part of the heap, right after a collection, and what is held outside of it."""
        self._ask_java("GC.run")
        heap = sum(int(kib) for kib in re.findall(r"(?:generation|space)?.*?total \d+K, used (\d+)K", self._ask_java("GC.heap_info")))
        direct = re.search(r"Other \(reserved=\d+KB, committed=(\d+)KB\)", self._ask_java("VM.native_memory summary"))
        return heap / 1024 if heap else None, int(direct.group(1)) / 1024 if direct else None

    def _ask_java(self, command: str) -> str:
        java_home = (ROOT / "cli/target/howdah/java-home").read_text().strip()
        return self._scratch.run([f"{java_home}/bin/jcmd", "-J-XX:TieredStopAtLevel=1", str(self.pid), *command.split()], 60).stdout

    # --- the start

    def _build(self) -> None:
        done = self._scratch.run([str(ROOT / "howdah"), "--version"], BUILD_BOUND_SECONDS)
        if done.returncode != 0:
            raise BenchError(f"howdah could not be built: {(done.stdout + done.stderr)[-800:]}")

    def _start_postgres(self) -> None:
        home = self._directory("postgres")
        data = home / "data"
        switch = ["setpriv", f"--reuid={self._user}", f"--regid={self._user}", "--clear-groups"] if self._user else []
        done = self._scratch.run([*switch, str(self._binaries / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync"], 120)
        if done.returncode != 0:
            raise BenchError(f"initdb failed: {done.stderr[-800:]}")
        (data / "pg_hba.conf").write_text("local all postgres trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
        connections = len(USERS) * self._pool_size + 20
        self._await("postgres", self._postgres_port, home, self._scratch.start(
            [str(self._binaries / "postgres"), "-D", str(data), "-p", str(self._postgres_port), "-c", f"unix_socket_directories={home}",
             "-c", f"listen_addresses={LOOPBACK}", "-c", "shared_buffers=128MB", "-c", f"max_connections={connections}", "-c", "fsync=off",
             "-c", "log_min_messages=fatal", "-c", "log_min_error_statement=fatal"], home / "log", self._user))

    def _prepare_database(self) -> None:
        first = self._connect("postgres")
        for statement in ["create database soak", SCHEMA, *(f"create role {user} login password '{PASSWORD}'" for user in USERS)]:
            first.cursor().execute(statement)
        first.close()
        self._connection = self._connect("soak")
        self._connection.cursor().execute("create unlogged table soak(token text, number integer); grant select, insert on soak to public")

    def _connect(self, database: str):
        """As superuser, past the proxy."""
        connection = psycopg2.connect(host=str(self._scratch.directory / "postgres"), port=self._postgres_port, user="postgres", dbname=database)
        connection.autocommit = True
        return connection

    def _start_proxy(self) -> None:
        home = self._directory("proxy")
        made = self._scratch.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                                  "/CN=localhost", "-addext", f"subjectAltName=IP:{LOOPBACK}", "-keyout", str(home / "proxy.key"),
                                  "-out", str(self.certificate)], 60)
        if made.returncode != 0:
            raise BenchError(f"openssl made no certificate: {made.stderr[-800:]}")
        (home / "proxy.key").chmod(0o600)
        password = home / "lookup-password"
        password.touch(0o600)
        password.write_text(LOOKUP_PASSWORD)
        (home / "proxy.yaml").write_text(f"""\
listen: {LOOPBACK}:{self.port}
auth: scram-sha-256
lookup: {{password-file: lookup-password}}
tls: {{mode: allow, certificate: proxy.crt, key: proxy.key}}
max-clients: {self._clients + 1000}
timeouts:
  query-wait: 60s
  query-wait-notice: 0s
  idle-in-transaction: 5s
  client-idle: 40s
  client-login: 10s
  server-lifetime: 60s
  server-idle: 20s
databases:
  soak:
    host: {LOOPBACK}
    port: {self._postgres_port}
    tls: {{mode: disable}}
    pool: {{pool-size: {self._pool_size}}}
""")
        process = self._scratch.start([str(ROOT / "howdah"), "proxy", "--config", str(home / "proxy.yaml")], home / "log", None,
                                      JAVA_TOOL_OPTIONS="-XX:NativeMemoryTracking=summary")
        self.pid = process.pid
        self._await("the proxy", self.port, home, process)

    def _directory(self, name: str) -> Path:
        home = self._scratch.directory / name
        home.mkdir()
        if self._user and name == "postgres":
            shutil.chown(home, self._user)
        return home

    @staticmethod
    def _await(name: str, port: int, home: Path, process: subprocess.Popen) -> None:
        deadline = time.monotonic() + START_BOUND_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection((LOOPBACK, port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise BenchError(f"{name} does not listen: {(home / 'log').read_text()[-800:]}")
