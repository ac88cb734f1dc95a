package io.howdah.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class WelcomesTest {

    private static StartupSettings named(String name) throws Exception {
        return StartupSettings.of(Map.of("user", "ann", "application_name", name));
    }

    /// Those of others go on to share theirs.
    @Test
    void clientsThatAreAllCalledOtherwiseAreNotRemembered() throws Exception {
        var welcomes = new Welcomes();
        welcomes.remember(named("psql"), new Welcome(Map.of(Welcome.NAME, ""), SessionState.NONE));
        Welcome shared = welcomes.of(named("psql"));
        for (int i = 0; i < 1_000; i++) {
            String address = "10.0.0.1:" + i;
            Welcome own = Objects.requireNonNull(welcomes.of(named("psql").from(address)));
            assertThat(own.reported()).containsEntry(Welcome.NAME, "psql - " + address);
        }
        assertThat(welcomes.of(named("psql"))).isSameAs(shared);
    }

    @Test
    void addressIsSeenBehindALongName() throws Exception {
        String name = named("n".repeat(100)).from("[::1]:50000").values().get(Welcome.NAME);
        assertThat(name).hasSize(63).matches("n+ - \\[::1]:50000");
        assertThat(named("").from("127.0.0.1:5").values().get(Welcome.NAME))
                .isEqualTo("127.0.0.1:5");
    }
}
