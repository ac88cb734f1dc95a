"""What was lost, from what was acknowledged and what is there."""

from __future__ import annotations

import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Loss:
    """Of one kill.

    `seconds` go from the acknowledgement of the newest row that was kept to that of the last one that was lost; `hole` are rows that
    are missing though a later one is there, which must never be.
    """

    acknowledged: int
    rows: int
    seconds: float
    hole: int


def loss_of(acknowledged: list[tuple[int, float]], kept: set[int]) -> Loss:
    """`acknowledged`: numbers in the order of their commits, each with the moment of its acknowledgement."""
    lost = [(number, at) for number, at in acknowledged if number not in kept]
    there = [(number, at) for number, at in acknowledged if number in kept]
    if not lost:
        return Loss(len(acknowledged), 0, 0.0, 0)
    newest = max(there, default=None)
    since = newest[1] if newest else acknowledged[0][1]
    hole = sum(1 for number, _ in lost if newest and number < newest[0])
    return Loss(len(acknowledged), len(lost), lost[-1][1] - since, hole)


def table(losses: list[Loss], promised: list[float | None]) -> str:
    seconds = sorted(loss.seconds for loss in losses)
    known = [each for each in promised if each is not None]
    lines = ["| kills | rows acknowledged | lost, median | lost, maximum | rows lost, maximum | rows missing before a kept one | "
             "`howdah_wal_archive_rpo_seconds` before the kill, maximum |",
             "|---|---|---|---|---|---|---|",
             f"| {len(losses)} | {sum(loss.acknowledged for loss in losses)} | {statistics.median(seconds):.2f} s | {seconds[-1]:.2f} s | "
             f"{max(loss.rows for loss in losses)} | {sum(loss.hole for loss in losses)} | "
             f"{f'{max(known):.2f} s' if known else 'not known'} |"]
    return "\n".join(lines)
