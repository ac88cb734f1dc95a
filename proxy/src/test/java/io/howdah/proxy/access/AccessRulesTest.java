package io.howdah.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.proxy.settings.SettingException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessRulesTest {

    private static String decide(String rules, String address, String database, String user)
            throws Exception {
        return decide(rules, address, database, user, false);
    }

    private static String decide(
            String rules, String address, String database, String user, boolean encrypted)
            throws Exception {
        return AccessRules.of(List.of(rules.split(";")))
                .demandOf(
                        new Caller(
                                InetAddress.getByName(address),
                                encrypted,
                                database,
                                database,
                                false,
                                user))
                .map(demand -> demand.method().name())
                .orElse("none");
    }

    @Test
    void whoeverComesToALineThatCannotBeFollowedIsNotLetIn() throws Exception {
        List<String> complaints = new ArrayList<>();
        AccessRules rules =
                AccessRules.asFarAsFollowed(
                        List.of(
                                "local all all scram-sha-256",
                                "host all all 10.0.0.0/8 scram-sha-256",
                                "hostssl all all all cert",
                                "host all all all scram-sha-256"),
                        complaints::add);
        var inside =
                new Caller(InetAddress.getByName("10.0.0.7"), false, "app", "app", false, "ann");
        var outside =
                new Caller(InetAddress.getByName("11.0.0.7"), false, "app", "app", false, "ann");
        assertThat(rules.demandOf(inside).orElseThrow().method()).isEqualTo(Method.SCRAM);
        assertThat(rules.demandOf(outside).orElseThrow().method()).isEqualTo(Method.REJECT);
        assertThat(complaints).singleElement().asString().contains("hostssl all all all cert");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    host all all 10.0.0.0/8 scram-sha-256                     | 10.1.2.3     | SCRAM
                    host all all 10.0.0.0/8 scram-sha-256                     | 11.1.2.3     | none
                    host all all 10.0.0.0 255.0.0.0 scram-sha-256             | 10.9.9.9     | SCRAM
                    host all all 10.0.0.0 255.0.0.0 scram-sha-256             | 11.0.0.0     | none
                    host all all 0.0.0.0/0 scram-sha-256                      | ::1          | none
                    host all all ::/0 scram-sha-256                           | 10.0.0.1     | none
                    host all all all scram-sha-256                            | ::1          | SCRAM
                    host all all 2001:db8::/32 scram-sha-256                  | 2001:db8::5  | SCRAM
                    host all all 2001:db8::/32 scram-sha-256                  | 2001:db9::5  | none
                    host all all 10.0.0.7/32 reject;host all all all scram-sha-256 | 10.0.0.7 | REJECT
                    host all all 10.0.0.7/32 reject;host all all all scram-sha-256 | 10.0.0.8 | SCRAM
                    host all all all scram-sha-256;host all all 10.0.0.7/32 reject | 10.0.0.7 | SCRAM
                    host app all all scram-sha-256                            | 10.0.0.7     | SCRAM
                    host other all all scram-sha-256                          | 10.0.0.7     | none
                    host other,app all all scram-sha-256                      | 10.0.0.7     | SCRAM
                    host other, app all all scram-sha-256                     | 10.0.0.7     | SCRAM
                    host replication all all scram-sha-256                    | 10.0.0.7     | none
                    host sameuser all all scram-sha-256                       | 10.0.0.7     | none
                    host "all" all all scram-sha-256                          | 10.0.0.7     | none
                    host all "ann" all scram-sha-256                          | 10.0.0.7     | SCRAM
                    host all Ann all scram-sha-256                            | 10.0.0.7     | none
                    host all bob all scram-sha-256 # and nobody else          | 10.0.0.7     | none
                    hostnossl all all all scram-sha-256                       | 10.0.0.7     | SCRAM
                    hostssl all all all scram-sha-256                         | 10.0.0.7     | none
                    host all all 127.0.0.1/32 trust                           | 127.0.0.1    | TRUST
                    """)
    void firstRuleForACallerDecides(String rules, String address, String decision)
            throws Exception {
        assertThat(decide(rules, address, "app", "ann")).isEqualTo(decision);
    }

    @ParameterizedTest
    @CsvSource({
        "host all all all scram-sha-256,false",
        "host app all all scram-sha-256,false",
        "host replication all all scram-sha-256,true",
        "'host app,replication all all scram-sha-256',true",
        "host \"replication\" all all scram-sha-256,false"
    })
    void physicalReplicationIsOfNoDatabase(String rule, boolean allowed) {
        var caller =
                new Caller(InetAddress.getLoopbackAddress(), false, "app", "app", true, "standby");
        assertThat(AccessRules.of(List.of(rule)).demandOf(caller).isPresent()).isEqualTo(allowed);
    }

    @Test
    void whoIsTrustedOrHasAPasswordMayReplicate() {
        var caller =
                new Caller(InetAddress.getLoopbackAddress(), false, "app", "app", true, "standby");
        assertThat(AccessRules.trustingLoopback().demandOf(caller)).isPresent();
        assertThat(AccessRules.withPassword().demandOf(caller)).isPresent();
    }

    @Test
    void encryptionCounts() throws Exception {
        String rules = "hostnossl all all all reject;hostssl all all all scram-sha-256";
        assertThat(decide(rules, "10.0.0.1", "app", "ann", false)).isEqualTo("REJECT");
        assertThat(decide(rules, "10.0.0.1", "app", "ann", true)).isEqualTo("SCRAM");
    }

    @Test
    void databaseOfTheRolesOwnNameIsFound() throws Exception {
        String rules = "host sameuser all all scram-sha-256";
        assertThat(decide(rules, "10.0.0.1", "ann", "ann")).isEqualTo("SCRAM");
    }

    @Test
    void certificateIsASecondDemand() throws Exception {
        var demand =
                AccessRules.of(List.of("hostssl all all all scram-sha-256 clientcert=verify-full"))
                        .demandOf(
                                new Caller(
                                        InetAddress.getLoopbackAddress(),
                                        true,
                                        "app",
                                        "app",
                                        false,
                                        "ann"));
        assertThat(demand).contains(new AccessRules.Demand(Method.SCRAM, Certificate.NAMES_ROLE));
    }

    /// Else a database under another name would be without its lines.
    @Test
    void linesOfServerMeanTheDatabaseThatIsReachedOwnLinesTheOneThatIsAskedFor() {
        List<String> lines =
                List.of("host payroll all all reject", "host all all 127.0.0.1/32 trust");
        var renamed =
                new Caller(
                        InetAddress.getLoopbackAddress(),
                        false,
                        "reporting",
                        "payroll",
                        false,
                        "ann");
        var other =
                new Caller(
                        InetAddress.getLoopbackAddress(),
                        false,
                        "payroll",
                        "reporting",
                        false,
                        "ann");
        AccessRules servers = AccessRules.asFarAsFollowed(lines, _ -> {});
        assertThat(servers.demandOf(renamed).orElseThrow().method()).isEqualTo(Method.REJECT);
        assertThat(servers.demandOf(other).orElseThrow().method()).isEqualTo(Method.TRUST);
        AccessRules own = AccessRules.of(lines);
        assertThat(own.demandOf(renamed).orElseThrow().method()).isEqualTo(Method.TRUST);
        assertThat(own.demandOf(other).orElseThrow().method()).isEqualTo(Method.REJECT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    host all all                                   | five words
                    local all all peer scram-sha-256               | begins with 'local'
                    hostgssenc all all all scram-sha-256           | begins with 'hostgssenc'
                    host all all 10.0.0.0/8 md5                    | method 'md5'
                    host all all 10.0.0.0/8 password               | method 'password'
                    host all all 10.0.0.0/8 cert                   | method 'cert'
                    host all all 10.0.0.0/8 trust                  | trusts whoever comes from other machines
                    host all all 127.0.0.0/7 trust                 | trusts whoever comes from other machines
                    host all all all trust                         | trusts whoever comes from other machines
                    host all all 10.0.0.0/33 scram-sha-256         | mask of 33 bits
                    host all all 10.0.0.0/-1 scram-sha-256         | mask of -1 bits
                    host all all 10.0.0.0 scram-sha-256            | has no mask
                    host all all 10.0.0.0 255.0.255.0 scram-sha-256 | which has gaps
                    host all all 10.0.0.0 255.0.0.0                | no method behind its mask
                    host all all 10.1/16 scram-sha-256             | not a numeric address
                    host all all example.org scram-sha-256         | has no mask
                    host all all example.org/32 scram-sha-256      | not a numeric address
                    host all all samenet scram-sha-256             | write the addresses
                    host all +admins all scram-sha-256             | cannot judge
                    host all @file all scram-sha-256               | cannot judge
                    host /^a all all scram-sha-256                 | cannot judge
                    host samerole all all scram-sha-256            | cannot judge
                    host all "ann all scram-sha-256                | not closed
                    host all all all scram-sha-256 clientcert=verify-ca | hostssl only
                    hostssl all all all scram-sha-256 map=x        | option 'map=x'
                    """)
    void whatCannotBeFollowedIsRefused(String line, String problem) {
        assertThatThrownBy(() -> AccessRules.of(List.of(line)))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining(problem)
                .hasMessageContaining("access ");
    }
}
