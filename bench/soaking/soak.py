"""`bench/soak`: see bench/README.md."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import resource
import ssl
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

from outage.machine import LOOPBACK, facts
from outage.processes import BenchError, Scratch
from soaking.client import PASSWORD, USERS, Client, Tally
from soaking.proxy import ROOT, Room
from soaking.verdict import Sample, Soak, markdown
from soaking.wire import Session
from soaking.work import Work

SAMPLE_SECONDS = 10.0
COLLECTION_EVERY = 3
"""So many samples: then Java is asked to collect, and how much is left."""
CALM_SECONDS = 60.0
"""Within which the proxy lets go of what vanished clients have left."""


async def soak(room: Room, machine: dict, options: argparse.Namespace) -> Soak:
    tls = ssl.create_default_context(cafile=room.certificate)
    tls.check_hostname = False
    address = (LOOPBACK, room.port)
    before = room.descriptors()
    tally = Tally()
    over = asyncio.Event()
    clients = [asyncio.create_task(Client(number, address, tls, tally, options.seed, options.pause).run(over)) for number in range(options.clients)]
    samples: list[Sample] = []
    begun, cpu = time.monotonic(), room.cpu_seconds()
    while (passed := time.monotonic() - begun) < options.seconds and room.is_alive():
        samples.append(await _sample(room, tally, passed, len(samples) % COLLECTION_EVERY == 0))
        last = samples[-1]
        print(f"{passed:5.0f} s: {last.clients:5} clients, {last.resident_mib:6.1f} MiB, {last.descriptors:5} descriptors, {last.server_connections:3} server "
              f"connections, {tally.counts['answers']:,} answers, {tally.counts['violations']} wrong", file=sys.stderr)
        await asyncio.sleep(min(SAMPLE_SECONDS, max(0.0, options.seconds - (time.monotonic() - begun))))
    seconds = time.monotonic() - begun
    cpu = room.cpu_seconds() - cpu if room.is_alive() else 0.0
    over.set()
    done, late = await asyncio.wait(clients, timeout=120)
    broken = [f"the soak itself broke: {task.exception()!r}" for task in done if task.exception()] + [f"{len(late)} clients do not end"] * bool(late)
    return Soak(f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M}", _commit(), machine, room.server_version(), options.seed, options.clients, room.pools(), seconds,
                samples, dict(tally.counts), tally.violations, broken + await _after(room, address, before), cpu)


async def _sample(room: Room, tally: Tally, seconds: float, collect: bool) -> Sample:
    loop = asyncio.get_running_loop()
    heap, direct = await loop.run_in_executor(None, room.heap_and_direct_mib) if collect else (None, None)
    await loop.run_in_executor(None, room.tidy)
    connections = await loop.run_in_executor(None, room.server_connections)
    return Sample(seconds, tally.connected, room.resident_mib(), heap, direct, room.descriptors(), connections)


async def _after(room: Room, address: tuple[str, int], before: int) -> list[str]:
    """What is wrong when all clients are gone."""
    if not room.is_alive():
        return ["the proxy is not there any more"]
    wrong = []
    deadline = time.monotonic() + CALM_SECONDS
    while time.monotonic() < deadline and room.descriptors() > before + room.server_connections() + 10:
        await asyncio.sleep(1)
    left = room.descriptors() - before - room.server_connections()
    if left > 10:
        wrong.append(f"{left} descriptors are left when all clients are gone")
    for user in USERS:
        try:
            async with asyncio.timeout(30):
                session = Session(address)
                await session.connect(None)
                await session.log_in(user, PASSWORD, "soak", "afterwards")
                work = Work(session, "afterwards", random.Random(1))
                for _ in range(50):
                    await work.simple()
                session.leave()
        except Exception as problem:  # whatever it is, the pool does not serve
            wrong.append(f"afterwards {user} is not served: {problem!r}")
    return wrong


def main() -> int:
    options = _options()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    scratch = Scratch(options.scratch, options.keep)
    try:
        room = Room(scratch, Path(options.postgres), options.pool_size, options.clients, random.Random())
        room.start()
        result = asyncio.run(soak(room, facts(scratch.directory), options))
    except BenchError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        scratch.close()
    report = "\n".join(markdown(result)) + "\n"
    if options.json:
        Path(options.json).write_text(json.dumps(result.as_json(), indent=1) + "\n")
    if options.markdown:
        Path(options.markdown).write_text(report)
    print(report, end="")
    return 1 if result.failures() else 0


def _commit() -> str:
    return subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()


def _seconds(text: str) -> float:
    found = re.fullmatch(r"([0-9]+)(s|m|h)", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 90s, 5m or 1h")
    return int(found[1]) * {"s": 1, "m": 60, "h": 3600}[found[2]]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/soak", description="Clients that connect to `howdah proxy`, work and vanish, for a long time. Exit code 1 "
                                     "when it grows, when it does not serve afterwards, or when anybody got a wrong answer.")
    parser.add_argument("--for", dest="seconds", type=_seconds, default="1h", metavar="TIME", help="90s, 5m, 1h (the default)")
    parser.add_argument("--clients", type=int, default=2000, help="default 2000")
    parser.add_argument("--pause", type=float, default=2.0, metavar="SECONDS", help="mean pause of a client between two questions; default 2")
    parser.add_argument("--pool-size", type=int, default=20, help="server connections for each of the four roles; default 20")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same clients; when they come is the machine's affair; default 1")
    parser.add_argument("--json", metavar="FILE", help="all figures and samples")
    parser.add_argument("--markdown", metavar="FILE", help="the report, which is also printed")
    parser.add_argument("--scratch", metavar="DIRECTORY", help="where the temporary directory goes")
    parser.add_argument("--keep", action="store_true", help="leaves that directory, with all logs")
    parser.add_argument("--postgres", default="/usr/lib/postgresql/15/bin", metavar="DIRECTORY")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
