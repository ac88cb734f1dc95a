package io.howdah.proxy.session;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// How many are here, on all event loops. Thread-safe: no bound is exceeded, whoever comes when.
final class Headcount {

    /// Who has found no place.
    enum Crowded {
        NOT,
        DATABASE,
        USER
    }

    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger clients = new AtomicInteger();
    private final AtomicInteger sessions = new AtomicInteger();
    private final Map<String, Integer> ofDatabase = new HashMap<>();
    private final Map<String, Integer> ofUser = new HashMap<>();

    /// Connections, whatever they are for.
    AtomicInteger connections() {
        return connections;
    }

    /// Connections that are clients', as far as they have said so.
    AtomicInteger clients() {
        return clients;
    }

    /// Clients that have shown who they are.
    AtomicInteger sessions() {
        return sessions;
    }

    /// Counts one more.
    ///
    /// @return false when there are as many as may be, which counts nothing
    static boolean add(AtomicInteger count, int most) {
        return count.getAndUpdate(now -> now >= most ? now : now + 1) < most;
    }

    /// Counts one more client of a database and of a user.
    ///
    /// @param mostOfDatabase at a time; 0 for no bound
    /// @param mostOfUser at a time; 0 for no bound
    /// @return whose bound has left no place; then nothing is counted
    synchronized Crowded enter(String database, int mostOfDatabase, String user, int mostOfUser) {
        if (isFull(ofDatabase, database, mostOfDatabase)) {
            return Crowded.DATABASE;
        }
        if (isFull(ofUser, user, mostOfUser)) {
            return Crowded.USER;
        }
        ofDatabase.merge(database, 1, Integer::sum);
        ofUser.merge(user, 1, Integer::sum);
        return Crowded.NOT;
    }

    private static boolean isFull(Map<String, Integer> counts, String name, int most) {
        return most > 0 && counts.getOrDefault(name, 0) >= most;
    }

    /// One has left.
    synchronized void leave(String database, String user) {
        ofDatabase.computeIfPresent(database, (_, count) -> count > 1 ? count - 1 : null);
        ofUser.computeIfPresent(user, (_, count) -> count > 1 ? count - 1 : null);
    }
}
