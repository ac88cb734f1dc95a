"""A client's lives: it connects, works for a while, and goes away in one of the ways in which clients go away."""

from __future__ import annotations

import asyncio
import random
import ssl
import struct
from collections import Counter
from dataclasses import dataclass, field

from soaking.wire import TLS_REQUEST, Refused, Session, Violation, startup
from soaking.work import Work

PASSWORD = "a password of the soak"
USERS = ["soak1", "soak2", "soak3", "soak4"]
ENDS = ["goodbye"] * 6 + ["close", "reset", "vanish", "half", "half then reset", "stay"]
INTRUDERS = ["wrong password", "unknown role", "unknown database", "half a packet", "noise", "silence", "nothing but TLS"]
BOUND_SECONDS = 90
"""Longer than every limit of the proxy's: an answer that takes longer does not come."""
EXPECTED = {"no server connection became free": "waited in vain", "the login was not done within": "login too slow",
            "the client was idle for": "idle too long", "the client held a server connection and asked nothing": "idle in a transaction"}
"""What the proxy may say to a client that does nothing wrong but that it is slow, or one of too many; by how it begins."""


@dataclass
class Tally:
    """What all clients have seen."""

    counts: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    connected: int = 0

    def violation(self, who: str, what: object) -> None:
        if len(self.violations) < 100:
            self.violations.append(f"{who}: {what}")
        self.counts["violations"] += 1


class Client:
    def __init__(self, number: int, address: tuple[str, int], tls: ssl.SSLContext, tally: Tally, seed: int, pause: float) -> None:
        self._name = f"c{number}"
        self._address = address
        self._tls = tls
        self._tally = tally
        self._chance = random.Random(f"{seed}/{number}")
        self._pause = pause
        self._lives = 0

    async def run(self, over: asyncio.Event) -> None:
        """Life after life, until it is over."""
        await _sleep(over, self._chance.random() * self._pause * 4)
        while not over.is_set():
            self._lives += 1
            who = f"{self._name}.{self._lives}"
            session = Session(self._address)
            try:
                if self._chance.random() < 0.05:
                    await self._intrude(session)
                else:
                    await self._live(session, who, over)
            except Refused as refused:
                known = next((name for words, name in EXPECTED.items() if refused.text.startswith(words)), None)
                if known:
                    self._tally.counts[known] += 1
                else:
                    self._tally.violation(who, refused)
            except Violation as violation:
                self._tally.violation(who, violation)
            except TimeoutError:
                self._tally.violation(who, f"no answer within {BOUND_SECONDS} s")
            except (OSError, EOFError) as broken:
                self._tally.violation(who, f"the connection broke: {broken!r}")
            finally:
                session.abandon()
            await _sleep(over, self._chance.random() * self._pause)

    async def _live(self, session: Session, who: str, over: asyncio.Event) -> None:
        async with asyncio.timeout(BOUND_SECONDS):
            await session.connect(self._tls if self._chance.random() < 0.25 else None)
            await session.log_in(self._chance.choice(USERS), PASSWORD, "soak", who)
        self._tally.counts["logins"] += 1
        self._tally.connected += 1
        try:
            work = Work(session, who, self._chance)
            while not over.is_set() and self._chance.random() > 0.08:
                await self._ask(work.one())
                await _sleep(over, self._chance.expovariate(1 / self._pause))
            if self._chance.random() < 0.1:
                await self._ask(work.prepared())
            await self._end(session, work)
        finally:
            self._tally.connected -= 1

    async def _ask(self, question) -> None:
        async with asyncio.timeout(BOUND_SECONDS):
            kind = await question
        self._tally.counts["answers"] += 1
        self._tally.counts[f"answers: {kind or 'prepared'}"] += 1

    async def _end(self, session: Session, work: Work) -> None:
        end = self._chance.choice(ENDS)
        self._tally.counts[f"ends: {end}"] += 1
        if end == "goodbye":
            session.leave()
        elif end == "close":
            session.close()
        elif end == "reset":
            session.reset()
        elif end == "vanish":
            if self._chance.random() < 0.5:
                work.begin_something()
                await asyncio.sleep(self._chance.random() * 0.05)
            if not session.vanish():
                session.close()
        elif end == "stay":
            # The proxy has to send it away, in its own time.
            await self._until_sent_away(session)
        else:
            work.begin_something()
            await asyncio.sleep(self._chance.random() * 0.1)
            if end == "half":
                session.close()
            else:
                session.reset()

    async def _until_sent_away(self, session: Session) -> None:
        async with asyncio.timeout(BOUND_SECONDS):
            try:
                while True:
                    await session.reply()
            except EOFError:
                pass

    async def _intrude(self, session: Session) -> None:
        """Somebody who does not come in."""
        kind = self._chance.choice(INTRUDERS)
        self._tally.counts[f"intruders: {kind}"] += 1
        async with asyncio.timeout(BOUND_SECONDS):
            await session.connect(None)
            expected = {"wrong password": ("soak1", "wrong", "soak", "28P01"), "unknown role": ("nobody", PASSWORD, "soak", "28P01"),
                        "unknown database": ("soak2", PASSWORD, "other", "3D000")}.get(kind)
            if expected:
                user, password, database, code = expected
                try:
                    await session.log_in(user, password, database, "intruder")
                except Refused as refused:
                    if refused.code == code:
                        return
                    raise
                raise Violation(f"{kind} was let in")
            packet = startup(user="soak3", database="soak")
            if kind == "half a packet":
                session.send(packet[:self._chance.randrange(1, len(packet))])
                await asyncio.sleep(self._chance.random())
            elif kind == "noise":
                session.send(self._chance.randbytes(self._chance.randrange(1, 2000)))
                await asyncio.sleep(self._chance.random())
            elif kind == "nothing but TLS":
                session.send(struct.pack("!ii", 8, TLS_REQUEST))
                await asyncio.sleep(self._chance.random())
            else:
                await self._until_sent_away(session)


async def _sleep(over: asyncio.Event, seconds: float) -> None:
    """Sleeps, but not past the end."""
    try:
        async with asyncio.timeout(seconds):
            await over.wait()
    except TimeoutError:
        pass
