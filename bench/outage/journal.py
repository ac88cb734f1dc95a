"""What the writer saw, and what follows from it. Pure: no clock, no file, no process.

A journal is lines of text, all times in seconds of the machine's monotonic clock:

    C <at> <port>      a connection was established (to that port)
    A <at> <id>        the insert of this row was acknowledged
    S <at> <text>      a statement failed: its row may or may not exist
    F <at> <text>      an attempt to connect failed
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field

NOTICEABLE_GAP_SECONDS = 0.2
"""Shorter gaps between two acknowledged commits are not called an interruption."""


@dataclass(frozen=True)
class Gap:
    """A span in which nothing was acknowledged: from one acknowledged commit to the next, in seconds."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass
class Journal:
    """The events of one writer, in the order in which they happened."""

    connected: list[tuple[float, int]] = field(default_factory=list)
    acknowledged_at: list[float] = field(default_factory=list)
    acknowledged_ids: list[int] = field(default_factory=list)
    statement_errors: list[tuple[float, str]] = field(default_factory=list)
    connection_errors: list[tuple[float, str]] = field(default_factory=list)

    def add(self, line: str) -> None:
        """Takes one complete line; raises ValueError on a line that no writer of ours wrote."""
        kind, at, rest = line.split(" ", 2)
        match kind:
            case "C":
                self.connected.append((float(at), int(rest)))
            case "A":
                self.acknowledged_at.append(float(at))
                self.acknowledged_ids.append(int(rest))
            case "S":
                self.statement_errors.append((float(at), rest))
            case "F":
                self.connection_errors.append((float(at), rest))
            case _:
                raise ValueError(f"unknown kind of journal line: {line!r}")

    def last_acknowledged_at(self) -> float | None:
        return self.acknowledged_at[-1] if self.acknowledged_at else None

    def acknowledged_between(self, start: float, end: float) -> int:
        return bisect_right(self.acknowledged_at, end) - bisect_left(self.acknowledged_at, start)

    def gaps_ending_after(self, at: float, until: float | None = None) -> list[Gap]:
        """The gaps whose end is later than `at`: those that a fault at that moment can have caused.

        With `until` a writer that was still waiting at that moment is counted: the gap is then open, and ends there.
        """
        times = self.acknowledged_at
        first = bisect_right(times, at)
        gaps = [Gap(times[i - 1], times[i]) for i in range(max(first, 1), len(times))]
        if until is not None and times and until > max(times[-1], at):
            gaps.append(Gap(times[-1], until))
        return gaps

    def outage(self, fault_at: float, until: float | None = None) -> Gap | None:
        """The longest gap that ended after the fault; None when nothing was acknowledged at all.

        Not simply the gap that spans the fault: a killed postmaster leaves backends that may acknowledge a moment longer.
        """
        return max(self.gaps_ending_after(fault_at, until), key=lambda gap: gap.seconds, default=None)

    def serving_since(self, fault_at: float) -> float | None:
        """When the newest connection that was opened after the fault had its first commit acknowledged.

        None while there is no such commit: an old connection that still answers is no recovery.
        """
        if not self.connected or self.connected[-1][0] <= fault_at:
            return None
        first = bisect_right(self.acknowledged_at, self.connected[-1][0])
        return self.acknowledged_at[first] if first < len(self.acknowledged_at) else None

    def statement_errors_after(self, at: float) -> Counter[str]:
        return Counter(text for moment, text in self.statement_errors if moment > at)

    def connection_errors_after(self, at: float) -> Counter[str]:
        return Counter(text for moment, text in self.connection_errors if moment > at)
