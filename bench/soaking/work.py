"""What a client asks of the proxy, and what the answer must be. Each question carries a value that nobody else has: whoever gets another
one has got somebody else's answer."""

from __future__ import annotations

import asyncio
import random

from soaking.wire import EXECUTE, SYNC, Reply, Session, Violation, bind, message, parse, query

CANCELLED = "57014"
NOT_A_NUMBER = "22P02"


class Work:
    """One client's questions. `token()` never gives the same value twice."""

    def __init__(self, session: Session, client: str, chance: random.Random) -> None:
        self._session = session
        self._client = client
        self._chance = chance
        self._count = 0

    def token(self) -> str:
        self._count += 1
        return f"{self._client}-{self._count}"

    async def one(self) -> str:
        """Asks one thing, and checks the answer. Says what it was."""
        kind = self._chance.choices([name for name, _ in KINDS], [weight for _, weight in KINDS])[0]
        await getattr(self, kind)()
        return kind

    # --- the kinds

    async def simple(self) -> None:
        token = self.token()
        self._session.send(query(f"select '{token}'"))
        self._rows(await self._session.reply(), token)

    async def several(self) -> None:
        tokens = [self.token() for _ in range(3)]
        self._session.send(query("; ".join(f"select '{token}'" for token in tokens)))
        self._rows(await self._session.reply(), *tokens)

    async def extended(self) -> None:
        token = self.token()
        self._session.send(parse("", "select $1::text"), bind("", token), EXECUTE, SYNC)
        self._rows(await self._session.reply(), token)

    async def pipeline(self) -> None:
        tokens = [self.token() for _ in range(5)]
        for token in tokens:
            self._session.send(parse("", "select $1::text"), bind("", token), EXECUTE, SYNC)
        for token in tokens:
            self._rows(await self._session.reply(), token)

    async def broken_pipeline(self) -> None:
        good, bad, skipped = self.token(), self.token(), self.token()
        self._session.send(parse("", "select $1::text"), bind("", good), EXECUTE,
                           parse("", f"select '{bad}'::int"), bind(""), EXECUTE,
                           parse("", "select $1::text"), bind("", skipped), EXECUTE, SYNC)
        reply = await self._session.reply()
        self._rows(reply, good, errors=1)
        self._error(reply, NOT_A_NUMBER, bad)

    async def error(self) -> None:
        token = self.token()
        self._session.send(query(f"select '{token}'::int"))
        reply = await self._session.reply()
        self._rows(reply, errors=1)
        self._error(reply, NOT_A_NUMBER, token)

    async def notice(self) -> None:
        token = self.token()
        self._session.send(query(f"do $$ begin raise notice '{token}'; end $$"))
        reply = await self._session.reply()
        if reply.notices != [token]:
            raise Violation(f"the notice {token} came as {reply.notices}")

    async def transaction(self) -> None:
        """With a pause in its middle, in which the server connection is this client's alone."""
        first, second = self.token(), self.token()
        self._session.send(query("begin"))
        if (await self._session.reply()).status != "T":
            raise Violation("no transaction was begun")
        self._session.send(query(f"select '{first}'"))
        self._rows(await self._session.reply(), first)
        await asyncio.sleep(self._chance.random() * 0.02)
        self._session.send(query(f"select '{second}'; {self._chance.choice(['commit', 'rollback'])}"))
        self._rows(await self._session.reply(), second)

    async def setting(self) -> None:
        """What was set is there also on another server connection."""
        token = self.token()
        self._session.send(query(f"set application_name = '{token}'"))
        await self._session.reply()
        await asyncio.sleep(self._chance.random() * 0.2)
        self._session.send(query("show application_name"))
        self._rows(await self._session.reply(), token)

    async def large(self) -> None:
        token = self.token()
        size = self._chance.randrange(10_000, 300_000)
        self._session.send(query(f"select repeat('x', {size}) || '{token}'"))
        self._rows(await self._session.reply(), "x" * size + token)

    async def large_value(self) -> None:
        token = self.token()
        value = "y" * self._chance.randrange(10_000, 300_000) + token
        self._session.send(parse("", "select right($1::text, 60)"), bind("", value), EXECUTE, SYNC)
        await self._session.drain()
        self._rows(await self._session.reply(), value[-60:])

    async def copy_out(self) -> None:
        token = self.token()
        count = self._chance.choice([10, 500, 5_000])
        self._session.send(query(f"copy (select '{token}', g from generate_series(1, {count}) g) to stdout"))
        reply = await self._session.reply()
        if b"".join(reply.copied) != "".join(f"{token}\t{i}\n" for i in range(1, count + 1)).encode():
            raise Violation(f"COPY of {token} came as {b''.join(reply.copied)[:80]!r}, {len(reply.copied)} rows of {count}")

    async def copy_in(self) -> None:
        token = self.token()
        count = self._chance.choice([1, 50, 2_000])
        reply = await self._copy("begin; copy soak from stdin", [f"{token}\t{i}\n" for i in range(count)], 100)
        if reply.tags != [f"COPY {count}"]:
            raise Violation(f"COPY of {count} rows of {token} answered {reply.tags} {reply.errors}")
        self._session.send(query(f"select count(*) from soak where token = '{token}'; rollback"))
        self._rows(await self._session.reply(), str(count))

    async def copy_given_up(self) -> None:
        token = self.token()
        self._session.send(query("copy soak from stdin"))
        await self._session.reply()
        self._session.send(message(b"d", f"{token}\t1\n".encode()), message(b"f", token.encode(), b"\0"))
        reply = await self._session.reply()
        self._error(reply, CANCELLED, token)

    async def copy_bad(self) -> None:
        """A COPY with a row that the server does not take: it answers at once, and what is still on its way is for nobody."""
        token = self.token()
        count = self._chance.choice([1, 50, 2_000])
        bad = self._chance.randrange(count)
        transaction = self._chance.random() < 0.5
        reply = await self._copy("begin; copy soak from stdin" if transaction else "copy soak from stdin",
                                 [f"{token}\t{token if i == bad else i}\n" for i in range(count)], 10)
        self._error(reply, NOT_A_NUMBER, token)
        if reply.status != ("E" if transaction else "I"):
            raise Violation(f"after a COPY that failed the transaction is {reply.status}")
        if transaction:
            self._session.send(query("rollback"))
            await self._session.reply()
        after = self.token()
        self._session.send(query(f"select '{after}'"))
        self._rows(await self._session.reply(), after)

    async def cancelled(self) -> None:
        token = self.token()
        self._session.send(query(f"select pg_sleep(60), '{token}'"))
        answer = asyncio.ensure_future(self._session.reply())
        try:
            for _ in range(30):
                await asyncio.sleep(0.1 + self._chance.random() * 0.4)
                await self._session.cancel()
                done, _ = await asyncio.wait([answer], timeout=2)
                if done:
                    self._error(answer.result(), CANCELLED, "")
                    return
            raise Violation("a query goes on after 30 cancel requests")
        finally:
            answer.cancel()

    async def slow_sender(self) -> None:
        """A message in two halves, the second one later."""
        token = self.token()
        whole = query(f"select '{token}'")
        cut = self._chance.randrange(1, len(whole))
        self._session.send(whole[:cut])
        await asyncio.sleep(self._chance.random() * 0.3)
        self._session.send(whole[cut:])
        self._rows(await self._session.reply(), token)

    async def prepared(self) -> None:
        """A named statement, run some times and given up."""
        name = f"s{self._count}"
        self._session.send(parse(name, "select $1::text"), SYNC)
        await self._session.reply()
        for _ in range(3):
            token = self.token()
            self._session.send(bind(name, token), EXECUTE, SYNC)
            self._rows(await self._session.reply(), token)
        self._session.send(message(b"C", b"S", name.encode(), b"\0"), SYNC)
        await self._session.reply()

    async def _copy(self, command: str, rows: list[str], a_message: int) -> Reply:
        """Sends rows, so many in each message, whatever the server says meanwhile."""
        self._session.send(query(command))
        if not (await self._session.reply()).copy_in:
            raise Violation("the server does not want the data of a COPY")
        for start in range(0, len(rows), a_message):
            self._session.send(message(b"d", "".join(rows[start:start + a_message]).encode()))
            await self._session.drain()
        self._session.send(message(b"c"))
        return await self._session.reply()

    # --- checks

    def _rows(self, reply: Reply, *tokens: str, errors: int = 0) -> None:
        seen = [row[0] for row in reply.rows]
        if seen != [token.encode() for token in tokens] or len(reply.errors) != errors:
            raise Violation(f"{[token[-60:] for token in tokens]} was answered by "
                            f"{[value[-60:] if value else value for value in seen]} {reply.errors}")

    @staticmethod
    def _error(reply: Reply, code: str, token: str) -> None:
        if len(reply.errors) != 1 or reply.errors[0][0] != code or token not in reply.errors[0][1]:
            raise Violation(f"an error {code} about {token} came as {reply.errors}, {len(reply.rows)} rows")

    # --- for those who leave in the middle

    def begin_something(self) -> None:
        """Half of something, which never gets its end."""
        token = self.token()
        whole = self._chance.choice([
            query(f"select '{token}'"), query("begin; copy soak from stdin") + message(b"d", f"{token}\t1\n".encode()),
            query(f"select repeat('x', 3000000), '{token}'"), query(f"begin; select '{token}'"),
            parse("", "select $1::text") + bind("", token) + EXECUTE, query(f"select pg_sleep(2), '{token}'")])
        self._session.send(whole[:self._chance.randrange(1, len(whole) + 1)])


KINDS = [("simple", 30), ("several", 5), ("extended", 15), ("pipeline", 8), ("broken_pipeline", 4), ("error", 6), ("notice", 3),
         ("transaction", 8), ("setting", 4), ("large", 2), ("large_value", 2), ("copy_out", 3), ("copy_in", 3), ("copy_given_up", 2),
         ("copy_bad", 2), ("cancelled", 1), ("slow_sender", 4)]
"""What is asked how often. Named statements are a client's last work: they may keep their server connection."""
