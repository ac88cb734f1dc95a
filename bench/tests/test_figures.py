import unittest

from pooling.figures import Run, parse, table

SAID = """\
number of transactions actually processed: 1000
number of failed transactions: 2 (0.200%)
latency average = 0.5 ms
initial connection time = 3 ms
tps = 2000.5 (without initial connection time)
"""


class FiguresTest(unittest.TestCase):
    def test_cpu_is_counted_for_one_query(self):
        run = parse("howdah", 20, SAID, 0.02)
        self.assertEqual((run.transactions, run.failed, run.rate), (1000, 2, 2000.5))
        self.assertAlmostEqual(run.cpu_micros, 20.0)

    def test_what_is_no_result_is_refused(self):
        with self.assertRaises(ValueError):
            parse("howdah", 1, "connection refused", 0)

    def test_medians_stand_side_by_side(self):
        runs = [Run(pool, 1, 100, 0, rate, 1.0, 0.001) for pool, rates in (("a", (1, 9, 4)), ("b", (2, 2, 2))) for rate in rates]
        self.assertIn("| 1 | 3 | 4 | 2 | 2.00 | 10.0 | 10.0 | 1.00 | 0 + 0 |", table(runs, "a", "b"))


if __name__ == "__main__":
    unittest.main()
