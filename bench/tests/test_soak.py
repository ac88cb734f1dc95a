import asyncio
import random
import struct
import unittest

from soaking.verdict import Sample, Soak, growths, markdown, slope
from soaking.wire import Proof, Refused, Reply, Session, Violation, bind, message, parse, query, refusal
from soaking.work import KINDS, Work


def samples(resident, seconds=600, descriptors=lambda at: 2050):
    return [Sample(at, 2000, resident(at), 40.0, 20.0, descriptors(at), 40) for at in range(0, seconds + 1, 10)]


def soak(some, **changed):
    values = dict(when="2026-11-28 20:00", commit="abc", machine={"cores": 2, "processor": "any", "memory_gib": 24, "system": "Debian", "kernel": "6"},
                  postgres="PostgreSQL 15", seed=1, clients=2000, pools="4 pools", seconds=600.0, samples=some,
                  counts={"answers": 60000, "logins": 6000, "ends: reset": 3, "answers: simple": 60000}, violations=[], after=[], cpu_seconds=60.0)
    return Soak(**(values | changed))


class VerdictTest(unittest.TestCase):
    def test_what_rises_at_first_and_then_stays_is_flat(self):
        self.assertEqual([], soak(samples(lambda at: 120 + min(at, 200) / 2)).failures())

    def test_what_goes_on_rising_is_not(self):
        failures = soak(samples(lambda at: 120 + at / 10)).failures()
        self.assertEqual(["resident_mib grew by 30.0 MiB in the second half; 8.0 are allowed"], failures)

    def test_single_peaks_are_no_growth(self):
        self.assertEqual([], soak(samples(lambda at: 400 if at == 590 else 150)).failures())

    def test_descriptors_that_are_not_given_back_are_growth(self):
        failures = soak(samples(lambda _: 150, descriptors=lambda at: 2050 + at)).failures()
        self.assertEqual(1, len(failures))
        self.assertIn("descriptors grew by 300.0", failures[0])

    def test_wrong_answers_and_what_is_left_fail_it(self):
        failures = soak(samples(lambda _: 150), violations=["c1: wrong"], after=["not served"]).failures()
        self.assertEqual(["c1: wrong", "not served"], failures)

    def test_too_few_samples_are_no_verdict(self):
        self.assertEqual(["the soak was too short to judge growth"], soak(samples(lambda _: 150, seconds=30)).failures())

    def test_what_was_measured_seldom_is_judged_by_what_there_is(self):
        some = [Sample(at, 1, 100.0, 40.0 + at / 10 if at % 30 == 0 else None, None, 10, 1) for at in range(0, 601, 10)]
        heap = next(growth for growth in growths(some) if growth.bound.measure == "heap_mib")
        self.assertAlmostEqual(30.0, heap.growth)
        self.assertFalse(heap.is_flat)

    def test_slope_is_that_of_the_line(self):
        self.assertAlmostEqual(2.0, slope([(at, 1 + 2 * at) for at in range(9)] + [(9, 100)]))

    def test_report_says_how_it_went(self):
        text = "\n".join(markdown(soak(samples(lambda at: 120 + at / 10))))
        self.assertIn("**not passed**", text)
        self.assertIn("| resident, MiB |", text)
        self.assertIn("**grows**", text)
        self.assertIn("60,000 checked answers (100 a second)", text)


class WireTest(unittest.TestCase):
    def test_messages_are_postgresqls(self):
        self.assertEqual(b"Q\0\0\0\x0dselect 1\0", query("select 1"))
        self.assertEqual(b"P\0\0\0\x0as\0x\0\0\0", parse("s", "x"))
        self.assertEqual(b"B\0\0\0\x13\0s\0\0\0\0\1\0\0\0\2ab\0\0", bind("s", "ab"))

    def test_proof_is_that_of_the_standard(self):
        # RFC 7677, section 3
        proof = Proof("pencil")
        proof._first = "n=user,r=rOprNGfwEbeRWgbNEkqO"
        last = proof.last("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")
        self.assertTrue(last.endswith(b",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="), last)

    def test_refusals_carry_their_code(self):
        refused = refusal(b"SFATAL\0VFATAL\0C28P01\0Mno\0\0")
        self.assertIsInstance(refused, Refused)
        self.assertEqual("28P01", refused.code)


class OneAnswer(Session):
    """Answers each question by the same row."""

    def __init__(self, value: bytes) -> None:
        super().__init__(("", 0))
        self._row = [value]

    def send(self, *messages: bytes) -> None:
        pass

    async def reply(self) -> Reply:
        return Reply(rows=[self._row], tags=["SELECT 1"])


class WorkTest(unittest.TestCase):
    def test_somebody_elses_answer_is_noticed(self):
        work = Work(OneAnswer(b"c2.1-1"), "c1.1", random.Random(1))
        with self.assertRaisesRegex(Violation, "c1.1-1.*c2.1-1"):
            asyncio.run(work.simple())

    def test_the_own_one_is_taken(self):
        asyncio.run(Work(OneAnswer(b"c1.1-1"), "c1.1", random.Random(1)).simple())

    def test_every_kind_of_question_is_there(self):
        for name, weight in KINDS:
            self.assertTrue(callable(getattr(Work, name)))
            self.assertGreater(weight, 0)

    def test_half_of_something_is_never_nothing(self):
        sent = []
        session = OneAnswer(b"")
        session.send = lambda *messages: sent.append(b"".join(messages))
        work = Work(session, "c1.1", random.Random(3))
        for _ in range(50):
            work.begin_something()
        self.assertTrue(all(sent))
        self.assertTrue(all(struct.unpack_from("!i", message(b"Q"), 1)[0] == 4 for _ in sent[:1]))


if __name__ == "__main__":
    unittest.main()
