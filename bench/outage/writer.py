"""The writing client: one connection, one row per transaction, one after the other, for ever.

usage: python3 -m outage.writer --journal FILE --dsn DSN [--first-id N]     (the password comes in PGPASSWORD)

It ends when its standard input is closed (so also when whoever started it dies) or on SIGTERM. Every wait has a bound:
`connect_timeout` for each address, `statement_timeout` in the server, and, because PostgreSQL does not apply
that one to the wait for synchronous standbys, ANSWER_BOUND_SECONDS in this client.

A commit that was reported with the warning "canceling wait for synchronous replication" is durable on one server only.
It is not an acknowledgement, and is counted as a failed statement.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import sys
import threading
import time

import psycopg2

ANSWER_BOUND_SECONDS = 3.0
PAUSE_AFTER_COMMIT_SECONDS = 0.005
PAUSE_AFTER_ERROR_SECONDS = 0.010

ADDRESS = re.compile(r'connection to server at "[^"]*"(?: \([^)]*\))?, port \d+ failed: ')


def reason(error: BaseException) -> str:
    """The error's text in one line, without addresses, every reason once: errors of the same kind look the same.

    The error of a connection attempt has a line or more for each address of a multi-host string.
    """
    reasons: list[str] = []
    for line in str(error).splitlines():
        text = ADDRESS.sub("", line).strip()
        if text and not text.startswith(("Is the server running", "This probably means", "before or while processing")):
            if text not in reasons:
                reasons.append(text)
    return " | ".join(reasons)[:300] or type(error).__name__


class AnswerBound:
    """Breaks the connection when the server has not answered in time. Thread-safe."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._file_descriptor: int | None = None
        self._deadline = 0.0
        self.broken = False
        threading.Thread(target=self._watch, name="answer-bound", daemon=True).start()

    def begin(self, file_descriptor: int) -> None:
        with self._lock:
            self._file_descriptor, self._deadline, self.broken = file_descriptor, time.monotonic() + self._seconds, False

    def end(self) -> None:
        with self._lock:
            self._file_descriptor = None

    def _watch(self) -> None:
        while True:
            time.sleep(0.05)
            with self._lock:
                if self._file_descriptor is not None and time.monotonic() > self._deadline:
                    # libpq, blocked in a read, sees the end of the stream and reports a lost connection
                    with socket.socket(fileno=os.dup(self._file_descriptor)) as connection:
                        connection.shutdown(socket.SHUT_RDWR)
                    self._file_descriptor, self.broken = None, True


class Writer:
    def __init__(self, journal: int, dsn: str, first_id: int) -> None:
        self._journal = journal
        self._dsn = dsn
        self._id = first_id
        self._stop = threading.Event()
        self._bound = AnswerBound(ANSWER_BOUND_SECONDS)

    def stop(self, *_: object) -> None:
        self._stop.set()

    def run(self) -> None:
        connection = None
        while not self._stop.is_set():
            if connection is None:
                connection = self._connect()
            elif not self._insert(connection):
                self._close(connection)
                connection = None
            else:
                self._stop.wait(PAUSE_AFTER_COMMIT_SECONDS)
                continue
            if connection is None:
                self._stop.wait(PAUSE_AFTER_ERROR_SECONDS)

    def _connect(self):  # -> psycopg2.extensions.connection | None
        try:
            connection = psycopg2.connect(self._dsn)
            connection.autocommit = True
        except psycopg2.Error as error:
            self._write("F", reason(error))
            return None
        self._write("C", connection.info.port)
        return connection

    def _insert(self, connection) -> bool:
        self._id += 1
        try:
            self._bound.begin(connection.fileno())
            try:
                with connection.cursor() as cursor:
                    cursor.execute("insert into probe(id) values (%s)", (self._id,))
            finally:
                self._bound.end()
        except psycopg2.Error as error:
            late = f"no answer within {ANSWER_BOUND_SECONDS:g} s"
            self._write("S", late if self._bound.broken else reason(error))
            return False
        if any("canceling wait for synchronous replication" in notice for notice in connection.notices):
            self._write("S", "WARNING: canceling wait for synchronous replication")
            return False
        self._write("A", self._id)
        return True

    def _close(self, connection) -> None:
        try:
            connection.close()
        except psycopg2.Error:
            pass  # it is broken: that is why it is closed

    def _write(self, kind: str, rest: object) -> None:
        os.write(self._journal, f"{kind} {time.monotonic():.6f} {rest}\n".encode())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--journal", required=True)
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--first-id", type=int, default=0)
    arguments = parser.parse_args()
    journal = os.open(arguments.journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    writer = Writer(journal, arguments.dsn, arguments.first_id)
    signal.signal(signal.SIGTERM, writer.stop)
    threading.Thread(target=lambda: (sys.stdin.read(), writer.stop()), name="end-with-parent", daemon=True).start()
    writer.run()


if __name__ == "__main__":
    main()
