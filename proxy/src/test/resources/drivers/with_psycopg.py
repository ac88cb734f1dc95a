"""What an application does with psycopg 3; prints what it sees. Arguments: port, a number of its own."""

import logging
import sys

import psycopg

# Which of two errors ends a pipeline, and which is only logged, depends on when the first one is heard.
logging.disable(logging.WARNING)

PORT, NUMBER = sys.argv[1:]
TABLE = f"psycopg_{NUMBER}"


def failing(connection, sql, values=()):
    try:
        print(connection.execute(sql, values).fetchall())
    except psycopg.Error as error:
        print(error.sqlstate, str(error).replace(TABLE, "table").splitlines()[0])


with psycopg.connect(f"host=127.0.0.1 port={PORT} user=app dbname=app", autocommit=True, prepare_threshold=0) as connection:
    connection.prepared_max = 3  # what is used no more is deallocated
    connection.execute(f"drop table if exists {TABLE}")
    connection.execute(f"create table {TABLE} (id int primary key, name text)")
    for i in range(8):
        connection.execute(f"insert into {TABLE} values (%s, %s)", (i, f"name {i}"))
        print(connection.execute(f"select name from {TABLE} where id = %s and {i} = {i}", (i,)).fetchone())
    failing(connection, "select 1 / %s::int", (0,))
    failing(connection, "select from nowhere where a = %s", (1,))
    with connection.transaction():
        connection.execute(f"update {TABLE} set name = %s where id < %s", ("changed", 3))
        try:
            with connection.transaction():
                connection.execute(f"insert into {TABLE} values (%s, %s)", (1, "again"))
        except psycopg.Error as error:
            print(error.sqlstate)
        print(connection.execute(f"select count(*) from {TABLE} where name = %s", ("changed",)).fetchone())
        with connection.cursor("slow") as cursor:
            cursor.itersize = 2
            cursor.execute(f"select id from {TABLE} where id < %s order by id", (7,))
            print(list(cursor))
    with connection.cursor() as cursor:
        cursor.executemany(f"insert into {TABLE} values (%s, %s)", [(100 + i, "many") for i in range(500)])
        with cursor.copy(f"copy {TABLE} from stdin") as copy:
            for i in range(5000):
                copy.write_row((1000 + i, "copied"))
        with cursor.copy(f"copy (select * from {TABLE} where name = 'copied' order by id) to stdout") as copy:
            print(sum(len(row) for row in copy))
        try:
            with cursor.copy(f"copy {TABLE} from stdin") as copy:
                for i in range(5000):
                    copy.write_row((1000 + i, "twice"))
        except psycopg.Error as error:
            print(error.sqlstate)
    with connection.pipeline():
        cursors = [connection.execute("select %s::int * 2", (i,)) for i in range(50)]
    print([cursor.fetchone() for cursor in cursors])
    connection.execute(f"drop table {TABLE}")

# It takes what was skipped for prepared, so nothing follows.
with psycopg.connect(f"host=127.0.0.1 port={PORT} user=app dbname=app", autocommit=True, prepare_threshold=0) as connection:
    try:
        with connection.pipeline() as pipeline:
            connection.execute("select %s::int", (1,))
            connection.execute("select 1 / %s::int", (0,))
            connection.execute("select %s::text", ("skipped",))
            pipeline.sync()
    except psycopg.Error as error:
        print(error.sqlstate)
