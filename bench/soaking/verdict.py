"""From samples of a soak to a verdict and a report. Pure."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Sample:
    """How large the proxy is at one moment."""

    seconds: float
    """Since the soak began."""
    clients: int
    """Those that are logged in."""
    resident_mib: float
    heap_mib: float | None
    """Of live objects, right after a collection; None where that was not measured."""
    direct_mib: float | None
    """Outside the heap, taken by Java's and Netty's buffers; None where that was not measured."""
    descriptors: int
    server_connections: int


@dataclass(frozen=True)
class Bound:
    """By how much something may have grown in the second half, and nobody calls it growth."""

    measure: str
    unit: str
    absolute: float
    share: float
    """Of its median in the second half."""


BOUNDS = [
    Bound("resident_mib", "MiB", 8, 0.04),
    Bound("heap_mib", "MiB", 2, 0.10),
    Bound("direct_mib", "MiB", 9, 0.10),  # Netty takes 4 MiB at a time
    Bound("descriptors", "", 40, 0.05),
    Bound("server_connections", "", 3, 0.10),
]


@dataclass(frozen=True)
class Growth:
    """What the second half says of one measure."""

    bound: Bound
    median: float
    highest: float
    growth: float
    """By the straight line through the second half, from its beginning to its end."""
    samples: int

    @property
    def allowed(self) -> float:
        return max(self.bound.absolute, self.bound.share * self.median)

    @property
    def is_flat(self) -> bool:
        return self.growth <= self.allowed


def growths(samples: list[Sample]) -> list[Growth]:
    """Of everything that was measured at least four times in the second half."""
    if not samples:
        return []
    middle = (samples[0].seconds + samples[-1].seconds) / 2
    found = []
    for bound in BOUNDS:
        points = [(s.seconds, float(getattr(s, bound.measure))) for s in samples if s.seconds >= middle and getattr(s, bound.measure) is not None]
        if len(points) >= 4:
            values = [value for _, value in points]
            found.append(Growth(bound, statistics.median(values), max(values), slope(points) * (points[-1][0] - points[0][0]), len(points)))
    return found


def slope(points: list[tuple[float, float]]) -> float:
    """The median of the slopes between all pairs (Theil and Sen): single peaks do not bend it."""
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for i, a in enumerate(points) for b in points[i + 1:] if b[0] > a[0]]
    return statistics.median(slopes) if slopes else 0.0


@dataclass
class Soak:
    """All that came out of it."""

    when: str
    commit: str
    machine: dict
    postgres: str
    seed: int
    clients: int
    pools: str
    seconds: float
    samples: list[Sample]
    counts: dict[str, int]
    violations: list[str]
    after: list[str]
    """What is wrong when all clients are gone; empty when nothing is."""
    cpu_seconds: float

    def failures(self) -> list[str]:
        failures = list(self.violations[:20]) + list(self.after)
        measured = growths(self.samples)
        if len(measured) < 3:
            failures.append("the soak was too short to judge growth")
        failures += [f"{g.bound.measure} grew by {g.growth:.1f} {g.bound.unit} in the second half; {g.allowed:.1f} are allowed"
                     for g in measured if not g.is_flat]
        return failures

    def as_json(self) -> dict:
        return asdict(self) | {"failures": self.failures()}


def markdown(soak: Soak) -> list[str]:
    failures = soak.failures()
    hours = soak.seconds / 3600
    answers, logins = soak.counts.get("answers", 0), soak.counts.get("logins", 0)
    lines = [
        f"## {soak.when} UTC: {soak.clients:,} clients for {_duration(soak.seconds)} ({soak.commit}): "
        + ("flat, and everybody got his own answers" if not failures else "**not passed**"), "",
        f"Machine: {soak.machine['cores']} cores ({soak.machine['processor']}), {soak.machine['memory_gib']} GiB, {soak.machine['system']}, Linux "
        f"{soak.machine['kernel']}. {soak.postgres}. {soak.pools}. Seed {soak.seed}.", "",
        f"{logins:,} logins ({logins / hours / 3600:.0f} a second), {answers:,} checked answers ({answers / hours / 3600:.0f} a second), "
        f"{soak.counts.get('violations', 0)} wrong; the proxy used {soak.cpu_seconds / soak.seconds:.0%} of a core. "
        + "; ".join(f"{name}: {soak.counts[name]:,}" for name in ("waited in vain", "login too slow", "idle too long", "idle in a transaction") if name in soak.counts) + ".", "",
        "| second half | median | highest | growth | allowed | |", "|---|--:|--:|--:|--:|---|"]
    for g in growths(soak.samples):
        name = g.bound.measure.replace("_mib", "").replace("_", " ")
        lines.append(f"| {name}{', ' + g.bound.unit if g.bound.unit else ''} | {g.median:.1f} | {g.highest:.1f} | {g.growth:+.1f} | {g.allowed:.1f} | "
                     f"{'flat' if g.is_flat else '**grows**'} |")
    lines += ["", "How clients went: " + _listed(soak.counts, "ends: ") + ". Who did not come in: " + _listed(soak.counts, "intruders: ") + ".",
              "Answers: " + _listed(soak.counts, "answers: ") + "."]
    if failures:
        lines += ["", "What is wrong:", ""] + [f"- {failure}" for failure in failures]
    return lines


def _listed(counts: dict[str, int], prefix: str) -> str:
    return ", ".join(f"{name.removeprefix(prefix)} {counts[name]:,}" for name in sorted(counts) if name.startswith(prefix))


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes"
