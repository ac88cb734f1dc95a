package io.howdah.cluster.member;

import java.time.Duration;

/// By which versions of glibc and ICU this server sorts. Asked now and then: they change with an
/// update of the operating system, which takes a restart of PostgreSQL to be seen. For one thread.
final class CollationVersions {

    private static final Duration FRESH_FOR = Duration.ofSeconds(60);

    private final ServerQueries queries;
    private String versions = "";
    private long freshUntilNanos = System.nanoTime();

    CollationVersions(ServerQueries queries) {
        this.queries = queries;
    }

    /// The latest known; empty when nothing is, or nothing depends on a version.
    String latest() {
        return versions;
    }

    /// The server answers: asks it, if it is time.
    void refresh() {
        long now = System.nanoTime();
        if (now - freshUntilNanos >= 0) {
            freshUntilNanos = now + FRESH_FOR.toNanos();
            versions = queries.collationVersions();
        }
    }

    /// It has stopped: what starts next may be another build.
    void restarted() {
        freshUntilNanos = System.nanoTime();
    }
}
