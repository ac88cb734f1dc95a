"""The command `bench/loss`: see bench/README.md."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path

import psycopg2

from losing.bucket import Bucket
from losing.figures import Loss, loss_of, table
from outage.howdah import DEMO_BOUND_SECONDS, HowdahCluster
from outage.machine import facts
from outage.processes import BenchError, Scratch, kill
from outage.session import Interrupted, add_common_options, commit, exit_code, say, scratch_space

RESTORE_BOUND_SECONDS = 300.0
KILL_BOUND_SECONDS = 20.0
LOAD_SECONDS = (3.0, 8.0)
BALLAST_BYTES = 200
"""What a row carries beside its number."""


class ArchivedCluster(HowdahCluster):
    """A demo whose WAL goes into a repository, and that is killed as a whole."""

    def __init__(self, launcher: Path, postgres: str, scratch: Scratch, chance: random.Random, repository: str | None = None) -> None:
        super().__init__(launcher, postgres, scratch, chance)
        self.repository = repository or str(scratch.directory / "repository")

    def again(self) -> None:
        self._demo()
        self.await_whole(DEMO_BOUND_SECONDS)

    def back_up(self) -> str:
        """What the command says, as from which server the backup was taken."""
        return self._well("backup", "--directory", str(self._directory), "--repository", self.repository)

    def restore(self, target: Path) -> None:
        self._well("restore", "--latest", "--start", "--repository", self.repository, "--directory", str(target))

    def drill(self) -> dict:
        """The report of a drill, whether it has passed or not."""
        command = ["drill", "--json", "--directory", str(self._directory), "--repository", self.repository,
                   "--scratch", str(self._scratch.directory)]
        done = self._command(*command, bound_seconds=RESTORE_BOUND_SECONDS)
        try:
            return json.loads(done.stdout)
        except ValueError:
            raise BenchError(f"`howdah drill` failed with exit {done.returncode}: {(done.stdout + done.stderr)[-400:]}") from None

    def promised_seconds(self) -> float | None:
        """What the primary's worker said last would be lost (`howdah_wal_archive_rpo_seconds`)."""
        reports = []
        for file in self._directory.glob("n*/backup/archive.json"):
            try:
                reports.append(json.loads(file.read_text()))
            except (OSError, ValueError):
                continue
        losses = [next((value for key, value in report.items() if key.lower().startswith("loss")), None) for report in reports]
        known = [loss for loss in losses if loss is not None]
        return max(known) / 1000 if known else None

    def kill_all(self) -> None:
        """SIGKILL to everything at once: supervisor, agents, workers, PostgreSQL."""
        deadline = time.monotonic() + KILL_BOUND_SECONDS
        while left := self._scratch.processes():
            for pid in left:
                kill(pid)
            if time.monotonic() > deadline:
                raise BenchError(f"processes {left} do not end")
            time.sleep(0.05)

    def _demo(self) -> None:
        command = ["demo", "--directory", str(self._directory), "--base-port", str(self._base), "--detach", "--no-restart",
                   "--repository", self.repository, "--postgres", self._postgres]
        done = self._command(*command, bound_seconds=DEMO_BOUND_SECONDS)
        if done.returncode != 0:
            raise BenchError(f"`howdah demo` failed with exit {done.returncode}: {(done.stdout + done.stderr)[-400:]}")

    def _well(self, *arguments: str) -> str:
        done = self._command(*arguments, bound_seconds=RESTORE_BOUND_SECONDS)
        if done.returncode != 0:
            raise BenchError(f"`howdah {arguments[0]}` failed with exit {done.returncode}: {(done.stdout + done.stderr)[-400:]}")
        return done.stdout


class Load:
    """One client that commits row after row and writes down when each was acknowledged."""

    def __init__(self, cluster: ArchivedCluster, first: int) -> None:
        self.acknowledged: list[tuple[int, float]] = []
        self._cluster = cluster
        self._next = first
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            with closing(self._cluster.connect()) as connection, connection.cursor() as cursor:
                while True:
                    number = self._next
                    self._next += 1
                    cursor.execute("insert into loss(id, ballast) values (%s, repeat('x', %s))", (number, BALLAST_BYTES))
                    self.acknowledged.append((number, time.monotonic()))
        except psycopg2.Error:
            return  # everything is gone

    def end(self) -> int:
        """Waits for the client to notice; answers the next free number."""
        self._thread.join(30)
        return self._next


@dataclass(frozen=True)
class Kill:
    loss: Loss
    promised_seconds: float | None
    restore_seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/loss", description=__doc__)
    parser.add_argument("--kills", type=int, default=20, metavar="N", help="how often everything is killed (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--bucket", type=int, metavar="MS",
                        help="the repository is a bucket, on this machine, whose every call takes so many milliseconds more (default: a folder)")
    add_common_options(parser)
    options = parser.parse_args()
    return exit_code(lambda: measure(options))


@contextmanager
def repository(options: argparse.Namespace, scratch: Scratch) -> Iterator[str | None]:
    """Where to archive to; None for a folder."""
    if options.bucket is None:
        yield None
    else:
        with closing(Bucket(scratch.directory / "bucket-credentials", options.bucket)) as bucket:
            yield bucket.address


def measure(options: argparse.Namespace) -> int:
    chance = random.Random(options.seed)
    with scratch_space(options.scratch, options.keep) as scratch, repository(options, scratch) as address:
        cluster = ArchivedCluster(options.howdah, options.postgres, scratch, chance, address)
        cluster.build()
        say("starting a demo with a repository")
        cluster.start()
        with closing(cluster.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("create table loss(id bigint primary key, ballast text)")
        cluster.back_up()
        kills, first = [], 1
        versions = cluster.versions
        try:
            for number in range(1, options.kills + 1):
                done, first = one_kill(cluster, scratch, chance, first)
                kills.append(done)
                say(f"kill {number}: {done.loss.rows} of {done.loss.acknowledged} rows lost, {done.loss.seconds:.2f} s "
                    f"(the worker said {done.promised_seconds} s); restored in {done.restore_seconds:.1f} s")
                if number < options.kills:
                    cluster.again()
        except Interrupted:
            if not kills:
                raise
            say("interrupted: what was measured so far is reported")
        machine = facts(scratch.directory)
    report(kills, versions, machine, options.bucket)
    if options.json:
        options.json.write_text(json.dumps({"commit": commit(), "versions": versions, "machine": machine,
                                            "kills": [asdict(each) for each in kills]}, indent=1) + "\n")
    return 0 if all(each.loss.hole == 0 for each in kills) else 1


def one_kill(cluster: ArchivedCluster, scratch: Scratch, chance: random.Random, first: int) -> tuple[Kill, int]:
    load = Load(cluster, first)
    time.sleep(chance.uniform(*LOAD_SECONDS))
    promised = cluster.promised_seconds()
    cluster.kill_all()
    following = load.end()
    target = scratch.directory / "restored"
    begun = time.monotonic()
    cluster.restore(target)
    seconds = time.monotonic() - begun
    try:
        kept = kept_rows(target, first)
    finally:
        end_server(target)
        scratch.remove(target)
    return Kill(loss_of(load.acknowledged, kept), promised, seconds), following


def kept_rows(target: Path, first: int) -> set[int]:
    pid, _, _, port, socket = (target / "postmaster.pid").read_text().splitlines()[:5]
    with closing(psycopg2.connect(host=socket, port=int(port), user="postgres", dbname="app")) as connection:
        with connection.cursor() as cursor:
            cursor.execute("select id from loss where id >= %s", (first,))
            return {row[0] for row in cursor}


def end_server(target: Path) -> None:
    try:
        pid = int((target / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return
    kill(pid, signal.SIGQUIT)
    deadline = time.monotonic() + KILL_BOUND_SECONDS
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
        time.sleep(0.05)


def report(kills: list[Kill], versions: dict[str, str], machine: dict, bucket_ms: int | None) -> None:
    place = "in a folder" if bucket_ms is None else f"in a bucket whose every call takes {bucket_ms} ms more"
    now = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    print(f"## {now}: everything is lost, Howdah {versions['howdah']} ({commit()}), PostgreSQL {versions['postgres']}\n")
    print(f"{machine['cores']} cores, {machine['memory_gib']} GiB, fdatasync {machine['fdatasync_median_ms']} ms, load average "
          f"{machine['load_average']:.1f}. Three nodes and a repository {place} on one machine; one client that commits row after row; "
          f"every process killed at a random moment, {len(kills)} times.\n")
    print(table([each.loss for each in kills], [each.promised_seconds for each in kills]))
    print(f"\nRestored to the newest second in {statistics.median(each.restore_seconds for each in kills):.1f} s (median).")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
