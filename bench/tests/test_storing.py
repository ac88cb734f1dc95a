"""What `bench/backup` prints."""

import unittest

from storing.compare import table
from storing.server import OURS, PEER, Cost


class TableTest(unittest.TestCase):
    def test_medians_and_shares_are_shown(self) -> None:
        costs = {
            "first backup": {
                OURS: [Cost(1, 2, 10_000_000, 150), Cost(9, 9, 10_000_000, 170), Cost(2, 3, 10_000_000, 160)],
                PEER: [Cost(4, 2, 20_000_000, 20)] * 3,
            },
            "restore": {OURS: [Cost(1, 1, 0, 120)], PEER: [Cost(2, 4, 0, 18)]},
        }
        lines = table(costs)
        self.assertEqual(lines[2], "| first backup | 2.00 | 4.00 | 0.50 | ≤ 0.8 | 3.00 | 2.00 | 1.50 | 10.00 | 20.00 | 0.50 | 170 | 20 |")
        self.assertEqual(lines[3], "| restore | 1.00 | 2.00 | 0.50 | ≤ 0.7 | 1.00 | 4.00 | 0.25 | – | – | – | 120 | 18 |")


if __name__ == "__main__":
    unittest.main()
