import unittest

from outage.processes import BenchError
from pooling.figures import Run, latencies_ms, parse, percentile, slope, table

SAID = """\
number of transactions actually processed: 1000
number of failed transactions: 2 (0.200%)
latency average = 0.5 ms
initial connection time = 3 ms
tps = 2000.5 (without initial connection time)
"""


class FiguresTest(unittest.TestCase):
    def test_cpu_is_counted_for_one_transaction(self):
        run = parse("howdah", "simple", 20, SAID, 1.5, 0.02)
        self.assertEqual((run.transactions, run.failed, run.rate, run.p99_ms), (1000, 2, 2000.5, 1.5))
        self.assertAlmostEqual(run.cpu_micros, 20.0)

    def test_what_is_no_result_is_refused(self):
        with self.assertRaises(BenchError):
            parse("howdah", "simple", 1, "connection refused", 0, 0)

    def test_medians_stand_side_by_side(self):
        runs = [Run(pool, "simple", 1, 100, 0, rate, 0, 0.001) for pool, rates in (("a", (1, 9, 4)), ("b", (2, 2, 2))) for rate in rates]
        self.assertIn("| simple | 1 | 3 | 4 | 2 | 2.00 | 10.0 | 10.0 | 1.00 | – | – | 0 + 0 |", table(runs, "a", "b"))

    def test_a_load_that_only_one_has_is_left_out(self):
        self.assertEqual(len(table([Run("a", "simple", 1, 1, 0, 1, 0, 0)], "a", "b")), 2)

    def test_percentiles_are_values_that_were_seen(self):
        self.assertEqual(percentile([float(value) for value in range(100, 0, -1)], 0.99), 100.0)
        self.assertEqual(percentile([], 0.5), 0.0)

    def test_skipped_transactions_have_no_latency(self):
        self.assertEqual(latencies_ms("0 1 1500 0 1 2 3\n0 2 skipped 0 1 2 3\n0 3 failed 0 1 2\n"), [1.5])

    def test_memory_of_one_more_client(self):
        self.assertAlmostEqual(slope([1000, 2000, 4000], [50_010.0, 60_010.0, 80_010.0]), 10.0)


if __name__ == "__main__":
    unittest.main()
