package io.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NullMarked
class HostBasedAccessTest {

    private static HostBasedAccess with(String... access) {
        return new HostBasedAccess(
                "howdah_replication",
                "howdah_rewind",
                List.of("root", "postgres", "root"),
                List.of(access));
    }

    @Test
    void closedAdmitsTheOwnerAndTheMembersOnly() {
        assertThat(with("host all all all scram-sha-256").closed())
                .isEqualTo(
                        """
                        # Written by Howdah; changes are overwritten.
                        # State: closed. Only the owner on the local socket and the members may connect.
                        local  all,replication  "postgres"  peer map=howdah
                        host   replication  "howdah_replication"  all  scram-sha-256
                        host   "postgres"   "howdah_rewind"  all  scram-sha-256
                        """);
    }

    @Test
    void openAddsTheOperatorsLinesBelowWhatIsSettled() {
        String open = with("host all all 10.0.0.0/8 scram-sha-256").open();
        assertThat(open).endsWith("\nhost all all 10.0.0.0/8 scram-sha-256\n");
        assertThat(open.indexOf("host   all,replication  \"postgres\"  all  reject"))
                .isPositive()
                .isLessThan(open.indexOf("10.0.0.0/8"));
        assertThat(open).contains("host   \"postgres\"   \"howdah_rewind\"  all  scram-sha-256");
    }

    @Test
    void nobodyIsTrusted() {
        assertThat(with().closed() + with().open()).doesNotContain("trust").doesNotContain("md5");
    }

    @Test
    void everyLoginIsMappedOnce() {
        assertThat(with().ident())
                .isEqualTo(
                        """
                        # Written by Howdah; changes are overwritten.
                        howdah  "root"  "postgres"
                        howdah  "postgres"  "postgres"
                        """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host all all 10.0.0.0/8 scram-sha-256",
                "hostssl app app,report 10.0.0.0 255.0.0.0 scram-sha-256",
                "hostssl all all ::1/128 cert clientcert=verify-full map=people",
                "hostssl all all fe80::1 ffff:ffff:: scram-sha-256",
                "host all +staff .example.org scram-sha-256",
                "host \"my db\" \"a user\" samenet reject",
                "local all all scram-sha-256",
                "host\tall\tall\tall\tscram-sha-256"
            })
    void aLineThatAsksForProofIsTaken(String line) {
        assertThat(with(line).open()).endsWith(line + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host all all 0.0.0.0/0 trust",
                "host all all 0.0.0.0/0 md5",
                "host all all 0.0.0.0/0 password",
                "host all all 10.0.0.0 255.0.0.0 trust",
                "local all all trust",
                "local all all peer",
                "host all all all scram-sha-256\nhost all all all trust",
                "host all all all scram-sha-256\rhost all all all trust",
                "host all all all scram-sha-256 \\",
                "host all all all trust # scram-sha-256",
                "host @dbs all all scram-sha-256",
                "host all @roles all scram-sha-256",
                "include other.conf",
                "include_dir conf.d",
                "host a, b all all scram-sha-256",
                "host all all all",
                "host all \"all all scram-sha-256",
                "host all all all scram-sha-256 trust",
                ""
            })
    void aLineThatCouldLetSomebodyInIsRefusedWithItsReason(String line) {
        assertThatThrownBy(() -> with(line))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("postgres.access: the line '")
                .hasMessageContaining("\nHINT: ");
    }

    @Test
    void aNameCannotEndItsQuotes() {
        assertThatThrownBy(() ->
                        new HostBasedAccess("x\"  all trust\n#", "rewind", List.of(), List.of()))
                .isInstanceOf(PostgresException.class);
    }
}
