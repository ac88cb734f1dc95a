package io.howdah.cluster.adoption;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.HostBasedAccess;
import java.util.List;
import org.junit.jupiter.api.Test;

class CarriedAccessTest {

    private static FormerAccess line(String whom, String method, String options) {
        return new FormerAccess(whom, method, options);
    }

    @Test
    void nobodyGetsInMoreEasilyThanBefore() {
        CarriedAccess carried =
                CarriedAccess.of(
                        List.of(
                                line("local all postgres", "peer", ""),
                                line("host all all 127.0.0.1/32", "trust", ""),
                                line("hostssl app web 10.0.0.0/8", "md5", ""),
                                line("hostssl all admin all", "cert", "map=admins"),
                                line("host all all 10.9.0.0/16", "ldap", "ldapserver=a ldaptls=1"),
                                line("host all bad samenet", "reject", ""),
                                line(
                                        "hostssl all all 10.0.0.0/8",
                                        "scram-sha-256",
                                        "clientcert=verify-ca")),
                        List.of());
        assertThat(carried.kept())
                .containsExactly(
                        "local all postgres reject",
                        "host all all 127.0.0.1/32 scram-sha-256",
                        "hostssl app web 10.0.0.0/8 scram-sha-256",
                        "hostssl all admin all reject",
                        "host all all 10.9.0.0/16 reject",
                        "host all bad samenet reject",
                        "hostssl all all 10.0.0.0/8 scram-sha-256 clientcert=verify-ca")
                .allSatisfy(kept -> assertThat(HostBasedAccess.refusal(kept)).isEmpty());
        assertThat(carried.dropped()).isEmpty();
        assertThat(carried.remark().orElseThrow())
                .contains("kept by another method")
                .contains("host all all 127.0.0.1/32 trust (scram-sha-256)")
                .contains("hostssl all admin all cert map=admins (reject)")
                .doesNotContain("host all bad");
    }

    @Test
    void whatHowdahYamlSaysAlreadyIsNotRepeatedAndWhatCannotBeWrittenIsSaid() {
        CarriedAccess carried =
                CarriedAccess.of(
                        List.of(
                                line("host all all 10.0.0.0/8", "scram-sha-256", ""),
                                line("host \"a#b\" all 10.0.0.0/8", "scram-sha-256", "")),
                        List.of("host  all all\t10.0.0.0/8 scram-sha-256"));
        assertThat(carried.kept()).isEmpty();
        assertThat(carried.dropped()).hasSize(1);
        assertThat(carried.remark().orElseThrow()).contains("not kept: host \"a#b\"");
        assertThat(CarriedAccess.of(List.of(), List.of()).remark()).isEmpty();
    }
}
