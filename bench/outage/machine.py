"""Facts about this machine, and ports that nobody uses on it."""

from __future__ import annotations

import os
import platform
import random
import socket
import statistics
import time
from pathlib import Path

LOOPBACK = "127.0.0.1"
PORTS = range(20000, 32000)
"""Below the range from which Linux takes the client ends of connections: a port of ours stays free while its server is down."""


def facts(scratch: Path) -> dict:
    """What a reader needs to judge figures by; names no host and no path."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _field("/proc/cpuinfo", "model name"),
        "memory_gib": round(int(_field("/proc/meminfo", "MemTotal").split()[0]) / 1024**2, 1),
        "kernel": platform.release(),
        "system": _quoted_field("/etc/os-release", "PRETTY_NAME"),
        "file_system": _file_system(scratch),
        "fdatasync_median_ms": _fdatasync_median_ms(scratch),
        "load_average": load_average(),
    }


def load_average() -> float:
    """Processes that wanted to run, averaged over the last minute."""
    return os.getloadavg()[0]


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_base_port(offsets: list[int], chance: random.Random) -> int:
    """A port such that it plus each of the offsets is free; raises RuntimeError when 200 tries found none."""
    for _ in range(200):
        base = chance.randrange(PORTS.start, PORTS.stop - max(offsets), 10)
        if all(is_free(base + offset) for offset in offsets):
            return base
    raise RuntimeError(f"no free block of ports between {PORTS.start} and {PORTS.stop} in 200 tries")


def _field(file: str, name: str) -> str:
    try:
        for line in Path(file).read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == name:
                return value.strip()
    except OSError:
        pass
    return "unknown"


def _quoted_field(file: str, name: str) -> str:
    try:
        for line in Path(file).read_text().splitlines():
            key, _, value = line.partition("=")
            if key == name:
                return value.strip('"')
    except OSError:
        pass
    return platform.system()


def _file_system(directory: Path) -> str:
    device = os.stat(directory).st_dev
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        if before.split()[2] == wanted:
            return after.split()[0]
    return "unknown"


def _fdatasync_median_ms(directory: Path) -> float:
    """A commit cannot be faster than this; on a shared machine it says much about the disk of the day."""
    file = directory / "fdatasync"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        durations = []
        for _ in range(50):
            os.pwrite(descriptor, b"\0" * 8192, 0)
            start = time.monotonic()
            os.fdatasync(descriptor)
            durations.append(time.monotonic() - start)
        return round(statistics.median(durations) * 1000, 2)
    finally:
        os.close(descriptor)
        file.unlink()
