"""The command bench/adversity: random harm, round after round, to a cluster that clients write to all the time."""

from __future__ import annotations

import argparse
import random
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from outage.cluster import Cluster, Member, await_none
from outage.howdah import HowdahCluster
from outage.journal import Gap
from outage.patroni import TIMINGS, PatroniCluster
from outage.processes import BenchError, Scratch
from outage.scenarios import SETTLE_SECONDS, Checker, WriterProcess, await_service, inflict, writing
from outage.session import add_common_options, exit_code, say, scratch_space

ACTIONS = ("crash", "agent", "host-loss", "switchover")
STANDBY_SHARE = 0.25
"""So often a standby is hurt instead of the primary."""
SERVICE_BOUND_SECONDS = 60.0
HURRY_PAUSE_SECONDS = 5.0
VICTIM_BOUND_SECONDS = 10.0


@dataclass(frozen=True)
class Harm:
    action: str
    to_standby: bool
    which: int
    pause_seconds: float
    resume: bool
    """Only in a hurry: whether dead agents are started before the next harm."""


def harms(seed: int, rounds: int, actions: list[str]) -> list[Harm]:
    """The same for the same arguments, whatever the cluster does meanwhile."""
    chance = random.Random(seed)
    plan = []
    for _ in range(rounds):
        action = chance.choice(actions)
        to_standby = chance.random() < STANDBY_SHARE and action != "switchover"
        plan.append(Harm(action, to_standby, chance.randrange(2), chance.uniform(0, 1), chance.random() < 0.7))
    return plan


class Adversity:
    def __init__(self, cluster: Cluster, writers: list[WriterProcess], hurry: bool) -> None:
        self._cluster = cluster
        self._writers = writers
        self._hurry = hurry
        self._checker = Checker(cluster)
        self._crippled: list[Member] = []
        self.problems: list[str] = []

    def round(self, number: int, harm: Harm) -> None:
        victim = self._await_victim(harm)
        if victim is None:
            say(f"round {number}: nobody to hurt ({self._cluster.describe()})")
            self._resume()
            return
        time.sleep(harm.pause_seconds)
        fault_at = time.monotonic()
        complaint = None
        try:
            complaint = inflict(harm.action, self._cluster, victim)
        except BenchError as error:
            complaint = str(error)
        if harm.action in ("agent", "host-loss"):
            self._crippled.append(victim)
        what = f"round {number}: {harm.action} of {'standby' if not victim.primary else 'primary'} {victim.name}"
        if self._hurry:
            time.sleep(harm.pause_seconds * HURRY_PAUSE_SECONDS)
            say(f"{what}: longest gap so far {self._longest_gap(fault_at).seconds:.2f} s"
                + (f", the command said: {complaint}" if complaint else ""))
            if harm.resume:
                self._resume()
            return
        served = self._await_service(fault_at, victim.primary)
        gap = self._longest_gap(fault_at)
        self._resume()
        self.settle(f"{what}: outage {gap.seconds:.3f} s, then {self._cluster.leader().name} leads")
        if complaint:
            self._problem(f"{what}: the command said: {complaint}")
        if not served:
            self._problem(f"{what}: not served again within {SERVICE_BOUND_SECONDS:g} s")

    def settle(self, what: str) -> None:
        """Waits for a whole cluster, then looks for every acknowledged row, on the primary and on all members."""
        self._resume()
        seconds = self._cluster.await_whole()
        for writer in self._writers:
            self._checker.add(list(writer.journal().acknowledged_ids))
        lost = self._checker.newly_lost()
        missing = self._checker.missing_on_standbys()
        say(f"{what}; whole after {seconds:.1f} s; lost {lost} of {self._checker.acknowledged}")
        if lost:
            self._problem(f"{what}: {lost} acknowledged rows are LOST")
        if missing:
            self._problem(f"{what}: {missing} acknowledged rows are missing on a member")

    def summary(self) -> str:
        return f"{self._checker.acknowledged} acknowledged rows, {self._checker.lost} lost, {len(self.problems)} problems"

    def _await_victim(self, harm: Harm) -> Member | None:
        """Somebody whose agent and PostgreSQL run; None when nobody was found in time (two of three may be down)."""
        deadline = time.monotonic() + VICTIM_BOUND_SECONDS
        while (victim := self._victim(harm)) is None and time.monotonic() < deadline:
            time.sleep(0.5)
        return victim

    def _victim(self, harm: Harm) -> Member | None:
        try:
            members = self._cluster.members()
        except BenchError:
            return None
        able = [member for member in members if member.agent_pid and member.postmaster_pid]
        if harm.action == "switchover":
            return next((member for member in able if member.primary), None)
        wanted = [member for member in able if member.primary != harm.to_standby]
        return wanted[harm.which % len(wanted)] if wanted else None

    def _resume(self) -> None:
        crippled, self._crippled = self._crippled, []
        for member in crippled:
            self._cluster.resume(member)

    def _await_service(self, fault_at: float, of_primary: bool) -> bool:
        if of_primary:
            return all(await_service(writer, fault_at, SERVICE_BOUND_SECONDS) for writer in self._writers)
        time.sleep(SETTLE_SECONDS)

        def still_waiting() -> str | None:
            late = [w for w in self._writers if time.monotonic() - (w.journal().last_acknowledged_at() or 0) > 1]
            return "a writer waits" if late else None

        try:
            await_none(still_waiting, SERVICE_BOUND_SECONDS, "all writers are served")
        except BenchError:
            return False
        return True

    def _longest_gap(self, since: float) -> Gap:
        now = time.monotonic()
        gaps = [gap for writer in self._writers if (gap := writer.journal().outage(since, now)) is not None]
        return max(gaps, key=lambda gap: gap.seconds, default=Gap(since, now))

    def _problem(self, text: str) -> None:
        say(f"PROBLEM: {text}")
        self.problems.append(text)


def main() -> int:
    arguments = _parse()
    with scratch_space(arguments.scratch, arguments.keep) as scratch:
        cluster = _cluster(arguments, scratch)
        plan = harms(arguments.seed, arguments.rounds, arguments.actions)
        say(f"seed {arguments.seed}: " + ", ".join(f"{h.action}{'(standby)' if h.to_standby else ''}" for h in plan))
        deadline = time.monotonic() + arguments.limit
        try:
            with ExitStack() as stack:
                stack.callback(cluster.stop)
                cluster.start()
                writers = [stack.enter_context(writing(cluster, scratch)) for _ in range(arguments.writers)]
                adversity = Adversity(cluster, writers, arguments.hurry)
                try:
                    for number, harm in enumerate(plan, 1):
                        if time.monotonic() > deadline:
                            say(f"stopped after --limit {arguments.limit:g} s, before round {number}")
                            break
                        adversity.round(number, harm)
                    adversity.settle("at the end")
                except (BenchError, psycopg2.Error):
                    say(f"the logs end so:\n{cluster.logs()}")
                    raise
                print(f"seed {arguments.seed}, {arguments.rounds} rounds: {adversity.summary()}")
                for problem in adversity.problems:
                    print(f"- {problem}")
                if adversity.problems:
                    say(f"the logs end so:\n{cluster.logs()}")
                return 1 if adversity.problems else 0
        except (BenchError, psycopg2.Error) as error:
            raise BenchError(f"{error}\nHINT: the same harm again: --seed {arguments.seed}; --keep leaves the logs.") from error


def _cluster(arguments: argparse.Namespace, scratch: Scratch) -> Cluster:
    chance = random.Random(arguments.seed)
    if arguments.cluster != "howdah":
        return PatroniCluster(arguments.cluster, scratch, Path(arguments.postgres), chance)
    howdah = HowdahCluster(arguments.howdah, arguments.postgres, scratch, chance)
    howdah.build()
    return howdah


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench/adversity",
        description="Clients write while, round after round, a random one of these is done: kill -9 of a postmaster, of an agent, "
                    "of both, or a switchover. After each round the cluster must become whole and have every acknowledged row.",
        epilog="example: bench/adversity --rounds 12 --seed 7")
    parser.add_argument("--rounds", type=int, default=8, metavar="M", help="default: 8")
    parser.add_argument("--actions", type=_actions, default=list(ACTIONS), metavar="LIST",
                        help=f"comma-separated, of {', '.join(ACTIONS)} (default: all)")
    parser.add_argument("--writers", type=int, default=2, metavar="N", help="clients that write at the same time (default: 2)")
    parser.add_argument("--hurry", action="store_true",
                        help="do not wait for a whole cluster between the rounds, hurt what is just healing; only loss counts, "
                             "and that all is in order at the end")
    parser.add_argument("--cluster", choices=["howdah", *TIMINGS], default="howdah", help="who is hurt (default: howdah)")
    parser.add_argument("--limit", type=float, default=1800.0, metavar="SECONDS",
                        help="begin no further round after this time (default: 1800)")
    add_common_options(parser)
    arguments = parser.parse_args()
    if arguments.rounds < 1 or arguments.writers < 1:
        parser.error("--rounds and --writers must be at least 1")
    return arguments


def _actions(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in ACTIONS:
            raise argparse.ArgumentTypeError(f"unknown action {name!r}: choose of {', '.join(ACTIONS)}")
    if not names:
        raise argparse.ArgumentTypeError(f"no action: choose of {', '.join(ACTIONS)}")
    return names


if __name__ == "__main__":
    sys.exit(exit_code(main))
