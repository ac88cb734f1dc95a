package io.howdah.node;

import io.howdah.cluster.member.SettingsCheck;
import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.Store;
import io.howdah.node.api.ActionOutcome;
import io.howdah.node.api.ConfigChange;
import io.howdah.postgres.PostgresException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Changes the cluster's configuration: works out what it becomes, asks PostgreSQL whether it takes
/// that, and has it agreed. Thread-safe; blocks its caller.
final class ConfigVerbs {

    private final Store<ClusterState, Command> store;
    private final @Nullable SettingsCheck check;

    /// @param check asks this node's PostgreSQL; null on a witness, which has none
    ConfigVerbs(Store<ClusterState, Command> store, @Nullable SettingsCheck check) {
        this.store = store;
        this.check = check;
    }

    /// @throws java.util.concurrent.CompletionException when no majority answers
    ActionOutcome change(ConfigChange change) {
        try {
            return check == null
                    ? ActionOutcome.refused(
                            "this node is a witness: it has no PostgreSQL to check the change with",
                            "ask another node")
                    : change(change, check);
        } catch (ConfigChanges.RefusedChangeException e) {
            return ActionOutcome.wrong(String.valueOf(e.getMessage()), e.hint());
        } catch (PostgresException e) {
            String[] parts = String.valueOf(e.getMessage()).split("\nHINT: ", 2);
            return ActionOutcome.wrong(parts[0], parts.length < 2 ? null : parts[1]);
        }
    }

    private ActionOutcome change(ConfigChange change, SettingsCheck asked) {
        ClusterState state = store.read().join().state();
        ClusterSettings current = state.settings();
        if (current == null) {
            return ActionOutcome.refused(
                    "the cluster has no configuration yet: it has had no primary",
                    "look at `howdah status`");
        }
        Long expected = change.ifVersion();
        if (expected != null && expected != current.version()) {
            return conflict(current);
        }
        Map<String, SettingsCheck.Known> known = asked.known();
        ClusterSettings next =
                new ConfigChanges(state, known)
                        .applied(
                                current,
                                change,
                                ClusterOperations.who(change.by()),
                                System.currentTimeMillis());
        if (next.saysTheSameAs(current)) {
            return ActionOutcome.done(
                    "nothing changes: version " + current.version() + " says so already");
        }
        asked.check(next.parameters(), next.access());
        Outcome<ClusterState> outcome = store.submit(new Command.ChangeSettings(next)).join();
        ClusterSettings now = outcome.result().state().settings();
        if (!outcome.accepted()) {
            return now == null || now.version() == current.version()
                    ? ActionOutcome.failed(String.valueOf(outcome.refusal()), "try again")
                    : conflict(now);
        }
        return ActionOutcome.done(
                "version "
                        + next.version()
                        + ": "
                        + String.join("; ", ConfigChanges.differences(current, next))
                        + restarts(current, next, known));
    }

    private static ActionOutcome conflict(ClusterSettings now) {
        return ActionOutcome.refused(
                "the configuration has version "
                        + now.version()
                        + " by now, by "
                        + now.by()
                        + " at "
                        + Instant.ofEpochMilli(now.atMillis()),
                "look at `howdah config show`, and change that");
    }

    private static String restarts(
            ClusterSettings before, ClusterSettings after, Map<String, SettingsCheck.Known> known) {
        List<String> waiting =
                known.entrySet().stream()
                        .filter(setting -> setting.getValue().needsRestart())
                        .map(Map.Entry::getKey)
                        .filter(name ->
                                !Objects.equals(
                                        before.parameters().get(name),
                                        after.parameters().get(name)))
                        .toList();
        return waiting.isEmpty()
                ? ""
                : " (waits for a restart of PostgreSQL: " + String.join(", ", waiting) + ")";
    }
}
