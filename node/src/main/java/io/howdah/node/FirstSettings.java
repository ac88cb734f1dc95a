package io.howdah.node;

import io.howdah.cluster.state.ClusterSettings;
import io.howdah.node.configuration.Durability;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.PostgresConfiguration;
import io.howdah.node.configuration.SynchronousStandbys;
import java.util.List;
import java.util.TreeMap;

/// The settings that a new cluster begins with: those in the `howdah.yaml` of its first primary.
final class FirstSettings {

    private FirstSettings() {}

    static ClusterSettings of(NodeConfiguration configuration) {
        PostgresConfiguration postgres = configuration.postgres();
        return new ClusterSettings(
                1,
                "howdah.yaml of " + configuration.node(),
                System.currentTimeMillis(),
                configuration.durability() == Durability.STRICT,
                switch (configuration.synchronousStandbys()) {
                    case SynchronousStandbys.Auto auto -> 0;
                    case SynchronousStandbys.Exactly(int count) -> count;
                },
                postgres == null ? new TreeMap<>() : new TreeMap<>(postgres.parameters()),
                postgres == null ? List.of() : postgres.access());
    }
}
