import sys
import time
import unittest

from outage.processes import BenchError, Scratch, is_alive


class ScratchTest(unittest.TestCase):
    def await_owned(self, scratch: Scratch, pid: int) -> None:
        deadline = time.monotonic() + 30
        while not scratch.owns(pid):
            self.assertLess(time.monotonic(), deadline, "the process did not become known")
            time.sleep(0.01)

    def test_processes_and_directory_are_gone_after_close(self):
        scratch = Scratch(None, keep=False)
        process = scratch.start(["sleep", "60"], scratch.directory / "log")
        self.await_owned(scratch, process.pid)
        scratch.close()
        self.assertFalse(is_alive(process.pid))
        self.assertFalse(scratch.directory.exists())

    def test_process_that_ignores_sigterm_is_ended_too(self):
        scratch = Scratch(None, keep=False)
        ready = scratch.directory / "ready"
        process = scratch.start(
            [sys.executable, "-c", "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
             "pathlib.Path(sys.argv[1]).touch(); time.sleep(60)", str(ready)], scratch.directory / "log")
        deadline = time.monotonic() + 30
        while not ready.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        scratch.close()
        self.assertFalse(is_alive(process.pid))

    def test_processes_of_others_are_not_ours(self):
        ours, other = Scratch(None, keep=False), Scratch(None, keep=False)
        process = other.start(["sleep", "60"], other.directory / "log")
        self.await_owned(other, process.pid)
        self.assertFalse(ours.owns(process.pid))
        self.assertFalse(ours.owns(1))
        ours.close()
        self.assertTrue(is_alive(process.pid))
        other.close()

    def test_command_over_its_bound_is_ended(self):
        scratch = Scratch(None, keep=False)
        with self.assertRaisesRegex(BenchError, "did not end within 0.2 s"):
            scratch.run(["sleep", "60"], 0.2)
        self.assertEqual([], scratch.processes())
        scratch.close()


if __name__ == "__main__":
    unittest.main()
