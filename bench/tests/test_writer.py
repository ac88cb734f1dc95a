import unittest

from outage.writer import reason


class ReasonTest(unittest.TestCase):
    def test_same_failure_of_other_addresses_looks_the_same(self):
        first = Exception('connection to server at "127.0.0.1", port 6521 failed: Connection refused\n'
                          "\tIs the server running on that host and accepting TCP/IP connections?\n"
                          'connection to server at "127.0.0.1", port 6522 failed: session is read-only\n')
        other = Exception(str(first).replace("6521", "7521"))
        self.assertEqual("Connection refused | session is read-only", reason(first))
        self.assertEqual(reason(first), reason(other))

    def test_repeated_reason_is_named_once(self):
        line = 'connection to server at "127.0.0.1", port {} failed: FATAL:  the database system is starting up\n'
        self.assertEqual("FATAL:  the database system is starting up", reason(Exception(line.format(1) + line.format(2))))

    def test_error_without_text_has_a_name(self):
        self.assertEqual("ValueError", reason(ValueError()))


if __name__ == "__main__":
    unittest.main()
