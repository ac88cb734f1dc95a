package io.howdah.proxy;

import io.howdah.proxy.SameBytesTest.Script;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// What clients do with named prepared statements, sensible or not.
final class NamedStatementScripts {

    private static final String SEVENTY = "n".repeat(70);

    private static final AtomicInteger TABLES = new AtomicInteger();

    private NamedStatementScripts() {}

    static Stream<Script> all() {
        return Stream.of(uses(), names(), errors(), ends(), copies()).flatMap(scripts -> scripts);
    }

    private static Stream<Script> uses() {
        return Stream.of(
                new Script(
                        "the same statement under two names",
                        2,
                        c ->
                                c.parse("a", "select 7")
                                        .parse("b", "select 7")
                                        .bindExecute("a")
                                        .bindExecute("b")
                                        .sync()
                                        .bindExecute("b")
                                        .sync()),
                new Script(
                        "described, with parameters",
                        2,
                        c ->
                                c.parse("sum", "select $1::int + $2 as sum, $3::text")
                                        .describe("sum")
                                        .sync()
                                        .message(
                                                'B',
                                                "\0sum\0\0\0\0\3\0\0\0\00140\0\0\0\0012\0\0\0\3two\0\0")
                                        .message('D', "P\0")
                                        .message('E', "\0\0\0\0\0")
                                        .sync()),
                new Script(
                        "types given",
                        2,
                        c ->
                                c.message('P', "typed\0select $1\0\0\1\0\0\0\27")
                                        .describe("typed")
                                        .sync()
                                        .message('B', "\0typed\0\0\0\0\1\0\0\0\3abc\0\0")
                                        .sync()),
                new Script(
                        "many syncs in one go",
                        51,
                        c -> {
                            c.parse("again", "select 8").sync();
                            for (int i = 0; i < 50; i++) {
                                c.bindExecute("again").sync();
                            }
                        }),
                new Script(
                        "in parts",
                        1,
                        c ->
                                c.parse("series", "select generate_series(1, 5)")
                                        .message('B', "p\0series\0\0\0\0\0\0\0")
                                        .message('E', "p\0\0\0\0\2")
                                        .message('H', "")
                                        .message('E', "p\0\0\0\0\0")
                                        .message('C', "Pp\0")
                                        .sync()),
                new Script(
                        "transaction in a pipeline",
                        2,
                        c ->
                                c.parse("begin", "begin")
                                        .bindExecute("begin")
                                        .parse("work", "select 9")
                                        .bindExecute("work")
                                        .parse("commit", "commit")
                                        .bindExecute("commit")
                                        .sync()
                                        .bindExecute("begin")
                                        .bindExecute("work")
                                        .bindExecute("commit")
                                        .sync()),
                new Script(
                        "without a statement in it",
                        1,
                        c -> c.parse("empty", "").describe("empty").bindExecute("empty").sync()),
                new Script(
                        "notice while it is parsed",
                        2,
                        c ->
                                c.parse("long", "select 1 as " + SEVENTY)
                                        .bindExecute("long")
                                        .sync()
                                        .bindExecute("long")
                                        .sync()),
                new Script(
                        "query in the middle",
                        2,
                        c ->
                                c.parse("mid", "select 10")
                                        .query("select 11")
                                        .bindExecute("mid")
                                        .sync()),
                new Script(
                        "large parameter and row",
                        1,
                        c -> {
                            String large = "z".repeat(3_000_000);
                            c.parse("large", "select $1::text")
                                    .message('B', "\0large\0\0\0\0\1\0\55\306\300" + large + "\0\0")
                                    .message('E', "\0\0\0\0\0")
                                    .sync();
                        }),
                new Script(
                        "text that is too large to keep",
                        2,
                        c ->
                                c.parse("huge", "select length('" + "h".repeat(200_000) + "')")
                                        .bindExecute("huge")
                                        .sync()
                                        .bindExecute("huge")
                                        .closeStatement("huge")
                                        .sync()));
    }

    private static Stream<Script> names() {
        return Stream.of(
                new Script(
                        "name that is taken",
                        3,
                        c ->
                                c.parse("taken", "select 1")
                                        .sync()
                                        .parse("taken", "select 2")
                                        .bindExecute("taken")
                                        .sync()
                                        .bindExecute("taken")
                                        .sync()),
                new Script(
                        "name that is taken, and a text that is wrong",
                        3,
                        c ->
                                c.parse("taken", "select 1")
                                        .sync()
                                        .parse("taken", "selekt 2")
                                        .sync()
                                        .parse("taken", "select 3")
                                        .sync()),
                new Script(
                        "name that is taken in the same pipeline",
                        2,
                        c ->
                                c.parse("taken", "select 1")
                                        .parse("taken", "select 1")
                                        .bindExecute("taken")
                                        .sync()
                                        .bindExecute("taken")
                                        .sync()),
                new Script(
                        "names that nobody has",
                        3,
                        c ->
                                c.bindExecute("nobody")
                                        .sync()
                                        .describe("nobody")
                                        .sync()
                                        .closeStatement("nobody")
                                        .sync()),
                new Script(
                        "names that are cut off",
                        2,
                        c ->
                                c.parse(SEVENTY, "select 12")
                                        .bindExecute("n".repeat(63))
                                        .sync()
                                        .parse(SEVENTY + "n", "select 13")
                                        .sync()),
                new Script(
                        "name of a statement that SQL prepared",
                        5,
                        c ->
                                c.query("begin")
                                        .query("prepare spoken as select 14")
                                        .bindExecute("spoken")
                                        .sync()
                                        .query("deallocate spoken")
                                        .query("commit")));
    }

    private static Stream<Script> errors() {
        return Stream.of(
                new Script(
                        "wrong text",
                        2,
                        c ->
                                c.parse("wrong", "select from nowhere")
                                        .bindExecute("wrong")
                                        .sync()
                                        .bindExecute("wrong")
                                        .sync()),
                new Script(
                        "wrong text in the middle",
                        4,
                        c ->
                                c.parse("first", "select 1")
                                        .parse("wrong", "selekt")
                                        .parse("third", "select 3")
                                        .closeStatement("first")
                                        .sync()
                                        .bindExecute("first")
                                        .sync()
                                        .bindExecute("third")
                                        .sync()
                                        .parse("third", "select 3")
                                        .bindExecute("third")
                                        .sync()),
                new Script(
                        "fails when it is executed",
                        3,
                        c ->
                                c.parse("zero", "select 1 / $1::int")
                                        .sync()
                                        .message('B', "\0zero\0\0\0\0\1\0\0\0\0010\0\0")
                                        .message('E', "\0\0\0\0\0")
                                        .parse("skipped", "select 1")
                                        .bindExecute("skipped")
                                        .sync()
                                        .bindExecute("skipped")
                                        .sync()),
                new Script(
                        "fails when it is bound",
                        3,
                        c ->
                                c.parse("two", "select $1::int, $2::int")
                                        .sync()
                                        .bindExecute("two")
                                        .closeStatement("two")
                                        .sync()
                                        .describe("two")
                                        .sync()),
                new Script(
                        "error and names in pipelines behind it",
                        4,
                        c ->
                                c.parse("x", "select 1/0")
                                        .bindExecute("x")
                                        .parse("y", "select 2")
                                        .sync()
                                        .bindExecute("y")
                                        .sync()
                                        .parse("y", "select 3")
                                        .bindExecute("y")
                                        .sync()
                                        .bindExecute("y")
                                        .sync()),
                new Script(
                        "in a transaction that has failed",
                        8,
                        c ->
                                c.parse("known", "select 15")
                                        .parse("back", "rollback")
                                        .sync()
                                        .query("begin")
                                        .query("select 1/0")
                                        .parse("known2", "select 15")
                                        .bindExecute("known2")
                                        .sync()
                                        .bindExecute("known")
                                        .sync()
                                        .parse("back2", "rollback")
                                        .bindExecute("back2")
                                        .sync()
                                        .bindExecute("known")
                                        .sync()
                                        .bindExecute("known2")
                                        .sync()),
                new Script("columns that change", 9, NamedStatementScripts::columnsChange));
    }

    /// Each time of another table: nobody has prepared that statement before it changes.
    private static void columnsChange(RawClient client) {
        String table = "wide" + TABLES.incrementAndGet();
        String sql = "select * from " + table + " union all select * from " + table;
        client.query("create table " + table + " (a int)")
                .parse("all", sql)
                .bindExecute("all")
                .sync()
                .query("alter table " + table + " add column b int")
                .bindExecute("all")
                .sync()
                .describe("all")
                .sync()
                .parse("new", sql)
                .describe("new")
                .bindExecute("new")
                .sync()
                .query("alter table " + table + " drop column b")
                .bindExecute("new")
                .sync()
                .query("drop table " + table);
    }

    private static Stream<Script> ends() {
        return Stream.of(
                new Script(
                        "closed and made anew in one go",
                        2,
                        c ->
                                c.parse("name", "select 16")
                                        .bindExecute("name")
                                        .closeStatement("name")
                                        .parse("name", "select 17")
                                        .bindExecute("name")
                                        .sync()
                                        .bindExecute("name")
                                        .sync()),
                new Script(
                        "closed and used in one go",
                        3,
                        c ->
                                c.parse("gone", "select 18")
                                        .sync()
                                        .closeStatement("gone")
                                        .bindExecute("gone")
                                        .sync()
                                        .parse("gone", "select 19")
                                        .bindExecute("gone")
                                        .sync()),
                new Script(
                        "deallocated",
                        6,
                        c ->
                                c.parse("_pg3_0", "select 20")
                                        .sync()
                                        .query("DEALLOCATE _pg3_0")
                                        .bindExecute("_pg3_0")
                                        .sync()
                                        .query("deallocate prepare _PG3_0;")
                                        .parse("_pg3_0", "select 21")
                                        .sync()
                                        .bindExecute("_pg3_0")
                                        .sync()),
                new Script(
                        "deallocated in a pipeline",
                        3,
                        c ->
                                c.parse("Piped", "select 22")
                                        .sync()
                                        .parse("", "deallocate \"Piped\"")
                                        .bindExecute("")
                                        .sync()
                                        .bindExecute("Piped")
                                        .sync()),
                new Script(
                        "deallocated in a transaction that has failed",
                        6,
                        c ->
                                c.parse("stays", "select 23")
                                        .sync()
                                        .query("begin")
                                        .query("select 1/0")
                                        .query("deallocate stays")
                                        .query("rollback")
                                        .bindExecute("stays")
                                        .sync()),
                new Script(
                        "all deallocated",
                        5,
                        c ->
                                c.parse("one", "select 24")
                                        .parse("two", "select 25")
                                        .sync()
                                        .query("deallocate all")
                                        .parse("one", "select 26")
                                        .bindExecute("one")
                                        .sync()
                                        .bindExecute("one")
                                        .sync()
                                        .bindExecute("two")
                                        .sync()));
    }

    private static Stream<Script> copies() {
        return Stream.of(
                new Script(
                        "copy in, with a sync ahead",
                        4,
                        c ->
                                c.query("create table if not exists nc (a int)")
                                        .parse("load", "copy nc from stdin")
                                        .bindExecute("load")
                                        .sync()
                                        .message('d', "1\n")
                                        .message('c', "")
                                        .sync()
                                        .parse("count", "select count(*) from nc")
                                        .bindExecute("count")
                                        .sync()
                                        .query("drop table nc")),
                new Script(
                        "copy that fails, and what comes late",
                        4,
                        c -> {
                            c.query("create table if not exists nl (a int)")
                                    .parse("load", "copy nl from stdin")
                                    .bindExecute("load")
                                    .message('d', "not a number\n");
                            for (int i = 0; i < 1_000; i++) {
                                c.message('d', "1\n");
                            }
                            c.message('c', "")
                                    .sync()
                                    .parse("count", "select count(*) from nl")
                                    .bindExecute("count")
                                    .sync()
                                    .query("drop table nl");
                        }),
                new Script(
                        "copy out",
                        1,
                        c ->
                                c.parse("out", "copy (select generate_series(1, 2000)) to stdout")
                                        .bindExecute("out")
                                        .sync()));
    }
}
