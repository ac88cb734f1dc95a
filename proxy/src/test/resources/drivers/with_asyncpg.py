"""What an application does with asyncpg; prints what it sees. Arguments: port, a number of its own: 0 is alone."""

import asyncio
import sys

import asyncpg

PORT, NUMBER = sys.argv[1:]
TABLE = f"asyncpg_{NUMBER}"
CONNECTIONS = 1 if NUMBER == "0" else 3


async def main():
    pool = await asyncpg.create_pool(host="127.0.0.1", port=int(PORT), user="app", database="app", min_size=CONNECTIONS,
                                     max_size=CONNECTIONS, statement_cache_size=4)
    async with pool.acquire() as connection:
        await connection.execute(f"drop table if exists {TABLE}")
        await connection.execute(f"create table {TABLE} (id int primary key, tags text[])")
        await connection.executemany(f"insert into {TABLE} values ($1, $2)", [(i, [f"tag {i}", "all"]) for i in range(200)])
    print(await asyncio.gather(*(pool.fetchval(f"select tags[1] from {TABLE} where id = $1", i) for i in range(60))))
    for text in ("select 1 / $1::int", "select from nowhere where a = $1::int", f"insert into {TABLE} (id) values ($1)"):
        for _ in range(2):
            try:
                await pool.execute(text, 0)
            except asyncpg.PostgresError as error:
                print(error.sqlstate)
    async with pool.acquire() as connection:
        statement = await connection.prepare(f"select id from {TABLE} where id < $1 order by id")
        print(statement.get_attributes(), await statement.fetch(4))
        async with connection.transaction():
            print([row["id"] async for row in statement.cursor(7, prefetch=2)])
            for i in range(6):
                print(await connection.fetchval(f"select $1::int + {i}", i))
        await connection.execute(f"alter table {TABLE} add column added int default 1")
        print(await statement.fetch(2))
        print(await connection.copy_records_to_table(TABLE, records=[(1000 + i, [], 2) for i in range(3000)]))
    print(await pool.fetchrow(f"select count(*), sum(added) from {TABLE}"))
    await pool.execute(f"drop table {TABLE}")
    await pool.close()


asyncio.run(main())
