import unittest

from outage.journal import Gap, Journal


def journal(*lines: str) -> Journal:
    written = Journal()
    for line in lines:
        written.add(line)
    return written


class JournalTest(unittest.TestCase):
    def test_outage_is_the_longest_gap_that_ended_after_the_fault(self):
        seen = journal("C 0.0 5432", "A 1.0 1", "A 3.0 2", "A 3.1 3", "A 3.2 4", "C 4.0 5433", "A 4.2 5", "A 4.3 6")
        self.assertEqual(Gap(3.2, 4.2), seen.outage(3.05))

    def test_commits_of_a_backend_that_outlives_its_postmaster_do_not_hide_the_outage(self):
        seen = journal("A 1.0 1", "A 1.01 2", "A 1.02 3", "A 2.5 4")
        self.assertEqual(Gap(1.02, 2.5), seen.outage(1.005))

    def test_writer_that_still_waits_has_an_open_gap(self):
        seen = journal("A 1.0 1", "A 1.1 2")
        self.assertEqual(Gap(1.1, 9.0), seen.outage(1.05, until=9.0))
        self.assertIsNone(journal().outage(1.0, until=9.0))

    def test_old_connection_that_still_answers_is_no_recovery(self):
        seen = journal("C 0.0 5432", "A 1.0 1", "A 1.2 2")
        self.assertIsNone(seen.serving_since(1.1))

    def test_service_counts_from_the_first_commit_of_the_newest_connection(self):
        seen = journal("C 0.0 5432", "A 1.0 1", "C 2.0 5433")
        self.assertIsNone(seen.serving_since(1.5))
        seen.add("A 2.1 2")
        seen.add("A 2.2 3")
        self.assertEqual(2.1, seen.serving_since(1.5))
        seen.add("C 3.0 5432")
        self.assertIsNone(seen.serving_since(1.5))

    def test_errors_before_the_fault_are_not_counted(self):
        seen = journal("F 0.5 a b", "S 1.5 c", "F 1.6 d", "F 1.7 d")
        self.assertEqual({"c": 1}, dict(seen.statement_errors_after(1.0)))
        self.assertEqual({"d": 2}, dict(seen.connection_errors_after(1.0)))

    def test_damaged_line_is_refused(self):
        for line in ("", "A 1.0", "X 1.0 2", "A one 2"):
            with self.assertRaises(ValueError):
                Journal().add(line)


if __name__ == "__main__":
    unittest.main()
