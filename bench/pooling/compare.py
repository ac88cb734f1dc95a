"""`bench/proxy`: see bench/README.md."""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path

from outage.machine import facts, load_average
from outage.processes import BenchError, Scratch
from pooling import idle, loads
from pooling.figures import Run, slope, table
from pooling.stand import DIRECT, OURS, PEER, ROOT, Stand

ROWS = ("simple", "prepared", "connect", "tpc-b", "tls", "copy", "latency", "memory", "start")
STARTS = 5


def main() -> int:
    options = _options()
    for program, package in ((options.pgbouncer, "pgbouncer"), ("openssl", "openssl")):
        if shutil.which(program) is None:
            print(f"there is no {program}\nHINT: apt-get install {package}, or name another PgBouncer with --pgbouncer PATH.", file=sys.stderr)
            return 1
    scratch = Scratch(None, False)
    try:
        stand = Stand(options, scratch)
        machine = facts(scratch.directory)
        begun = [load_average()]
        stand.start()
        runs, lines = _measure(stand, options.rows, begun)
        commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
        print(f"## {datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC: howdah proxy ({commit}) and {stand.versions()}\n")
        print(f"Machine: {machine['cores']} cores ({machine['processor']}), {machine['system']}, Linux {machine['kernel']}; load average before "
              f"the start {begun[0]:.1f}, during the runs {min(begun):.1f} to {max(begun):.1f}. Medians of {options.pairs} alternating pairs of {options.seconds} s, "
              f"`pgbench -S` unless named otherwise, one thread, pool size {options.pool_size}, transaction mode, scale {options.scale}.\n")
        print("\n".join([*table(runs, OURS, PEER), "", *lines]))
        if options.json:
            Path(options.json).write_text(json.dumps({"machine": machine, "runs": [asdict(run) for run in runs], "lines": lines}, indent=1))
    except BenchError as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        scratch.close()
    return 0


def _measure(stand: Stand, rows: list[str], averages: list[float]) -> tuple[list[Run], list[str]]:
    options = stand.options
    runs: list[Run] = []
    lines: list[str] = []

    def of(some: list[loads.Load], kind: list[loads.Load] | None = None) -> None:
        loads.warm_up(stand, kind or some, options.warm_up)
        for load in some:
            for number in range(options.pairs):
                runs.extend(loads.pair(stand, load, number, options.seconds))
                averages.append(load_average())
            _progress(table(runs, OURS, PEER)[-1])

    for row in rows:
        match row:
            case "simple" | "prepared":
                of(loads.selects(row, options.clients))
            case "connect":
                of(loads.reconnecting())
                lines += _without_pool(stand, loads.reconnecting())
            case "tpc-b":
                of(loads.tpc_b())
            case "tls":
                of(loads.encrypted(options.clients))
            case "copy":
                runs.extend(loads.copies(stand, options.pairs))
                _progress("\n".join(table(runs, OURS, PEER)[-2:]))
            case "latency":
                of(loads.at_rates(stand, [200, 2_000], options.seconds), [loads.Load("simple", 200), loads.Load("simple", 2_000)])
            case "memory":
                lines += _memory(stand)
            case "start":
                lines += _starts(stand)
    return runs, lines


def _without_pool(stand: Stand, some: list[loads.Load]) -> list[str]:
    lines = []
    for load in some:
        rate = statistics.median(loads.run(stand, DIRECT, load, stand.options.seconds).rate for _ in range(stand.options.pairs))
        lines += [f"Without a pool, {load.name}, {load.clients} clients: {rate:.0f} tps.", ""]
        _progress(lines[-2])
    return lines


def _memory(stand: Stand) -> list[str]:
    lines = ["| idle clients | " + " | ".join(f"{pool}: kB each" for pool in (OURS, PEER)) + " |", "|---|--:|--:|"]
    for tls in (False, True):
        slopes = []
        for pool in (OURS, PEER):
            stand.stop_pool(pool)
            stand.start_pool(pool)
            seen = idle.resident_by_clients(stand, pool, tls)
            slopes.append(slope([count for count, _ in seen], [resident for _, resident in seen]))
            _progress(f"{pool} {'TLS' if tls else 'plain'}: " + ", ".join(f"{count}: {resident / 1024:.0f} MiB" for count, resident in seen))
        counts = idle.counts(tls)
        lines.append(f"| {'TLS' if tls else 'plain'}, slope from {counts[0]:,} to {counts[-1]:,} | " + " | ".join(f"{value:.1f}" for value in slopes) + " |")
    return [*lines, ""]


def _starts(stand: Stand) -> list[str]:
    lines = [f"| start to first query, median of {STARTS} | seconds |", "|---|--:|"]
    for pool in (OURS, PEER):
        took = []
        for _ in range(STARTS):
            stand.stop_pool(pool)
            begun = time.monotonic()
            stand.start_pool(pool)
            stand.tool("psql", "first query", pool, ["-At", "-c", "select 1"])
            took.append(time.monotonic() - begun)
        begun = time.monotonic()
        stand.tool("psql", "first query", DIRECT, ["-At", "-c", "select 1"])
        lines.append(f"| {pool} (of which psql itself {time.monotonic() - begun:.2f}) | {statistics.median(took):.2f} |")
    return [*lines, ""]


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/proxy", description="Measures `howdah proxy` against PgBouncer.")
    parser.add_argument("--rows", type=_rows, default=["simple"], metavar="LIST",
                        help=f"comma-separated, of {', '.join(ROWS)}; or `all`; default simple")
    parser.add_argument("--clients", type=lambda text: [int(part) for part in text.split(",")], default=[1, 20, 200],
                        help="for simple, prepared and tls; default 1,20,200")
    parser.add_argument("--seconds", type=int, default=10, help="for each run; default 10")
    parser.add_argument("--warm-up", type=int, default=5, help="for each pool and load, not measured; default 5")
    parser.add_argument("--pairs", type=int, default=5, help="runs of each, alternating; default 5")
    parser.add_argument("--pool-size", type=int, default=20)
    parser.add_argument("--scale", type=int, default=10)
    parser.add_argument("--json", metavar="FILE", help="write everything that was measured")
    parser.add_argument("--pgbouncer", default="/usr/sbin/pgbouncer", metavar="PATH",
                        help="prepared wants 1.21 or later; default the installed one")
    parser.add_argument("--postgres", default="/usr/lib/postgresql/15/bin", metavar="DIRECTORY")
    return parser.parse_args()


def _rows(text: str) -> list[str]:
    wanted = list(ROWS) if text == "all" else text.split(",")
    unknown = [row for row in wanted if row not in ROWS]
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no row {unknown[0]!r}; rows: {', '.join(ROWS)}")
    return wanted


if __name__ == "__main__":
    sys.exit(main())
