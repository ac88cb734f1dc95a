"""From a campaign's record (the JSON) to figures and to Markdown. Pure: the same record gives the same text."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from typing import Any, Iterable

Record = dict[str, Any]
"""What `bench/failover --json` writes."""

NEWEST_MARK = "<!-- newest result -->"
"""In a file of results: new sections come right below this line."""

SCENARIO_TITLES = {
    "crash": "crash (`kill -9` of the primary's postmaster)",
    "host-loss": "host loss (`kill -9` of agent and postmaster)",
    "switchover": "switchover (the command)",
}


def percentile(values: Iterable[float], percent: float) -> float:
    """By nearest rank: a value that was really measured, and with fewer than 20 values the 95th is the greatest."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def summarise(runs: list[Record]) -> list[Record]:
    """One entry for each scenario and cluster, in the order in which they first appear."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for run in runs:
        groups.setdefault((run["scenario"], run["cluster"]), []).append(run)
    order = list(SCENARIO_TITLES)
    return [_summary(scenario, cluster, groups[scenario, cluster])
            for scenario, cluster in sorted(groups, key=lambda key: order.index(key[0]))]


def _summary(scenario: str, cluster: str, runs: list[Record]) -> Record:
    # A run that was never served again counts with the time that was waited in vain: leaving it out would flatter.
    # One that broke before the fault says nothing about the outage.
    measured = [run for run in runs if run["outage_seconds"] > 0]
    outages = [run["outage_seconds"] for run in measured]
    return {
        "scenario": scenario,
        "cluster": cluster,
        "runs": len(runs),
        "median_seconds": round(statistics.median(outages), 3) if outages else None,
        "p95_seconds": percentile(outages, 95) if outages else None,
        "max_seconds": max(outages, default=None),
        "min_seconds": min(outages, default=None),
        "statement_errors_median": statistics.median(_errors(measured, "statement_errors")) if measured else None,
        "connection_errors_median": statistics.median(_errors(measured, "connection_errors")) if measured else None,
        "acknowledged": sum(run["acknowledged"] for run in runs),
        "lost": sum(run["lost"] or 0 for run in runs),
        "unchecked": sum(run["lost"] is None for run in runs),
        "missing_on_standbys": sum(run["missing_on_standbys"] or 0 for run in runs),
        "not_recovered": sum(not run["recovered"] for run in runs),
        "with_problems": sum(run["problem"] is not None for run in runs),
        "further_gaps": sum(len(run["further_gaps_seconds"]) for run in runs),
        "whole_after_median_seconds": _median(run["whole_after_seconds"] for run in runs),
    }


def markdown(record: Record) -> str:
    """A dated section for RESULTS.md."""
    machine = record["machine"]
    lines = [
        f"## {record['started_at'][:16].replace('T', ' ')} UTC: {_subject(record)}",
        "",
        f"Machine: {machine['cores']} cores ({machine['processor']}), {machine['memory_gib']} GiB memory, "
        f"{machine['system']}, Linux {machine['kernel']}, {machine['file_system']}; an fdatasync of 8 KiB takes "
        f"{machine['fdatasync_median_ms']} ms (median); load average before the start {machine['load_average']:.1f}, "
        f"during the runs {_load(record['runs'])}.",
    ]
    for name, cluster in record["clusters"].items():
        if "patroni" in cluster["versions"]:
            versions = cluster["versions"]
            lines.append(f"Peer {name}: Patroni {versions['patroni']} + etcd {versions['etcd']}, PostgreSQL "
                         f"{versions['postgres']}; {versions['settings']}. Same machine, same client, runs interleaved.")
    if record["runs"]:
        lines += ["", *_outage_table(record["runs"])]
        lines += ["", "Client errors: the median of failed statements + failed connection attempts in a run. "
                  "p95 by nearest rank (with fewer than 20 runs it is the greatest)."]
    lines += _error_list(record["runs"])
    lines += _start_table(record["clusters"])
    lines += _idle_table(record["idle"])
    lines += _notes(record)
    return "\n".join(lines) + "\n"


def with_section(results: str, section: str) -> str:
    """The text of a file of results with one more section: below the mark, or, where there is none, at the end."""
    before, mark, after = results.partition(NEWEST_MARK + "\n")
    if not mark:
        return f"{results.rstrip()}\n\n{section}".lstrip("\n")
    return f"{before}{mark}\n{section}{after}"


def _subject(record: Record) -> str:
    ours = [cluster["versions"] for cluster in record["clusters"].values() if "howdah" in cluster["versions"]]
    if not ours:
        return "the peer alone"
    versions = ours[0]
    return f"Howdah {versions['howdah']} ({record['commit']}), PostgreSQL {versions['postgres']}"


def _outage_table(runs: list[Record]) -> list[str]:
    lines = ["| scenario | cluster | runs | median | p95 | max | client errors | acknowledged rows | **lost** | whole again |",
             "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for entry in summarise(runs):
        lost = f"**{entry['lost']}**" + (f" ({entry['unchecked']} runs unchecked)" if entry["unchecked"] else "")
        errors = "–" if entry["statement_errors_median"] is None else (
            f"{entry['statement_errors_median']:g} + {entry['connection_errors_median']:g}")
        lines.append("| " + " | ".join([
            SCENARIO_TITLES[entry["scenario"]], entry["cluster"],
            str(entry["runs"]) + (f" ({entry['not_recovered']} not recovered)" if entry["not_recovered"] else ""),
            _seconds(entry["median_seconds"]), _seconds(entry["p95_seconds"]), _seconds(entry["max_seconds"]),
            errors, str(entry["acknowledged"]), lost, _seconds(entry["whole_after_median_seconds"]),
        ]) + " |")
    return lines


def _error_list(runs: list[Record]) -> list[str]:
    lines: list[str] = []
    for cluster in dict.fromkeys(run["cluster"] for run in runs):
        texts: Counter[str] = Counter()
        for run in runs:
            if run["cluster"] == cluster:
                texts.update(run["statement_errors"])
                texts.update(run["connection_errors"])
        if texts:
            lines.append(f"- {cluster}: " + "; ".join(f"{count} × `{text}`" for text, count in texts.most_common(6)))
    return ["", "What clients were told (all runs, most frequent first):", "", *lines] if lines else []


def _start_table(clusters: dict[str, Record]) -> list[str]:
    lines = ["", "| start (after the build) | command returned | first acknowledged write | all members in order |",
             "|---|--:|--:|--:|"]
    for name, cluster in clusters.items():
        start = cluster["start"]
        lines.append(f"| {name} | {_seconds(start['command_seconds'])} | {_seconds(start['first_write_seconds'])} "
                     f"| {_seconds(start['whole_seconds'])} |")
    return lines if clusters else []


def _idle_table(idle: list[Record]) -> list[str]:
    if not idle:
        return []
    lines = ["", f"| idle for {idle[0]['seconds']:.0f} s | from the start | CPU, % of a core | resident, MiB | its helpers: CPU, resident |",
             "|---|--:|--:|--:|--:|"]
    for entry in idle:
        lines.append(f"| {entry['cluster']} {entry['process']} | {entry['after_seconds']:.0f} s | {entry['cpu_percent']:.1f} | {entry['resident_mib']:.0f} "
                     f"| {entry['helpers_cpu_percent']:.1f}, {entry['helpers_resident_mib']:.0f} |")
    return lines


def _notes(record: Record) -> list[str]:
    notes = [f"- {run['cluster']} {run['scenario']} run {run['number']}: {run['problem']}"
                for run in record["runs"] if run["problem"]]
    notes += [f"- {run['cluster']} {run['scenario']} run {run['number']}: further interruptions of "
                 + ", ".join(f"{gap:g} s" for gap in run["further_gaps_seconds"])
                 for run in record["runs"] if run["further_gaps_seconds"]]
    notes += [f"- {run['cluster']} {run['scenario']} run {run['number']}: {run['missing_on_standbys']} acknowledged rows "
                 "were missing on a member" for run in record["runs"] if run["missing_on_standbys"]]
    notes += [f"- {text}" for text in record["problems"]]
    return ["", "Noted:", "", *notes] if notes else []


def _errors(runs: list[Record], kind: str) -> list[int]:
    return [sum(run[kind].values()) for run in runs]


def _load(runs: list[Record]) -> str:
    loads = [run["load_average"] for run in runs]
    return f"{min(loads):.1f} to {max(loads):.1f}" if loads else "not recorded"


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(statistics.median(known), 3) if known else None


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f} s"
