"""The command bench/failover: a campaign of runs, its record, and the report."""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path

from outage import machine, report
from outage.cluster import Cluster
from outage.howdah import HowdahCluster, ProxiedHowdahCluster
from outage.idle import JUST_STARTED_SECONDS, SETTLED_SECONDS, measure_idle
from outage.patroni import TIMINGS, PatroniCluster
from outage.processes import BenchError, Scratch
from outage.scenarios import SCENARIOS, Checker, Run, measure
from outage.session import add_common_options, commit, exit_code, say, scratch_space

PEER_BINARIES = Path("/usr/lib/postgresql/15/bin")


class Campaign:
    """All runs of one call. What was measured so far is in `record` at any time."""

    def __init__(self, arguments: argparse.Namespace, scratch: Scratch) -> None:
        self._arguments = arguments
        self._scratch = scratch
        self._chance = random.Random(arguments.seed)
        self._checkers: dict[str, Checker] = {}
        self._deadline = time.monotonic() + arguments.limit
        self.record: report.Record = {
            "started_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "commit": commit(),
            "seed": arguments.seed,
            "machine": machine.facts(scratch.directory),
            "clusters": {},
            "idle": [],
            "runs": [],
            "problems": [],
        }

    def run(self) -> None:
        clusters: list[tuple[Cluster, int]] = []
        try:
            if self._arguments.runs > 0:
                kind = ProxiedHowdahCluster if self._arguments.through_proxies else HowdahCluster
                howdah = kind(self._arguments.howdah, self._arguments.postgres, self._scratch, self._chance)
                say("building Howdah where needed")
                howdah.build()
                clusters.append((howdah, self._arguments.runs))
                self._begin(howdah)
                self._idle(howdah)
            if self._arguments.peer != "none":
                peer = PatroniCluster(self._arguments.peer, self._scratch, _peer_binaries(self._arguments), self._chance)
                clusters.append((peer, self._arguments.peer_runs))
                self._begin(peer)
                self._idle(peer)
            self._measure(clusters)
            self._check_all()
        finally:
            for cluster, _ in clusters:
                say(f"stopping {cluster.name}")
                cluster.stop()
            self.record["finished_at"] = datetime.now(timezone.utc).isoformat(timespec="seconds")

    def _measure(self, clusters: list[tuple[Cluster, int]]) -> None:
        for number in range(1, max((runs for _, runs in clusters), default=0) + 1):
            for scenario in self._arguments.scenarios:
                for cluster, runs in clusters:
                    if number > runs:
                        continue
                    if time.monotonic() > self._deadline:
                        self.record["problems"].append(
                            f"stopped after --limit {self._arguments.limit:g} s, before {cluster.name} {scenario} run {number}")
                        return
                    run = measure(cluster, self._checkers[cluster.name], scenario, number, self._scratch, self._chance)
                    self.record["runs"].append(run.as_json())
                    say(_one_line(run))
                    if run.whole_after_seconds is None:
                        self._begin_anew(cluster)

    def _begin(self, cluster: Cluster) -> None:
        say(f"starting {cluster.name}")
        try:
            start = cluster.start()
        except BenchError:
            say(f"{cluster.name} does not start; its logs end so:\n{cluster.logs()}")
            raise
        self._checkers[cluster.name] = Checker(cluster)
        self.record["clusters"].setdefault(cluster.name, {"versions": cluster.versions, "start": asdict(start)})
        say(f"{cluster.name}: command {start.command_seconds:.1f} s, first write {start.first_write_seconds:.1f} s, "
            f"all in order {start.whole_seconds:.1f} s")

    def _begin_anew(self, cluster: Cluster) -> None:
        """A cluster that did not come back would spoil all further runs; its rows were checked as far as possible."""
        say(f"{cluster.name} did not become whole again; its logs end so:\n{cluster.logs()}")
        self.record["problems"].append(f"{cluster.name} was set up anew after its run {len(self.record['runs'])} of the record")
        cluster.stop()
        self._begin(cluster)

    def _idle(self, cluster: Cluster) -> None:
        if self._arguments.idle:
            peer = isinstance(cluster, PatroniCluster)
            more = {"etcd": cluster.store_pid()} if peer else {}
            # nothing is compiled in the peer's processes
            after = [JUST_STARTED_SECONDS] if peer else [JUST_STARTED_SECONDS, SETTLED_SECONDS]
            say(f"{cluster.name} idles for {after[-1] + self._arguments.idle:g} s")
            measured = measure_idle(cluster, after, self._arguments.idle, more)
            self.record["idle"] += [entry.as_json() for entry in measured]

    def _check_all(self) -> None:
        for name, checker in self._checkers.items():
            late = checker.newly_lost()
            if late:
                self.record["problems"].append(f"{name}: {late} acknowledged rows were gone at the very end")
            say(f"{name}: {checker.acknowledged} acknowledged rows looked for at the end, {checker.lost} lost")


def main() -> int:
    arguments = _parse()
    if arguments.from_file:
        print(report.markdown(json.loads(arguments.from_file.read_text())), end="")
        return 0
    with scratch_space(arguments.scratch, arguments.keep) as scratch:
        campaign = Campaign(arguments, scratch)
        try:
            campaign.run()
        except BenchError as error:
            campaign.record["problems"].append(f"ended early: {error}")
            raise
        finally:
            _publish(campaign.record, arguments)
    runs = campaign.record["runs"]
    return 1 if any(run["lost"] or run["problem"] for run in runs) or campaign.record["problems"] else 0


def _publish(record: report.Record, arguments: argparse.Namespace) -> None:
    """Also after an interruption: what was measured is not thrown away."""
    record["summary"] = report.summarise(record["runs"])
    if arguments.json:
        arguments.json.write_text(json.dumps(record, indent=2) + "\n")
    if record["runs"] or record["idle"] or record["clusters"]:
        text = report.markdown(record)
        if arguments.markdown is not None and arguments.markdown != "-":
            results = Path(arguments.markdown)
            results.write_text(report.with_section(results.read_text() if results.exists() else "", text))
        print(text, end="")


def _one_line(run: Run) -> str:
    errors = f"{sum(run.statement_errors.values())} + {sum(run.connection_errors.values())} errors"
    whole = "not whole again" if run.whole_after_seconds is None else f"whole after {run.whole_after_seconds:.1f} s"
    return (f"{run.cluster} {run.scenario} {run.number}: outage {run.outage_seconds:.3f} s, {errors}, lost "
            f"{'?' if run.lost is None else run.lost} of {run.acknowledged}, {run.leader_before} -> {run.leader_after or '?'}, "
            f"{whole}" + (f", PROBLEM: {run.problem}" if run.problem else ""))


def _peer_binaries(arguments: argparse.Namespace) -> Path:
    """The same PostgreSQL as Howdah's where that is a directory."""
    return Path(arguments.postgres) if Path(arguments.postgres).is_dir() else PEER_BINARIES


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench/failover",
        description="Measures the outage that a writing client sees when the primary crashes, when its host is lost, and in a "
                    "switchover; beside it, in the same run, the same with Patroni.",
        epilog="example: bench/failover --runs 5 --peer patroni-default --peer-runs 2 --idle --json result.json")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs of each scenario with Howdah (default: 5; 0: without Howdah)")
    parser.add_argument("--scenarios", type=_scenarios, default=list(SCENARIOS), metavar="LIST",
                        help=f"comma-separated, of {', '.join(SCENARIOS)}, or `none`: only start and --idle (default: all)")
    parser.add_argument("--through-proxies", action="store_true",
                        help="the client connects to Howdah's proxies, not to the primary that it finds itself")
    parser.add_argument("--peer", choices=[*TIMINGS, "none"], default="none", help="what runs beside it (default: none)")
    parser.add_argument("--peer-runs", type=int, metavar="N", help="runs of each scenario with the peer (default: as --runs)")
    parser.add_argument("--idle", type=float, nargs="?", const=60.0, default=0.0, metavar="SECONDS",
                        help="first measure what the agents cost while nothing happens (default span: 60)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured")
    parser.add_argument("--markdown", nargs="?", const="-", metavar="FILE",
                        help="put the dated section into a file, such as bench/RESULTS.md (without FILE: only print it)")
    parser.add_argument("--from", dest="from_file", type=Path, metavar="FILE",
                        help="measure nothing: print the section of an earlier --json file")
    parser.add_argument("--limit", type=float, default=3600.0, metavar="SECONDS",
                        help="begin no further run after this time (default: 3600)")
    add_common_options(parser)
    arguments = parser.parse_args()
    if arguments.peer_runs is None:
        arguments.peer_runs = arguments.runs
    if arguments.runs < 0 or arguments.peer_runs < 0 or arguments.idle < 0:
        parser.error("numbers of runs and seconds must not be negative")
    return arguments


def _scenarios(text: str) -> list[str]:
    if text == "none":
        return []
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in SCENARIOS:
            raise argparse.ArgumentTypeError(f"unknown scenario {name!r}: choose of {', '.join(SCENARIOS)}")
    return names


if __name__ == "__main__":
    sys.exit(exit_code(main))
