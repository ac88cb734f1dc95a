"""Howdah's demo: three nodes, each a process of its own, driven by the command line only."""

from __future__ import annotations

import json
import random
import subprocess
import time
from pathlib import Path

from outage.cluster import START_BOUND_SECONDS, Cluster, Member, Start
from outage.machine import free_base_port
from outage.processes import BenchError, Scratch, is_alive

BUILD_BOUND_SECONDS = 1200.0
STOP_BOUND_SECONDS = 60.0
NODE_STOP_BOUND_SECONDS = 20.0
DEMO_BOUND_SECONDS = START_BOUND_SECONDS + 30
"""Longer than the demo itself waits, so that it can say what is wrong."""
NODES = (1, 2, 3)
PORTS_OF_A_NODE = (0, 10, 20, 30, 40)
PROXY_OFFSET = 0
POSTGRES_OFFSET = 20


class HowdahCluster(Cluster):
    """Its clients look for the primary themselves."""

    name = "howdah"
    patience_seconds = {"crash": 60.0, "host-loss": 60.0, "switchover": 60.0}
    phase_seconds = 1.0

    def __init__(self, launcher: Path, postgres: str, scratch: Scratch, chance: random.Random) -> None:
        self._launcher = launcher
        self._postgres = postgres
        self._scratch = scratch
        self._directory = scratch.directory / "howdah"
        self._chance = chance
        self._base = 0
        self._resumed: list[subprocess.Popen] = []

    @property
    def ports(self) -> list[int]:
        return [self._port(f"n{node}") for node in NODES]

    @property
    def versions(self) -> dict[str, str]:
        members = self._status()["members"]
        return {"howdah": str(members[0].get("version", "unknown")) if members else "unknown",
                "postgres": str(members[0].get("postgresVersion", "unknown")) if members else "unknown"}

    def synchronous_wanted(self) -> int:
        return len(NODES) - 1

    def build(self) -> None:
        """The launcher builds the program on first use; that is not part of any measurement."""
        if not self._launcher.is_file():
            raise BenchError(f"there is no {self._launcher}\n"
                             "HINT: run this from a complete checkout, or name the launcher with --howdah PATH.")
        done = self._scratch.run([str(self._launcher), "--help"], BUILD_BOUND_SECONDS)
        if done.returncode != 0:
            raise BenchError(f"`howdah --help` failed with exit {done.returncode}: {_tail(done.stdout + done.stderr)}")

    def start(self) -> Start:
        self._base = free_base_port([offset + node for offset in PORTS_OF_A_NODE for node in NODES], self._chance)
        start = time.monotonic()
        self._demo()
        command_seconds = time.monotonic() - start
        first_write_seconds = self.first_write(start)
        self.await_whole(START_BOUND_SECONDS)
        return Start(command_seconds, first_write_seconds, time.monotonic() - start)

    def stop(self) -> None:
        for process in self._resumed:
            process.terminate()  # the demo does not know them
        self._await_end(self._resumed)
        self._resumed.clear()
        if self._directory.exists():
            try:
                self._command("demo", "stop", "--directory", str(self._directory), bound_seconds=STOP_BOUND_SECONDS)
            except BenchError:
                pass  # what it leaves behind is ended below
        self._scratch.end_processes(self._directory)
        self._scratch.remove(self._directory)

    @staticmethod
    def _await_end(processes: list[subprocess.Popen]) -> None:
        deadline = time.monotonic() + NODE_STOP_BOUND_SECONDS
        while time.monotonic() < deadline and any(process.poll() is None for process in processes):
            time.sleep(0.1)

    def members(self) -> list[Member]:
        return [self._member(entry) for entry in self._status()["members"]]

    def switchover(self, leader: Member) -> str | None:
        done = self._command("switchover", "--directory", str(self._directory), bound_seconds=60)
        return None if done.returncode == 0 else f"exit {done.returncode}: {_tail(done.stdout + done.stderr)}"

    def resume(self, member: Member) -> None:
        """As systemd does on a host that is back; the demo, told --no-restart, does not."""
        node = self._directory / member.name
        self._resumed.append(self._scratch.start(
            [str(self._launcher), "node", "--config", str(node / "howdah.yaml")], node / "howdah.log"))

    def logs(self) -> str:
        files = [file for pattern in ("*.log", "*/*.log") for file in sorted(self._directory.glob(pattern))]
        return "\n".join(f"--- {file.relative_to(self._directory)}\n"
                         + "\n".join(file.read_text(errors="replace").splitlines()[-20:]) for file in files)

    def _demo(self) -> None:
        command = ["demo", "--directory", str(self._directory), "--base-port", str(self._base), "--detach", "--no-restart"]
        command += ["--postgres", self._postgres]
        done = self._command(*command, bound_seconds=DEMO_BOUND_SECONDS)
        if done.returncode != 0:
            raise BenchError(f"`howdah demo` failed with exit {done.returncode}: {_tail(done.stdout + done.stderr)}")

    def _status(self) -> dict:
        done = self._command("status", "--json", "--directory", str(self._directory), bound_seconds=20)
        if done.returncode != 0:
            raise BenchError(f"`howdah status` failed with exit {done.returncode}: {_tail(done.stderr)}")
        try:
            return json.loads(done.stdout)
        except ValueError as error:
            raise BenchError(f"`howdah status --json` printed no JSON ({error}): {_tail(done.stdout)}") from error

    def _command(self, *arguments: str, bound_seconds: float):
        return self._scratch.run([str(self._launcher), *arguments], bound_seconds)

    def _port(self, name: str) -> int:
        return self._base + POSTGRES_OFFSET + int(name.removeprefix("n"))

    def _member(self, entry: dict) -> Member:
        agent, postmaster = entry.get("agentPid"), entry.get("postgresPid")
        state = str(entry.get("state"))
        return Member(
            name=entry["name"], primary=entry.get("role") == "primary", healthy=state in ("running", "streaming"),
            synchronous=bool(entry.get("sync")), postgres_port=self._port(entry["name"]),
            agent_pid=agent if agent and is_alive(agent) else None,
            postmaster_pid=postmaster if postmaster and is_alive(postmaster) else None,
            description=f"{entry['name']} {entry.get('role')} {state}{' sync' if entry.get('sync') else ''}")


class ProxiedHowdahCluster(HowdahCluster):
    """Its clients connect through the proxies."""

    name = "howdah-proxy"
    keeps_connections = True

    def client_ports(self) -> list[int]:
        return [self._base + PROXY_OFFSET + node for node in NODES]


def _tail(text: str) -> str:
    return text.strip()[-400:]
