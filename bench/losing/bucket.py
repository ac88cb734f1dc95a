"""A bucket to archive into: the S3 server of `backup`'s tests, in a process that is not killed with the cluster."""

from __future__ import annotations

import subprocess
from pathlib import Path

from outage.processes import BenchError

PROGRAM = Path(__file__).with_name("bucket")


class Bucket:
    """Starts it; `address` names it as a repository. To be closed."""

    def __init__(self, credentials: Path, delay_ms: int) -> None:
        command = [str(PROGRAM), str(credentials), str(delay_ms)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()
        if not self.address.startswith("s3://"):
            raise BenchError(f"there is no bucket: {self.address or 'it has ended'}")

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)
