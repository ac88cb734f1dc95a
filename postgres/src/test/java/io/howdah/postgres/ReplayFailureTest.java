package io.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplayFailureTest {

    @Test
    void whatCannotBeReplayedIsSaidWithPostgresqlsOwnHint() {
        String log =
                """
                2026-11-22 00:00:01.000 UTC [7] LOG:  consistent recovery state reached at 0/5000A10
                2026-11-22 00:00:01.000 UTC [9] FATAL:  password authentication failed for user "a"
                2026-11-22 00:00:02.000 UTC [7] FATAL:  directory "/space" does not exist
                2026-11-22 00:00:02.000 UTC [7] HINT:  Create this directory for the tablespace before restarting the server.
                2026-11-22 00:00:02.000 UTC [7] CONTEXT:  WAL redo at 0/5000A48 for Tablespace/CREATE: 16400 "/space"
                2026-11-22 00:00:02.000 UTC [5] LOG:  startup process (PID 7) exited with exit code 1
                2026-11-22 00:00:02.000 UTC [5] LOG:  shutting down due to startup process failure
                """;
        assertThat(ReplayFailure.of(log))
                .contains(
                        new ReplayFailure(
                                "PostgreSQL ends while it replays WAL: directory \"/space\" does not"
                                        + " exist",
                                Optional.of(
                                        "Create this directory for the tablespace before"
                                                + " restarting the server.")));
    }

    @Test
    void otherEndsAreNone() {
        assertThat(
                        ReplayFailure.of(
                                """
                                2026-11-22 00:00:02.000 UTC [9] FATAL:  the database system is starting up
                                2026-11-22 00:00:02.000 UTC [5] LOG:  database system is shut down
                                """))
                .isEmpty();
        assertThat(
                        ReplayFailure.of(
                                "LOG:  startup process (PID 7) was terminated by signal 6: Aborted"))
                .hasValueSatisfying(why -> {
                    assertThat(why.reason()).contains("signal 6");
                    assertThat(why.hint()).isEmpty();
                });
    }
}
