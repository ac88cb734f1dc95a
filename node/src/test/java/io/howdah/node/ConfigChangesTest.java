package io.howdah.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cluster.member.SettingsCheck;
import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.node.api.ConfigChange;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigChangesTest {

    private static final ClusterSettings CURRENT =
            new ClusterSettings(
                    3,
                    "dba",
                    5,
                    true,
                    1,
                    new TreeMap<>(Map.of("work_mem", "8MB")),
                    List.of("host all all 10.0.0.0/8 scram-sha-256"));

    private static final Map<String, SettingsCheck.Known> KNOWN =
            Map.of(
                    "work_mem", new SettingsCheck.Known("user", "integer"),
                    "max_connections", new SettingsCheck.Known("postmaster", "integer"),
                    "block_size", new SettingsCheck.Known("internal", "integer"));

    @Test
    void aPatchChangesWhatItNamesAndNothingElse() {
        ClusterSettings next =
                applied(change(false, Map.of("postgres.parameters.Max_Connections", "300")));
        assertThat(next.version()).isEqualTo(4);
        assertThat(next.by()).isEqualTo("alice");
        assertThat(next.parameters())
                .containsExactly(Map.entry("max_connections", "300"), Map.entry("work_mem", "8MB"));
        assertThat(next.strict()).isTrue();
        assertThat(next.access()).isEqualTo(CURRENT.access());
    }

    @Test
    void aReplacementTakesEverythingElseBackToItsDefault() {
        ClusterSettings next = applied(change(true, Map.of("durability", "strict")));
        assertThat(next.strict()).isTrue();
        assertThat(next.synchronousStandbys()).isZero();
        assertThat(next.parameters()).isEmpty();
        assertThat(next.access()).isEmpty();
    }

    @Test
    void defaultsComeBack() {
        ClusterSettings next =
                applied(
                        new ConfigChange(
                                "alice",
                                null,
                                false,
                                null,
                                new TreeMap<>(),
                                List.of(
                                        "durability",
                                        "synchronous-standbys",
                                        "postgres.parameters.work_mem"),
                                null));
        assertThat(next.strict()).isFalse();
        assertThat(next.synchronousStandbys()).isZero();
        assertThat(next.parameters()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "durabilty | strict | did you mean 'durability'?",
                "lease | 5s | not changed for the whole cluster",
                "postgres.installation | auto | not changed for the whole cluster",
                "postgres.parameters.work_men | 1MB | did you mean 'work_mem'?",
                "postgres.parameters.block_size | 8192 | cannot be set",
                "durability | maybe | not available or strict",
                "synchronous-standbys | 0 | not auto or a number",
                "synchronous-standbys | 3 | there are 1 standbys",
                "postgres.access | x | is a list",
                "postgres.acces.x | x | unknown key",
            })
    void whatMakesNoSenseIsRefusedWithAGuessOrAReason(String key, String value, String reason) {
        assertThatThrownBy(() -> applied(change(false, Map.of(key, value))))
                .isInstanceOf(ConfigChanges.RefusedChangeException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void differencesAreSpelledOut() {
        assertThat(
                        ConfigChanges.differences(
                                CURRENT,
                                applied(
                                        change(
                                                false,
                                                Map.of(
                                                        "durability",
                                                        "available",
                                                        "postgres.parameters.max_connections",
                                                        "300")))))
                .containsExactly(
                        "durability: strict -> available", "max_connections: default -> 300");
    }

    private static ClusterSettings applied(ConfigChange change) {
        return new ConfigChanges(members(), KNOWN).applied(CURRENT, change, "alice", 9);
    }

    private static ConfigChange change(boolean replace, Map<String, String> values) {
        return new ConfigChange(
                "alice", null, replace, null, new TreeMap<>(values), List.of(), lines());
    }

    private static @Nullable List<String> lines() {
        return null;
    }

    /// Two members with data and a witness.
    private static ClusterState members() {
        ClusterState state = ClusterState.INITIAL;
        for (String name : List.of("n1", "n2", "n3")) {
            Member member =
                    new Member(null, "127.0.0.1", 1, 2, name.equals("n3"), Member.Tags.NONE);
            state = state.apply(new Command.Report(new NodeName(name), member)).state();
        }
        return state;
    }
}
