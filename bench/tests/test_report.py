import unittest

from outage.report import NEWEST_MARK, markdown, percentile, summarise, with_section


def run(outage_seconds: float, **more) -> dict:
    return {"cluster": "howdah", "scenario": "crash", "number": 1, "outage_seconds": outage_seconds, "recovered": True,
            "problem": None, "statement_errors": {"gone": 1}, "connection_errors": {"refused": 2}, "acknowledged": 10,
            "lost": 0, "missing_on_standbys": 0, "further_gaps_seconds": [], "whole_after_seconds": 1.0,
            "load_average": 0.5} | more


def record(*runs: dict) -> dict:
    start = {"command_seconds": 1.0, "first_write_seconds": 2.0, "whole_seconds": 3.0}
    return {"started_at": "2026-01-02T03:04:05+00:00", "commit": "abc", "problems": [], "idle": [], "runs": list(runs),
            "machine": {"cores": 2, "processor": "p", "memory_gib": 4.0, "system": "s", "kernel": "k", "file_system": "ext4",
                        "fdatasync_median_ms": 0.1, "load_average": 0.0},
            "clusters": {"howdah": {"versions": {"howdah": "0.1.0", "postgres": "15.18"}, "start": start}}}


class ReportTest(unittest.TestCase):
    def test_percentile_is_a_measured_value(self):
        self.assertEqual(19, percentile(range(1, 21), 95))
        self.assertEqual(5, percentile([5, 1, 2], 95))
        self.assertEqual(1, percentile([1], 95))
        with self.assertRaises(ValueError):
            percentile([], 95)

    def test_run_without_recovery_counts_with_the_time_waited(self):
        entry = summarise([run(0.5), run(0.6), run(60.0, recovered=False, problem="not served")])[0]
        self.assertEqual((0.6, 60.0, 1), (entry["median_seconds"], entry["max_seconds"], entry["not_recovered"]))

    def test_run_that_broke_before_the_fault_does_not_look_fast(self):
        entry = summarise([run(0.5), run(0.0, recovered=False, lost=None, problem="broke")])[0]
        self.assertEqual((0.5, 2, 1), (entry["median_seconds"], entry["runs"], entry["unchecked"]))

    def test_lost_rows_are_shown(self):
        self.assertIn("| **3** |", markdown(record(run(0.5, lost=3))))

    def test_section_names_date_version_and_problems(self):
        text = markdown(record(run(0.5), run(0.7, problem="two primaries")))
        self.assertTrue(text.startswith("## 2026-01-02 03:04 UTC: Howdah 0.1.0 (abc), PostgreSQL 15.18\n"), text)
        self.assertIn("- howdah crash run 1: two primaries", text)
        self.assertIn("| 0.60 s | 0.70 s | 0.70 s | 1 + 2 | 20 | **0** | 1.00 s |", text)

    def test_newest_section_comes_first(self):
        file = with_section(with_section(f"# Results\n\n{NEWEST_MARK}\n", "## one\n"), "## two\n")
        self.assertEqual(f"# Results\n\n{NEWEST_MARK}\n\n## two\n\n## one\n", file)
        self.assertEqual("## one\n", with_section("", "## one\n"))
        self.assertEqual("# Mine\n\n## one\n", with_section("# Mine\n", "## one\n"))


if __name__ == "__main__":
    unittest.main()
