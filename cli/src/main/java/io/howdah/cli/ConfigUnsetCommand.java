package io.howdah.cli;

import io.howdah.node.api.ConfigChange;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `howdah config unset`.
@Command(
        name = "unset",
        description = "Take values back to their defaults.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  howdah config unset postgres.parameters.work_mem"})
final class ConfigUnsetCommand implements Callable<Integer> {

    @Mixin private ClusterAddress address = new ClusterAddress();

    @Parameters(arity = "1..*", paramLabel = "KEY", description = "What to take back.")
    private List<String> keys = List.of();

    @Option(
            names = "--if-version",
            paramLabel = "N",
            description = "Only if the configuration still has this version.")
    private @Nullable Long ifVersion;

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    ConfigUnsetCommand() {}

    @Override
    public Integer call() {
        // a list goes back to its default by being empty
        List<String> access = keys.contains("postgres.access") ? List.of() : null;
        List<String> others = keys.stream().filter(key -> !key.equals("postgres.access")).toList();
        var change =
                new ConfigChange(
                        Requester.name(), ifVersion, false, null, new TreeMap<>(), others, access);
        new ChangeOfCluster(address.client(), json)
                .ask("changing the configuration", client -> client.changeConfig(change));
        return 0;
    }
}
