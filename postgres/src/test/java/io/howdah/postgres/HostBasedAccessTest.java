package io.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.RoleAccess.Reach;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NullMarked
class HostBasedAccessTest {

    private static HostBasedAccess with(String... access) {
        return new HostBasedAccess(
                List.of(
                        new RoleAccess("howdah_replication", "replication", Reach.MEMBERS_ALWAYS),
                        new RoleAccess("howdah_backup", "replication,\"postgres\"", Reach.MEMBERS),
                        new RoleAccess("howdah_monitor", "all", Reach.OWN_HOST)),
                Set.of("10.1.0.2", "10.1.0.1", "fd00::1"),
                true,
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
                        local    all,replication  "postgres"  peer map=howdah
                        hostssl  replication  "howdah_replication"  10.1.0.1/32  scram-sha-256 clientcert=verify-ca
                        hostssl  replication  "howdah_replication"  10.1.0.2/32  scram-sha-256 clientcert=verify-ca
                        hostssl  replication  "howdah_replication"  fd00::1/128  scram-sha-256 clientcert=verify-ca
                        """);
    }

    @Test
    void openAddsTheOperatorsLinesBelowWhatIsSettled() {
        String open = with("host all all 10.0.0.0/8 scram-sha-256").open();
        assertThat(open).contains("\nhost all all 10.0.0.0/8 scram-sha-256\n");
        for (String settled :
                List.of(
                        "host     all,replication  \"postgres\"  all  reject",
                        "host     all,replication  \"howdah_replication\"  all  reject",
                        "local    all,replication  \"howdah_backup\"  reject",
                        "hostssl  replication,\"postgres\"  \"howdah_backup\"  10.1.0.2/32  scram-sha-256"
                                + " clientcert=verify-ca",
                        "hostssl  all  \"howdah_monitor\"  samehost  scram-sha-256")) {
            assertThat(open).contains(settled);
            assertThat(open.indexOf(settled)).isLessThan(open.indexOf("10.0.0.0/8"));
        }
    }

    @Test
    void membersProxiesComeBehindTheOperatorsLinesAndByCertificate() {
        assertThat(with("host all all 10.0.0.0/8 scram-sha-256").open())
                .endsWith(
                        """
                        host all all 10.0.0.0/8 scram-sha-256
                        # Whoever has proven himself to a member's proxy
                        hostssl  all  all  10.1.0.1/32  scram-sha-256 clientcert=verify-ca
                        hostssl  all  all  10.1.0.2/32  scram-sha-256 clientcert=verify-ca
                        hostssl  all  all  fd00::1/128  scram-sha-256 clientcert=verify-ca
                        """);
    }

    @Test
    void monitoringMayBeAdmittedFromElsewhere() {
        assertThat(with().open()).doesNotContain("\"howdah_monitor\"  reject");
    }

    @Test
    void stateIsReadFromTheFileWhateverItsMembers() {
        HostBasedAccess other =
                new HostBasedAccess(List.of(), Set.of(), false, List.of(), List.of());
        assertThat(HostBasedAccess.isOpen(with().open())).isTrue();
        assertThat(HostBasedAccess.isOpen(other.open())).isTrue();
        assertThat(HostBasedAccess.isOpen(with().closed())).isFalse();
        assertThat(HostBasedAccess.isOpen("")).isFalse();
    }

    @Test
    void nobodyIsTrustedAndNoMemberComesUnencrypted() {
        String all = with().closed() + with().open();
        assertThat(all).doesNotContain("trust").doesNotContain("md5");
        assertThat(all.lines().filter(line -> line.startsWith("host ")))
                .isNotEmpty()
                .allMatch(line -> line.endsWith(" reject"));
        assertThat(all.lines().filter(line -> line.contains(" peer")))
                .allMatch(line -> line.startsWith("local ") && line.contains("\"postgres\""));
    }

    @Test
    void onOneMachineMembersComeByPasswordAlone() {
        HostBasedAccess plain =
                new HostBasedAccess(
                        List.of(new RoleAccess("r", "replication", Reach.MEMBERS_ALWAYS)),
                        Set.of("127.0.0.1"),
                        false,
                        List.of(),
                        List.of());
        assertThat(plain.closed())
                .endsWith("\nhost     replication  \"r\"  127.0.0.1/32  scram-sha-256\n");
    }

    @Test
    void memberWithoutANumericAddressIsNotWritten() {
        assertThatThrownBy(() ->
                        new HostBasedAccess(List.of(), Set.of("all"), true, List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
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
        assertThat(with(line).open()).contains("\n" + line + "\n");
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
                        new HostBasedAccess(
                                List.of(new RoleAccess("x\"  all trust\n#", "all", Reach.MEMBERS)),
                                Set.of(),
                                true,
                                List.of(),
                                List.of()))
                .isInstanceOf(PostgresException.class);
    }
}
