"""`bench/pool-effect`: what the pool does for an application; see bench/README.md."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from outage.machine import facts, load_average
from outage.processes import BenchError, Scratch
from pooling.loads import Load, run, warm_up
from pooling.figures import Run
from pooling.plot import Line, chart
from pooling.stand import DIRECT, OURS, ROOT, Stand

CONNECTING_SECONDS = 0.04
"""More for each client: without a pool PostgreSQL takes up to half a minute to let a thousand in, while pgbench's time runs already."""
NAMES = {DIRECT: "without", OURS: "with the pool"}


@dataclass(frozen=True)
class Application:
    """How an application uses its connections."""

    key: str
    title: str
    clients: list[int]
    arguments: tuple[str, ...]
    protocol: str

    def load(self, clients: int) -> Load:
        return Load(self.key, clients, self.arguments, self.protocol, latencies=True)


APPLICATIONS = [
    Application("kept", "Connections kept open, all busy", [1, 10, 50, 100, 200, 500, 1_000], ("-S",), "prepared"),
    Application("reconnecting", "A new connection for each transaction", [1, 4, 16, 64], ("-S", "-C"), "simple"),
]


def main() -> int:
    options = _options()
    scratch = Scratch(None, False)
    try:
        if options.of:
            measured = json.loads(Path(options.of).read_text())
            runs = [Run(**one) for one in measured["runs"]]
        else:
            stand = Stand(options, scratch)
            machine = facts(scratch.directory)
            stand.start((OURS,))
            runs = _measure(stand)
            measured = {"machine": machine, "load_average": load_average(), "seconds": options.seconds, "pairs": options.pairs,
                        "pool_size": options.pool_size, "runs": [asdict(one) for one in runs]}
        folder = Path(options.output)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "effect.json").write_text(json.dumps(measured, indent=1) + "\n")
        for application in APPLICATIONS:
            _draw(folder, application, [one for one in runs if one.load == application.key])
        print("\n".join(_table(runs)))
    except BenchError as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        scratch.close()
    return 0


def _measure(stand: Stand) -> list[Run]:
    warm_up(stand, [Load("kept", 20, protocol="prepared"), Load("reconnecting", 8, ("-S", "-C"))], stand.options.warm_up, (OURS,))
    runs = []
    for application in APPLICATIONS:
        for clients in application.clients:
            for number in range(stand.options.pairs):
                for way in ((OURS, DIRECT) if number % 2 == 0 else (DIRECT, OURS)):
                    runs.append(run(stand, way, application.load(clients), stand.options.seconds + round(CONNECTING_SECONDS * clients)))
            print(_row(application, clients, runs), file=sys.stderr, flush=True)
    return runs


def _medians(runs: list[Run], key: str, clients: int, way: str) -> tuple[float, float]:
    some = [one for one in runs if (one.load, one.clients, one.pool) == (key, clients, way)]
    return statistics.median(one.rate for one in some), statistics.median(one.p99_ms for one in some)


def _row(application: Application, clients: int, runs: list[Run]) -> str:
    (rate, late), (pooled, pooled_late) = (_medians(runs, application.key, clients, way) for way in (DIRECT, OURS))
    return (f"| {application.title.lower()} | {clients} | {rate:,.0f} | {pooled:,.0f} | {pooled / rate:.2f} "
            f"| {late:,.1f} | {pooled_late:,.1f} |")


def _table(runs: list[Run]) -> list[str]:
    return ["| application | clients | without: tps | with: tps | ratio | without: p99 ms | with: p99 ms |", "|---|--:|--:|--:|--:|--:|--:|",
            *(_row(application, clients, runs) for application in APPLICATIONS for clients in application.clients)]


def _draw(folder: Path, application: Application, runs: list[Run]) -> None:
    points = {way: [(clients, *_medians(runs, application.key, clients, way)) for clients in application.clients] for way in NAMES}
    rates = [Line(NAMES[way], [(clients, rate) for clients, rate, _ in points[way]]) for way in NAMES]
    late = [Line(NAMES[way], [(clients, p99) for clients, _, p99 in points[way]]) for way in NAMES]
    (folder / f"{application.key}-throughput.svg").write_text(chart(application.title, "clients", "transactions a second", rates, False))
    (folder / f"{application.key}-latency.svg").write_text(chart(application.title, "clients", "99th percentile of the latency, ms", late, True))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/pool-effect", description="Measures an application with and without the pool.")
    parser.add_argument("--seconds", type=int, default=8, help="for each run, and 0.04 more for each client; default 8")
    parser.add_argument("--warm-up", type=int, default=15, help="for each kind of application, not measured; default 15")
    parser.add_argument("--pairs", type=int, default=3, help="runs of each, alternating; default 3")
    parser.add_argument("--pool-size", type=int, default=10)
    parser.add_argument("--scale", type=int, default=10)
    parser.add_argument("--output", default=str(ROOT / "docs" / "pooling"), metavar="FOLDER", help="where data and pictures go; default docs/pooling")
    parser.add_argument("--of", metavar="FILE", help="measure nothing: draw the data of an earlier run")
    parser.add_argument("--postgres", default="/usr/lib/postgresql/15/bin", metavar="DIRECTORY")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
