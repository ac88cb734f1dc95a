package io.howdah.cli;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.api.ConfigChange;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `howdah config set`.
@Command(
        name = "set",
        description = "Change values of the configuration, all of them or none.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah config set postgres.parameters.work_mem=64MB synchronous-standbys=2"
        })
final class ConfigSetCommand implements Callable<Integer> {

    @Mixin private ClusterAddress address = new ClusterAddress();

    @Parameters(arity = "1..*", paramLabel = "KEY=VALUE", description = "What to set.")
    private List<String> assignments = List.of();

    @Option(
            names = "--if-version",
            paramLabel = "N",
            description = "Only if the configuration still has this version.")
    private @Nullable Long ifVersion;

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    ConfigSetCommand() {}

    @Override
    public Integer call() {
        SortedMap<String, String> values = new TreeMap<>();
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                throw CommandFailure.wrongUsage(
                        "'" + assignment + "' is not KEY=VALUE",
                        "write it as in postgres.parameters.work_mem=64MB");
            }
            values.put(assignment.substring(0, equals), assignment.substring(equals + 1));
        }
        var change =
                new ConfigChange(Requester.name(), ifVersion, false, null, values, List.of(), null);
        new ChangeOfCluster(address.client(), json)
                .ask("changing the configuration", client -> client.changeConfig(change));
        return 0;
    }
}
