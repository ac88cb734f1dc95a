package io.howdah.cli.chaos;

import io.howdah.cli.chaos.check.Bank;
import java.sql.SQLException;
import java.util.List;

/// The tables of a run, in a schema of their own.
final class Schema {

    private static final List<String> MAKE =
            List.of(
                    "drop schema if exists howdah_chaos cascade",
                    "create schema howdah_chaos",
                    "create table howdah_chaos.inserted (id integer primary key)",
                    "create table howdah_chaos.account (id integer primary key, balance bigint not null)",
                    "create table howdah_chaos.transfer (id integer primary key, payer integer not null,"
                            + " payee integer not null, amount integer not null)",
                    "create table howdah_chaos.list (key integer primary key, elements integer[] not null)");

    private Schema() {}

    /// Makes it, in place of what an earlier run has left.
    static void make(Session session) throws SQLException {
        session.begin(false);
        for (String statement : MAKE) {
            session.execute(statement);
        }
        session.update(
                "insert into howdah_chaos.account select id, ? from pg_catalog.generate_series(0, ?) as id",
                Bank.FIRST_BALANCE,
                Bank.ACCOUNTS - 1);
        session.commit();
    }

    /// Takes it away.
    static void drop(Session session) throws SQLException {
        session.begin(true);
        session.execute("drop schema if exists howdah_chaos cascade");
    }
}
