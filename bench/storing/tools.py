"""Howdah and pgBackRest: how each backs up and restores, and what that costs."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path

from outage.processes import BenchError
from storing.server import BUILD_BOUND_SECONDS, COMMAND_BOUND_SECONDS, OURS, PEER, ROOT, STANZA, Cost, Server


class Tool:
    """One of the two, with a repository that is made anew in each round."""

    name: str

    def __init__(self, server: Server) -> None:
        self.server = server
        self.round = 0

    @property
    def repository(self) -> Path:
        return self.server.scratch.directory / f"{self.name}-{self.round}"

    def begin(self, number: int) -> None:
        """Makes an empty repository."""
        if self.round:
            self.server.scratch.remove(self.repository)
        self.round = number

    def backup(self) -> Cost:
        raise NotImplementedError

    def restore(self, directory: Path, delta: bool) -> Cost:
        raise NotImplementedError

    def measured(self, command: list[str]) -> Cost:
        """Runs a command; its own CPU time and memory come from the kernel's account of what has ended, the server's CPU time from its processes."""
        server_before, stored_before = self.server.cpu_seconds(), self._stored()
        log = self.server.scratch.directory / f"{self.name}.log"
        begun = time.monotonic()
        process = self.server.scratch.start(command, log)
        bound = threading.Timer(COMMAND_BOUND_SECONDS, process.kill)
        bound.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - begun
        bound.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise BenchError(f"`{' '.join(command)}` ended with {process.returncode}: {log.read_text()[-800:]}")
        cpu = used.ru_utime + used.ru_stime + self.server.cpu_seconds() - server_before
        return Cost(wall, cpu, self._stored() - stored_before, used.ru_maxrss / 1024)

    def _stored(self) -> int:
        """Bytes of the repository's files, WAL left out: each keeps that in its own way, and both have to."""
        total = 0
        for folder, names, files in os.walk(self.repository):
            names[:] = [name for name in names if name not in ("wal", "archive")]
            total += sum((Path(folder) / file).lstat().st_size for file in files)
        return total


class Howdah(Tool):
    name = OURS

    def build(self) -> str:
        done = self.server.scratch.run([str(ROOT / "howdah"), "--version"], BUILD_BOUND_SECONDS)
        if done.returncode != 0:
            raise BenchError(f"howdah could not be built: {(done.stdout + done.stderr)[-800:]}")
        return done.stdout.strip()

    def backup(self) -> Cost:
        return self.measured([*self._command("backup"), "--data", str(self.server.data)])

    def restore(self, directory: Path, delta: bool) -> Cost:
        return self.measured([*self._command("restore"), "--immediate", "--prepare-only", "--directory", str(directory), *(["--delta"] if delta else [])])

    def _command(self, verb: str) -> list[str]:
        return [str(ROOT / "howdah"), verb, "--repository", str(self.repository), "--workers", str(self.server.options.workers)]


class PgBackRest(Tool):
    name = PEER

    @property
    def _file(self) -> Path:
        return self.server.scratch.directory / "pgbackrest.conf"

    def archive_command(self) -> str:
        return f"pgbackrest --config={self._file} --stanza={STANZA} archive-push %p"

    def begin(self, number: int) -> None:
        super().begin(number)
        for name in (f"{self.name}-{number}", f"{self.name}-run-{number}"):
            self.server.directory(name)
        run = self.server.scratch.directory / f"{self.name}-run-{number}"
        self._file.write_text(f"""\
[global]
repo1-path={self.repository}
repo1-retention-full=9
repo1-bundle=y
repo1-block=y
beta=y
compress-type=zst
compress-level=1
process-max={self.server.options.workers}
start-fast=y
log-level-console=error
log-level-file=off
lock-path={run}
spool-path={run}
[{STANZA}]
pg1-path={self.server.data}
pg1-port={self.server.port}
pg1-socket-path={self.server.home}
pg1-user=postgres
""")

    def make(self) -> None:
        """Makes the repository usable; the server has to run."""
        self.server.run(self._command("stanza-create"))

    def backup(self) -> Cost:
        return self.measured(self._command("backup"))

    def restore(self, directory: Path, delta: bool) -> Cost:
        if not delta:
            directory.mkdir(mode=0o700)
            if os.geteuid() == 0:
                shutil.chown(directory, "postgres", "postgres")
        return self.measured(self._command("restore", f"--pg1-path={directory}", "--type=immediate", "--archive-mode=off", *(["--delta"] if delta else [])))

    def version(self) -> str:
        return self.server.run(["pgbackrest", "version"]).strip()

    def _command(self, verb: str, *more: str) -> list[str]:
        return self.server.as_server(["pgbackrest", f"--config={self._file}", f"--stanza={STANZA}", *more, verb])


def damage(directory: Path) -> None:
    """What a restore has to mend: some pages of the largest files are overwritten, one file is cut short, one is gone."""
    files = sorted((file for file in (directory / "base").rglob("*") if file.is_file()), key=lambda file: (-file.stat().st_size, str(file)))
    for file in files[:4]:
        with open(file, "r+b") as opened:
            for at in range(0, file.stat().st_size, 16 << 20):
                opened.seek(at)
                opened.write(b"damaged" * 100)
    with open(files[4], "r+b") as opened:
        opened.truncate(files[4].stat().st_size // 2)
    files[5].unlink()

