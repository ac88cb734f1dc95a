"""What both commands share: interruption, the set-up of clusters, the words on the terminal."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from outage.processes import BenchError, Scratch

REPOSITORY = Path(__file__).resolve().parent.parent.parent
STARTED_AT = time.monotonic()


class Interrupted(BaseException):
    """SIGINT or SIGTERM came."""


def say(text: str) -> None:
    """A line of progress on stderr; stdout is for results."""
    print(f"[{time.monotonic() - STARTED_AT:7.1f} s] {text}", file=sys.stderr, flush=True)


@contextmanager
def scratch_space(parent: str | None, keep: bool) -> Iterator[Scratch]:
    """A Scratch whose processes and files are gone after the block, also when it is interrupted."""

    def interrupt(number: int, _: object) -> None:
        raise Interrupted(signal.Signals(number).name)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    scratch = Scratch(parent, keep)
    try:
        yield scratch
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # the end is bounded; it shall not be cut short
        scratch.close()
        if keep:
            say(f"kept: {scratch.directory}")


def exit_code(command) -> int:
    """Runs a command's body: 0 done, 1 failed with a text, 130 interrupted."""
    try:
        return command()
    except BenchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except Interrupted as signalled:
        print(f"interrupted by {signalled}; all processes of this run are ended", file=sys.stderr)
        return 130


def add_common_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--howdah", type=Path, default=REPOSITORY / "howdah", metavar="PATH",
                        help="the launcher (default: this checkout's)")
    parser.add_argument("--postgres", default="/usr/lib/postgresql/15/bin", metavar="PATH|embedded|auto",
                        help="PostgreSQL for Howdah: a bin directory, `embedded`, or `auto` for the program's own choice "
                             "(default: %(default)s, which the peer uses as well)")
    parser.add_argument("--seed", type=int, default=1, help="what the random moments come from (default: %(default)s)")
    parser.add_argument("--scratch", metavar="DIR", help="where the temporary directory is made (default: the system's)")
    parser.add_argument("--keep", action="store_true", help="leave the temporary directory with all logs")


def commit() -> str:
    """The commit that is measured, with a + when files differ from it."""
    try:
        found = subprocess.run(["git", "describe", "--always", "--abbrev=8", "--dirty=+"], cwd=REPOSITORY, timeout=20,
                               capture_output=True, text=True, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown commit"
    return found.stdout.strip() or "unknown commit"
