"""`bench/backup`: the same database, backed up and restored by Howdah and by pgBackRest, in turns."""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path

from outage.machine import facts, load_average
from outage.processes import BenchError, Scratch
from storing.server import OURS, PEER, ROOT, Cost, Server
from storing.tools import Howdah, PgBackRest, Tool, damage

WORK = ("first backup", "next backup", "restore", "delta restore")
GOALS = {"first backup": "≤ 0.8", "next backup": "≤ 0.5", "restore": "≤ 0.7", "delta restore": "≤ 0.3"}

Costs = dict[str, dict[str, list[Cost]]]


def main() -> int:
    options = _options()
    if shutil.which("pgbackrest") is None:
        print("there is no pgbackrest\nHINT: apt-get install pgbackrest", file=sys.stderr)
        return 1
    scratch = Scratch(options.scratch, options.keep)
    try:
        machine = facts(scratch.directory)
        averages = [load_average()]
        server = Server(options, scratch)
        ours, peer = Howdah(server), PgBackRest(server)
        ours.build()
        peer.begin(1)
        server.start(peer.archive_command())
        peer.make()
        server.fill()
        costs = _measure(server, ours, peer, averages)
        commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
        print(f"## {datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC: howdah backup ({commit}) and {peer.version()}, {server.version()}\n")
        print(f"Machine: {machine['cores']} cores ({machine['processor']}), {machine['system']}, Linux {machine['kernel']}, {machine['file_system']}; load average "
              f"before the start {averages[0]:.1f}, between the runs {min(averages):.1f} to {max(averages):.1f}. A database of {server.size() / 1e9:.2f} GB with page checksums, "
              f"{options.workers} workers, zstd 1, fsync on both sides. Medians of {options.rounds} rounds; the next backup is taken after exactly 2,000 transactions. "
              f"CPU is of all processes, the server's too; what is stored leaves out WAL; MiB is the most resident memory of one process of the command.\n")
        print("\n".join(table(costs)))
        if options.json:
            Path(options.json).write_text(json.dumps(
                {"machine": machine, "costs": {work: {tool: [asdict(cost) for cost in each] for tool, each in tools.items()} for work, tools in costs.items()}}, indent=1))
    except BenchError as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        scratch.close()
    return 0


def table(costs: Costs) -> list[str]:
    """Medians of each, and the shares of the peer's."""
    lines = ["| | howdah: s | pgbackrest: s | wall time | goal | howdah: CPU s | pgbackrest: CPU s | CPU | howdah: stored MB | pgbackrest: stored MB | stored | howdah: MiB | pgbackrest: MiB |",
             "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for work, tools in costs.items():
        wall, cpu, stored = ([statistics.median(getattr(cost, field) for cost in tools[tool]) for tool in (OURS, PEER)]
                             for field in ("wall_seconds", "cpu_seconds", "stored_bytes"))
        kept = [f"{stored[0] / 1e6:.2f}", f"{stored[1] / 1e6:.2f}", share(stored)] if stored[1] else ["–"] * 3
        lines.append("| " + " | ".join([work, f"{wall[0]:.2f}", f"{wall[1]:.2f}", share(wall), GOALS.get(work, ""), f"{cpu[0]:.2f}", f"{cpu[1]:.2f}", share(cpu), *kept,
                                   *(f"{max(cost.peak_mib for cost in tools[tool]):.0f}" for tool in (OURS, PEER))]) + " |")
    return lines


def share(pair: list[float]) -> str:
    return f"{pair[0] / pair[1]:.2f}" if pair[1] else "–"


def _measure(server: Server, ours: Howdah, peer: PgBackRest, averages: list[float]) -> Costs:
    costs: Costs = {work: {OURS: [], PEER: []} for work in WORK}
    for number in range(1, server.options.rounds + 1):
        averages.append(load_average())
        if number > 1:
            peer.begin(number)
            peer.make()
        ours.begin(number)
        # Who goes first has the colder cache: in turns.
        tools: list[Tool] = [ours, peer] if number % 2 else [peer, ours]
        for tool in tools:
            _note(costs, "first backup", tool, tool.backup())
        server.change()
        for tool in tools:
            _note(costs, "next backup", tool, tool.backup())
        for tool in tools:
            _restore(server, tool, number, costs)
    return costs


def _restore(server: Server, tool: Tool, number: int, costs: Costs) -> None:
    copy = server.scratch.directory / f"{tool.name}-copy-{number}"
    _note(costs, "restore", tool, tool.restore(copy, False))
    damage(copy)
    _note(costs, "delta restore", tool, tool.restore(copy, True))
    if number == 1:
        found, wanted = server.content_of_copy(copy), server.content(server.home)
        if found != wanted:
            raise BenchError(f"{tool.name} has restored another database: {found.strip()} instead of {wanted.strip()}")
    server.scratch.remove(copy)


def _note(costs: Costs, work: str, tool: Tool, cost: Cost) -> None:
    costs[work][tool.name].append(cost)
    print(f"{work}: {tool.name} {cost.wall_seconds:.2f} s, {cost.cpu_seconds:.2f} s of CPU, {cost.stored_bytes / 1e6:.2f} MB stored, {cost.peak_mib:.0f} MiB", file=sys.stderr)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/backup", description=__doc__)
    parser.add_argument("--gb", type=float, default=1.5, help="how large the database is, in GB (default 1.5)")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is done (default 3)")
    parser.add_argument("--workers", type=int, default=2, help="of both tools (default 2)")
    parser.add_argument("--postgres", default="/usr/lib/postgresql/15/bin", help="where PostgreSQL's programs lie")
    parser.add_argument("--scratch", help="where files lie meanwhile: a real disk, with four times the room of the database")
    parser.add_argument("--keep", action="store_true", help="leave all files")
    parser.add_argument("--json", help="write every run to this file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
