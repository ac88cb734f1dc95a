package io.howdah.cli;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.ConfigView;
import io.howdah.cli.screen.Confirmation;
import io.howdah.cli.screen.Screen;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ConfigChange;
import io.howdah.node.api.ConfigDocument;
import io.howdah.node.configuration.ClusterConfigurationText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah config edit`.
@Command(
        name = "edit",
        description = {
            "Edit the configuration as YAML in $VISUAL or $EDITOR, see what differs, and say yes.",
            "When somebody else has changed it meanwhile, nothing is done."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  EDITOR=nano howdah config edit"})
final class ConfigEditCommand implements Callable<Integer> {

    @Mixin private ClusterAddress address = new ClusterAddress();

    @Option(names = "--yes", description = "Do not ask before the change is made.")
    private boolean yes;

    ConfigEditCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        ApiClient client = address.client();
        ConfigDocument config = client.config();
        ClusterConfigurationText before = ConfigView.text(config);
        ClusterConfigurationText after = edited(before, editor(System.getenv()));
        List<String> differences = ConfigView.differences(before, after);
        Screen screen = Screen.standardOutput();
        if (differences.isEmpty()) {
            screen.print("nothing changes");
            return 0;
        }
        screen.print(differences);
        if (!yes) {
            Confirmation.require("the configuration becomes so");
        }
        var change =
                new ConfigChange(
                        Requester.name(),
                        config.version(),
                        true,
                        null,
                        values(after),
                        List.of(),
                        after.access());
        new ChangeOfCluster(client, false)
                .ask("changing the configuration", api -> api.changeConfig(change));
        return 0;
    }

    private static SortedMap<String, String> values(ClusterConfigurationText text) {
        SortedMap<String, String> values = new TreeMap<>();
        values.put("durability", text.durability());
        values.put("synchronous-standbys", text.synchronousStandbys());
        text.parameters()
                .forEach((name, value) -> values.put(ConfigChange.PARAMETER + name, value));
        return values;
    }

    /// The editor's command, with its arguments, as in `code --wait`.
    static List<String> editor(Map<String, String> environment) {
        for (String name : List.of("VISUAL", "EDITOR")) {
            String command = environment.getOrDefault(name, "").strip();
            if (!command.isEmpty()) {
                return List.of(command.split("\\s+", -1));
            }
        }
        return List.of("vi");
    }

    static ClusterConfigurationText edited(ClusterConfigurationText text, List<String> editor)
            throws IOException, InterruptedException {
        Path file =
                Files.createTempFile(
                        "howdah-config-",
                        ".yaml",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(file, text.yaml());
            var command = new ArrayList<>(editor);
            command.add(file.toString());
            int exit = run(command);
            if (exit != 0) {
                throw CommandFailure.failed(
                        "nothing was done: " + editor.getFirst() + " ended with exit code " + exit,
                        "save the file and leave the editor in order");
            }
            return ClusterConfigurationText.parse(file, Files.readString(file));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static int run(List<String> command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw CommandFailure.failed(
                    "cannot run the editor " + command.getFirst() + ": " + e.getMessage(),
                    "name another in EDITOR, or use `howdah config set`",
                    e);
        }
    }
}
