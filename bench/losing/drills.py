"""The command `bench/drills`: see bench/README.md."""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import threading
import time
from contextlib import closing
from datetime import datetime, timezone

import psycopg2

from losing.loss import ArchivedCluster
from outage.machine import facts
from outage.processes import BenchError
from outage.session import add_common_options, commit, exit_code, say, scratch_space

WRITERS = 4


class Churn:
    """Clients that change rows at random, so that pages and indexes are torn wherever they can be."""

    def __init__(self, cluster: ArchivedCluster, rows: int, seed: int) -> None:
        self._cluster = cluster
        self._rows = rows
        self._over = threading.Event()
        self._done = [0] * WRITERS
        self._failures: list[str] = []
        self._threads = [threading.Thread(target=self._run, args=(number, seed + number), daemon=True) for number in range(WRITERS)]
        for thread in self._threads:
            thread.start()

    def _run(self, writer: int, seed: int) -> None:
        try:
            with closing(self._cluster.connect()) as connection, connection.cursor() as cursor:
                self._change(writer, random.Random(seed), cursor)
        except psycopg2.Error as error:
            self._failures.append(str(error).strip())

    def _change(self, writer: int, chance: random.Random, cursor) -> None:
        while not self._over.is_set():
            number = chance.randrange(self._rows)
            cursor.execute("update churn set value = %s, text = md5(random()::text) || repeat('y', %s) where id = %s",
                           (chance.random(), chance.randrange(2000), number))
            if chance.random() < 0.1:
                cursor.execute("delete from churn where id = %s", (number,))
                # another writer may have been faster
                cursor.execute("insert into churn values (%s, 0, 'new') on conflict do nothing", (number,))
            self._done[writer] += 1

    def changes(self) -> int:
        """So many up to now. A load that has ended would prove nothing, so it is an error."""
        if self._failures:
            raise BenchError(f"a client that changes rows has ended: {self._failures[0]}")
        return sum(self._done)

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(30)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/drills", description=__doc__)
    parser.add_argument("--drills", type=int, default=20, metavar="N", help="how many backups are taken and restored (default: %(default)s)")
    parser.add_argument("--relations", type=int, default=0, metavar="N", help="so many tiny tables beside the one that is changed (default: none)")
    parser.add_argument("--rows", type=int, default=20_000, metavar="N", help="how many rows there are to change (default: %(default)s)")
    add_common_options(parser)
    options = parser.parse_args()
    return exit_code(lambda: measure(options))


def measure(options: argparse.Namespace) -> int:
    with scratch_space(options.scratch, options.keep) as scratch:
        cluster = ArchivedCluster(options.howdah, options.postgres, scratch, random.Random(options.seed))
        cluster.build()
        say("starting a demo with a repository")
        cluster.start()
        prepare(cluster, options.rows, options.relations)
        versions, backups, during, reports = cluster.versions, [], [], []
        churn = Churn(cluster, options.rows, options.seed)
        for number in range(1, options.drills + 1):
            begun, before = time.monotonic(), churn.changes()
            said = cluster.back_up()
            backups.append(time.monotonic() - begun)
            during.append(churn.changes() - before)
            if "(standby)" not in said:
                raise BenchError(f"not a backup of a standby: {said}")
            report = cluster.drill()
            reports.append(report)
            say(f"drill {number}: backup {backups[-1]:.1f} s, {during[-1]} changes meanwhile, {'passed' if report['passed'] else 'FAILED'}, RTO {report['rto-millis']} ms, RPO {report['rpo-millis']} ms")
            for step in report["steps"]:
                if step["outcome"] != "PASSED":
                    # a step that was left out shows nothing either
                    report["passed"] = False
                    print(f"drill {number}: {step['what']}: {step['findings']}", file=sys.stderr)
        megabytes = size(cluster)
        changes = churn.changes()
        churn.end()
        machine = facts(scratch.directory)
    show(options, versions, machine, megabytes, changes, during, backups, reports)
    return 0 if all(report["passed"] for report in reports) else 1


def size(cluster: ArchivedCluster) -> float:
    with closing(cluster.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("select pg_database_size(current_database()) / 1e6")
        return float(cursor.fetchone()[0])


def prepare(cluster: ArchivedCluster, rows: int, relations: int) -> None:
    with closing(cluster.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("create table churn(id int primary key, value float8, text text)")
        cursor.execute("create index churn_value on churn(value)")
        cursor.execute("create index churn_text on churn(md5(text))")
        cursor.execute("insert into churn select n, random(), 'x' from generate_series(0, %s) n", (rows - 1,))
    for start in range(0, relations, 1000):
        with closing(cluster.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("do $$ begin for n in %s..%s loop execute format('create table tiny_%%s (n int)', n); end loop; end $$",
                           (start, min(start + 1000, relations) - 1))
        if start % 10_000 == 0:
            say(f"{start} tables")


def show(options: argparse.Namespace, versions: dict, machine: dict, megabytes: float, changes: int, during: list[int],
         backups: list[float], reports: list[dict]) -> None:
    now = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    rto = [report["rto-millis"] / 1000 for report in reports if report["rto-millis"] is not None]
    rpo = [report["rpo-millis"] / 1000 for report in reports if report["rpo-millis"] is not None]
    print(f"## {now}: backups of a standby under load, Howdah {versions['howdah']} ({commit()}), PostgreSQL {versions['postgres']}\n")
    print(f"{machine['cores']} cores, {machine['memory_gib']} GiB, load average {machine['load_average']:.1f}. {WRITERS} clients change {options.rows} rows"
          f"{f', beside {options.relations} tiny tables' if options.relations else ''}; {megabytes:.0f} MB at the end. {changes} "
          f"changes in all, {min(during)} to {max(during)} while a backup was taken; each backup is restored to the newest second, every B-tree and table "
          "looked at by amcheck with heapallindexed, and every page's checksum.\n")
    print("| drills | passed | backup, median | RTO, median | RTO, maximum | RPO, median | RPO, maximum |\n|---|---|---|---|---|---|---|")
    print(f"| {len(reports)} | {sum(report['passed'] for report in reports)} | {statistics.median(backups):.1f} s | {figure(rto, statistics.median)} | "
          f"{figure(rto, max)} | {figure(rpo, statistics.median)} | {figure(rpo, max)} |")


def figure(values: list[float], of) -> str:
    return f"{of(values):.2f} s" if values else "not measured"


if __name__ == "__main__":
    sys.exit(main())
