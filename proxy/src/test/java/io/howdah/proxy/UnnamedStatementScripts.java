package io.howdah.proxy;

import io.howdah.proxy.SameBytesTest.Script;
import java.util.stream.Stream;

/// What clients do with a statement without a name behind the Sync of its Parse.
final class UnnamedStatementScripts {

    private UnnamedStatementScripts() {}

    static Stream<Script> all() {
        return Stream.of(
                new Script(
                        "unnamed, used again and again",
                        4,
                        c ->
                                c.parse("", "select 1")
                                        .describe("")
                                        .sync()
                                        .bindExecute("")
                                        .sync()
                                        .describe("")
                                        .bindExecute("")
                                        .sync()
                                        .bindExecute("")
                                        .sync()),
                new Script(
                        "unnamed, closed",
                        3,
                        c ->
                                c.parse("", "select 1")
                                        .sync()
                                        .closeStatement("")
                                        .sync()
                                        .bindExecute("")
                                        .sync()),
                new Script(
                        "unnamed, behind a query",
                        4,
                        c ->
                                c.parse("", "select 1")
                                        .sync()
                                        .query("select 2")
                                        .bindExecute("")
                                        .sync()
                                        .describe("")
                                        .sync()),
                new Script(
                        "unnamed, behind a function call",
                        3,
                        c ->
                                c.parse("", "select 1")
                                        .sync()
                                        // 1610 is pi()
                                        .message('F', "\0\0\6\112\0\0\0\0\0\1")
                                        .bindExecute("")
                                        .sync()),
                new Script(
                        "unnamed, behind one that fails",
                        3,
                        c ->
                                c.parse("", "select 1")
                                        .sync()
                                        .parse("", "selekt")
                                        .sync()
                                        .bindExecute("")
                                        .sync()),
                new Script(
                        "unnamed, behind what is skipped",
                        3,
                        c ->
                                c.parse("", "select 1")
                                        .sync()
                                        .bindExecute("nobody")
                                        .parse("", "select 2")
                                        .closeStatement("")
                                        .query("select 3")
                                        .sync()
                                        .bindExecute("")
                                        .sync()),
                new Script(
                        "unnamed, in a transaction that has failed",
                        6,
                        c ->
                                c.parse("", "begin")
                                        .bindExecute("")
                                        .sync()
                                        .parse("", "select 1/0")
                                        .sync()
                                        .bindExecute("")
                                        .sync()
                                        .bindExecute("")
                                        .sync()
                                        .parse("", "rollback")
                                        .bindExecute("")
                                        .sync()
                                        .bindExecute("")
                                        .sync()),
                new Script(
                        "unnamed, copying",
                        5,
                        c ->
                                c.query("create table if not exists u (a int)")
                                        .parse("", "copy u from stdin")
                                        .sync()
                                        .bindExecute("")
                                        .message('d', "1\n")
                                        .message('c', "")
                                        .sync()
                                        .bindExecute("")
                                        .message('c', "")
                                        .sync()
                                        .query("drop table u")),
                new Script(
                        "unnamed, discarding",
                        4,
                        c ->
                                c.parse("a", "select 1")
                                        .parse("", "deallocate all")
                                        .sync()
                                        .bindExecute("")
                                        .sync()
                                        .bindExecute("")
                                        .sync()
                                        .bindExecute("a")
                                        .sync()),
                new Script(
                        "unnamed, deallocating",
                        4,
                        c ->
                                c.parse("a", "select 1")
                                        .sync()
                                        .parse("", "deallocate a")
                                        .sync()
                                        .bindExecute("")
                                        .sync()
                                        .bindExecute("")
                                        .sync()),
                new Script(
                        "unnamed, deallocating again",
                        6,
                        c ->
                                c.parse("a", "select 1")
                                        .parse("", "deallocate a")
                                        .bindExecute("")
                                        .sync()
                                        .parse("a", "select 2")
                                        .sync()
                                        .bindExecute("a")
                                        .sync()
                                        .bindExecute("")
                                        .sync()
                                        .bindExecute("a")
                                        .sync()
                                        .bindExecute("")
                                        .sync()));
    }
}
