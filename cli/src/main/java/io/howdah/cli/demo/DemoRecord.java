package io.howdah.cli.demo;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What `demo.json` says. Immutable.
///
/// @param demo always `howdah`: by this a directory is known to be a demo's
/// @param witness whether the last node is one; null: no
/// @param network of its hosts; null: it has none
/// @param supervisor the process that watches the nodes; null when none was started
/// @param processes the nodes' processes as last started, by the nodes' names
record DemoRecord(
        String demo,
        int nodes,
        int basePort,
        String postgres,
        String nodesDirectory,
        @Nullable Boolean witness,
        @Nullable String network,
        @Nullable ProcessMark supervisor,
        Map<String, ProcessMark> processes) {

    static final String MARK = "howdah";

    DemoRecord {
        if (!MARK.equals(demo)) {
            throw new IllegalArgumentException("it is not marked as a demo");
        }
        Objects.requireNonNull(postgres, "postgres");
        Objects.requireNonNull(nodesDirectory, "nodesDirectory");
        processes = processes == null ? Map.of() : new LinkedHashMap<>(processes);
    }

    static DemoRecord of(DemoSettings settings) {
        return new DemoRecord(
                MARK,
                settings.nodes(),
                settings.basePort(),
                settings.postgres(),
                settings.nodesDirectory().toString(),
                settings.witness() ? true : null,
                settings.network(),
                null,
                Map.of());
    }

    DemoSettings settings() {
        return new DemoSettings(
                nodes,
                basePort,
                postgres,
                Path.of(nodesDirectory),
                Boolean.TRUE.equals(witness),
                network);
    }

    DemoRecord withSupervisor(ProcessMark newSupervisor) {
        return new DemoRecord(
                demo,
                nodes,
                basePort,
                postgres,
                nodesDirectory,
                witness,
                network,
                newSupervisor,
                processes);
    }

    DemoRecord withProcess(String node, ProcessMark process) {
        var all = new LinkedHashMap<>(processes);
        all.put(node, process);
        return new DemoRecord(
                demo, nodes, basePort, postgres, nodesDirectory, witness, network, supervisor, all);
    }
}
