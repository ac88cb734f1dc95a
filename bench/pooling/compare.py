"""`bench/proxy`: see bench/README.md."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

from outage.machine import LOOPBACK, facts, free_base_port, load_average
from outage.processes import BenchError, Scratch, usage
from pooling.figures import Run, parse, table

OURS = "howdah"
PEER = "pgbouncer"
ROOT = Path(__file__).resolve().parents[2]
START_BOUND_SECONDS = 60.0
BUILD_BOUND_SECONDS = 1200.0


class Bench:
    """PostgreSQL, the two pools in front of it, and pgbench."""

    def __init__(self, options: argparse.Namespace, scratch: Scratch) -> None:
        self._options = options
        self._scratch = scratch
        self._user = "postgres" if os.geteuid() == 0 else None
        base = free_base_port([0, 1, 2], random.Random())
        self._ports = {"postgres": base, OURS: base + 1, PEER: base + 2}
        self._processes: dict[str, int] = {}

    def start(self) -> None:
        self._build()
        self._start_postgres()
        self._start_ours()
        self._start_peer()
        self._tool("initialisation", "-i", "-q", "-s", str(self._options.scale), port=self._ports["postgres"])
        for pool in (OURS, PEER):
            for clients in self._options.clients:
                self._pgbench(pool, clients, self._options.warm_up)

    def measure(self, clients: int, pair: int) -> list[Run]:
        """One pair; who goes first changes from pair to pair."""
        pools = (OURS, PEER) if pair % 2 == 0 else (PEER, OURS)
        return [self._pgbench(pool, clients, self._options.seconds) for pool in pools]

    def versions(self) -> str:
        peer = self._scratch.run([self._options.pgbouncer, "--version"], 10).stdout.splitlines()[0]
        postgres = self._scratch.run([str(self._bin("postgres")), "--version"], 10).stdout.strip()
        return f"{peer}, {postgres}"

    def _pgbench(self, pool: str, clients: int, seconds: int) -> Run:
        before = usage(self._processes[pool]).cpu_seconds
        said = self._tool(f"{clients} clients through {pool}", "-n", "-S", "-M", self._options.protocol, "-c", str(clients),
                          "-j", "1", "-T", str(seconds), port=self._ports[pool], bound=seconds + 60)
        return parse(pool, clients, said, usage(self._processes[pool]).cpu_seconds - before)

    def _tool(self, what: str, *arguments: str, port: int, bound: float = 300) -> str:
        done = self._scratch.run([str(self._bin("pgbench")), *arguments, "-h", LOOPBACK, "-p", str(port), "-U", "postgres",
                                  "postgres"], bound)
        if done.returncode != 0:
            raise BenchError(f"pgbench ({what}) ended with {done.returncode}: {(done.stdout + done.stderr)[-800:]}")
        return done.stdout

    def _bin(self, name: str) -> Path:
        return Path(self._options.postgres) / name

    def _build(self) -> None:
        done = self._scratch.run([str(ROOT / "howdah"), "--version"], BUILD_BOUND_SECONDS)
        if done.returncode != 0:
            raise BenchError(f"howdah could not be built: {(done.stdout + done.stderr)[-800:]}")

    def _start_postgres(self) -> None:
        home = self._directory("postgres")
        data = home / "data"
        switch = ["setpriv", f"--reuid={self._user}", f"--regid={self._user}", "--clear-groups"] if self._user else []
        done = self._scratch.run([*switch, str(self._bin("initdb")), "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync"], 120)
        if done.returncode != 0:
            raise BenchError(f"initdb failed: {done.stderr[-800:]}")
        self._run("postgres", home, [str(self._bin("postgres")), "-D", str(data), "-p", str(self._ports["postgres"]),
                                     "-c", f"unix_socket_directories={home}", "-c", f"listen_addresses={LOOPBACK}",
                                     "-c", "shared_buffers=256MB", "-c", "max_connections=100"], self._user)

    def _start_ours(self) -> None:
        home = self._directory(OURS)
        file = home / "proxy.yaml"
        file.write_text(f"""\
listen: {LOOPBACK}:{self._ports[OURS]}
auth: trust
max-clients: 3000
databases:
  postgres:
    host: {LOOPBACK}
    port: {self._ports["postgres"]}
    pool: {{mode: transaction, pool-size: {self._options.pool_size}}}
""")
        self._run(OURS, home, [str(ROOT / "howdah"), "proxy", "--config", str(file)], None)

    def _start_peer(self) -> None:
        home = self._directory(PEER)
        file = home / "pgbouncer.ini"
        file.write_text(f"""\
[databases]
postgres = host={LOOPBACK} port={self._ports["postgres"]} dbname=postgres user=postgres
[pgbouncer]
listen_addr = {LOOPBACK}
listen_port = {self._ports[PEER]}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {self._options.pool_size}
max_client_conn = 3000
ignore_startup_parameters = extra_float_digits
""")
        self._run(PEER, home, [self._options.pgbouncer, str(file)], self._user)

    def _directory(self, name: str) -> Path:
        home = self._scratch.directory / name
        home.mkdir()
        if self._user:
            shutil.chown(home, self._user)
        return home

    def _run(self, name: str, home: Path, command: list[str], user: str | None) -> None:
        process = self._scratch.start(command, home / "log", user)
        self._processes[name] = process.pid
        deadline = time.monotonic() + START_BOUND_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection((LOOPBACK, self._ports[name]), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise BenchError(f"{name} does not listen: {(home / 'log').read_text()[-800:]}")


def main() -> int:
    options = _options()
    if shutil.which(options.pgbouncer) is None:
        print(f"there is no {options.pgbouncer}\nHINT: apt-get install pgbouncer, or name one with --pgbouncer PATH.", file=sys.stderr)
        return 1
    scratch = Scratch(None, False)
    try:
        bench = Bench(options, scratch)
        machine = facts(scratch.directory)
        loads = [load_average()]
        bench.start()
        runs: list[Run] = []
        for clients in options.clients:
            for pair in range(options.pairs):
                runs += bench.measure(clients, pair)
                loads.append(load_average())
        commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
        print(f"## {datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC: howdah proxy ({commit}) and {bench.versions()}\n")
        print(f"Machine: {machine['cores']} cores ({machine['processor']}), {machine['system']}, Linux {machine['kernel']}; load average "
              f"{min(loads):.1f} to {max(loads):.1f}. `pgbench -S -M {options.protocol}`, {options.seconds} s each, one thread, pool size "
              f"{options.pool_size}, transaction mode, no TLS, scale {options.scale}.\n")
        print("\n".join(table(runs, OURS, PEER)))
    except BenchError as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        scratch.close()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/proxy", description="Measures `howdah proxy` against PgBouncer.")
    parser.add_argument("--clients", type=lambda text: [int(part) for part in text.split(",")], default=[1, 20, 200])
    parser.add_argument("--seconds", type=int, default=10, help="for each run; default 10")
    parser.add_argument("--warm-up", type=int, default=5, help="for each pool and number of clients, not measured; default 5")
    parser.add_argument("--pairs", type=int, default=5, help="runs of each, alternating; default 5")
    parser.add_argument("--pool-size", type=int, default=20)
    parser.add_argument("--scale", type=int, default=10)
    parser.add_argument("--protocol", choices=["simple", "extended"], default="simple")
    parser.add_argument("--pgbouncer", default="/usr/sbin/pgbouncer", metavar="PATH")
    parser.add_argument("--postgres", default="/usr/lib/postgresql/15/bin", metavar="DIRECTORY")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
