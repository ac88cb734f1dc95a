package io.howdah.cli.chaos;

import io.howdah.cli.chaos.check.BankCheck;
import io.howdah.cli.chaos.check.ListCheck;
import io.howdah.cli.chaos.check.SetCheck;
import io.howdah.cli.chaos.check.Violation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Reads every member when all clients have ended, and compares it with what they were told.
final class Verdict {

    private static final long QUIET_SECONDS = 60;
    private static final long CAUGHT_UP_SECONDS = 90;
    private static final long POLL_MILLIS = 200;

    /// Sessions of clients that are gone may still wait for their standbys.
    private static final String OTHERS =
            "select pg_catalog.count(*) from pg_catalog.pg_stat_activity where application_name = '"
                    + Session.APPLICATION
                    + "' and pid <> pg_catalog.pg_backend_pid() and state is distinct from 'idle'";

    private static final String WRITTEN =
            "select (pg_catalog.pg_current_wal_lsn() - '0/0')::bigint";
    private static final String REPLAYED =
            "select case when pg_catalog.pg_is_in_recovery()"
                    + " then (pg_catalog.pg_last_wal_replay_lsn() - '0/0')::bigint end";

    private final Target target;
    private final Clients clients;
    private final Consumer<String> progress;
    private final List<Violation> violations = new ArrayList<>();

    /// @param clients that have ended
    Verdict(Target target, Clients clients, Consumer<String> progress) {
        this.target = target;
        this.clients = clients;
        this.progress = progress;
    }

    /// Reads and compares.
    ///
    /// @return what does not agree
    List<Violation> find() throws InterruptedException {
        violations.addAll(clients.violations());
        Map<String, String> addresses = target.addresses();
        var servers = new Servers(List.copyOf(addresses.values()));
        long written;
        MemberReading primary;
        try (Session session = servers.primary()) {
            awaitQuiet(session);
            primary = MemberReading.of(session);
            written = session.number(WRITTEN);
        } catch (SQLException e) {
            violations.add(unreadable("the primary", e));
            return violations;
        }
        Map<String, Map<String, BitSet>> present = new TreeMap<>();
        for (Map.Entry<String, String> member : addresses.entrySet()) {
            progress.accept("reading " + member.getKey());
            read(member.getKey(), member.getValue(), written, present);
        }
        present.forEach(
                (workload, members) -> violations.addAll(SetCheck.members(workload, members)));
        violations.addAll(
                SetCheck.readings(
                        "set", clients.inserts(), clients.sightings(), primary.inserted()));
        return violations;
    }

    private void awaitQuiet(Session primary) throws SQLException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(QUIET_SECONDS);
        while (primary.number(OTHERS) > 0) {
            if (System.nanoTime() > end) {
                violations.add(
                        new Violation(
                                "cluster",
                                "hanging",
                                1,
                                "sessions are still busy %d s after their clients ended"
                                        .formatted(QUIET_SECONDS)));
                return;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private void read(
            String name, String address, long written, Map<String, Map<String, BitSet>> present)
            throws InterruptedException {
        try (Session session = Session.open(address, false)) {
            if (!awaitCaughtUp(session, written)) {
                violations.add(
                        new Violation(
                                "cluster",
                                "behind",
                                1,
                                name + " has not replayed all within " + CAUGHT_UP_SECONDS + " s"));
            }
            MemberReading reading = MemberReading.of(session);
            reading.present()
                    .forEach((workload, rows) ->
                            present.computeIfAbsent(workload, _ -> new LinkedHashMap<>())
                                    .put(name, rows));
            violations.addAll(SetCheck.member("set", clients.inserts(), name, reading.inserted()));
            violations.addAll(BankCheck.member(clients.transfers(), name, reading.bank()));
            violations.addAll(ListCheck.member(clients.appends(), name, reading.lists()));
        } catch (SQLException e) {
            violations.add(unreadable(name, e));
        }
    }

    private static boolean awaitCaughtUp(Session session, long written)
            throws SQLException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CAUGHT_UP_SECONDS);
        while (true) {
            long[] replayed = {Long.MAX_VALUE};
            session.query(
                    REPLAYED,
                    row -> {
                        long position = row.getLong(1);
                        if (!row.wasNull()) {
                            replayed[0] = position;
                        }
                    });
            if (replayed[0] >= written) {
                return true;
            }
            if (System.nanoTime() > end) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private static Violation unreadable(String name, SQLException e) {
        return new Violation(
                "cluster", "unreadable", 1, name + " cannot be read at the end: " + e.getMessage());
    }
}
