import unittest

from losing.figures import Loss, loss_of, table


class LossTest(unittest.TestCase):
    def test_loss_goes_from_the_newest_kept_row_to_the_last_lost_one(self):
        acknowledged = [(1, 10.0), (2, 10.5), (3, 11.0), (4, 11.75)]
        self.assertEqual(loss_of(acknowledged, {1, 2}), Loss(4, 2, 1.25, 0))
        self.assertEqual(loss_of(acknowledged, {1, 2, 3, 4, 5}), Loss(4, 0, 0.0, 0))

    def test_row_that_is_missing_before_a_kept_one_is_a_hole(self):
        self.assertEqual(loss_of([(1, 1.0), (2, 2.0), (3, 3.0)], {1, 3}).hole, 1)

    def test_nothing_kept_is_all_lost(self):
        self.assertEqual(loss_of([(1, 1.0), (2, 4.0)], set()), Loss(2, 2, 3.0, 0))

    def test_table_shows_the_worst(self):
        text = table([Loss(10, 2, 0.5, 0), Loss(20, 7, 1.5, 0)], [0.75, None])
        self.assertIn("| 2 | 30 | 1.00 s | 1.50 s | 7 | 0 | 0.75 s |", text)


if __name__ == "__main__":
    unittest.main()
