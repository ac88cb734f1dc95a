"""Processes of a measurement: started here, found again, and ended one by one.

Everything that is started gets an environment variable with a value of this run; children inherit it. PostgreSQL overwrites
its own environment with the title shown by `ps`, and is known by its working directory, the data directory.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

MARK = "HOWDAH_BENCH_RUN"
CLOCK_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """A measurement cannot go on; the text says what happened and, after a HINT, what to do."""


class Scratch:
    """A directory of this run, its processes, and the end of both. `close` is safe to call twice."""

    def __init__(self, parent: str | None, keep: bool) -> None:
        self.mark = uuid.uuid4().hex
        self.directory = Path(tempfile.mkdtemp(prefix="howdah-bench.", dir=parent)).resolve()
        self.directory.chmod(0o755)  # PostgreSQL runs as another user than root
        self._keep = keep
        self._started: list[subprocess.Popen] = []

    def environment(self, **more: str) -> dict[str, str]:
        return os.environ | {MARK: self.mark} | more

    def start(self, command: list[str], log: Path, user: str | None = None, **more: str) -> subprocess.Popen:
        """Starts a process in a session of its own (a Ctrl-C at the terminal reaches only this program)."""
        with open(log, "ab") as output:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=self.directory,
                env=self.environment(**more), start_new_session=True,
                **({"user": user, "group": user, "extra_groups": []} if user else {}))
        self._started.append(process)
        return process

    def run(self, command: list[str], bound_seconds: float, **more: str) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end; one that takes longer than the bound is ended, and BenchError raised.

        The output goes through files: a service that the command leaves behind may hold them open.
        """
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as error:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=error, cwd=self.directory,
                env=self.environment(**more), start_new_session=True)
            try:
                process.wait(bound_seconds)
            except subprocess.TimeoutExpired:
                raise BenchError(f"`{' '.join(command)}` did not end within {bound_seconds:g} s") from None
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait(10)
            out.seek(0)
            error.seek(0)
            return subprocess.CompletedProcess(command, process.returncode, out.read(), error.read())

    def processes(self) -> list[int]:
        """Everything alive that descends from this run."""
        return [pid for pid in _all_processes() if pid != os.getpid() and self.owns(pid)]

    def owns(self, pid: int) -> bool:
        """Whether a process descends from this run (not yet known in the moment in which its program is loaded)."""
        if not is_alive(pid):
            return False
        try:
            if f"{MARK}={self.mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                return True
        except OSError:
            pass
        try:
            return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres" and _is_below(pid, self.directory)
        except OSError:
            return False

    def end_processes(self, below: Path | None = None) -> int:
        """Ends what is left (below a directory, or all): SIGTERM, after 3 s SIGKILL. Answers how many there were."""
        left = [pid for pid in self.processes() if below is None or _mentions(pid, below)]
        count = len(left)
        for number, patience_seconds in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 3.0)):
            for pid in left:
                kill(pid, number)
            deadline = time.monotonic() + patience_seconds
            while left and time.monotonic() < deadline:
                left = [pid for pid in left if is_alive(pid)]
                time.sleep(0.05)
        return count

    def remove(self, directory: Path) -> None:
        """Removes a directory of this run, unless everything is to be kept: then it gets out of the way."""
        if self._keep and directory.exists():
            directory.rename(directory.with_name(f"{directory.name}.{uuid.uuid4().hex[:8]}"))
        shutil.rmtree(directory, ignore_errors=True)

    def close(self) -> None:
        self.end_processes()
        for process in self._started:
            process.poll()
        if not self._keep:
            shutil.rmtree(self.directory, ignore_errors=True)


def kill(pid: int, number: int = signal.SIGKILL) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def is_alive(pid: int) -> bool:
    """Whether there is such a process that is more than a zombie. Reaps our own children on the way."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except (ChildProcessError, OSError):
        pass
    try:
        return _stat(pid)[0] not in ("Z", "X")
    except OSError:
        return False


@dataclass(frozen=True)
class Usage:
    """What a process has used so far: CPU seconds since its start, resident memory now."""

    cpu_seconds: float
    resident_mib: float


def usage(pid: int) -> Usage:
    """Raises OSError when there is no such process."""
    fields = _stat(pid)
    resident = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS:"))
    return Usage((int(fields[11]) + int(fields[12])) / CLOCK_TICKS_PER_SECOND, int(resident.split()[1]) / 1024)


def helpers_of(pid: int) -> list[int]:
    """The descendants of a process that are not PostgreSQL's."""
    children: dict[int, list[int]] = {}
    for other in _all_processes():
        try:
            children.setdefault(int(_stat(other)[1]), []).append(other)
        except OSError:
            continue
    found, open_pids = [], [pid]
    while open_pids:
        for child in children.get(open_pids.pop(), []):
            try:
                if Path(f"/proc/{child}/comm").read_text().strip() != "postgres":
                    found.append(child)
                    open_pids.append(child)
            except OSError:
                continue
    return found


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the command's name, which may hold blanks: state, parent, ..."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _all_processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _is_below(pid: int, directory: Path) -> bool:
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd")).is_relative_to(directory)
    except OSError:
        return False


def _mentions(pid: int, directory: Path) -> bool:
    try:
        return _is_below(pid, directory) or str(directory).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
