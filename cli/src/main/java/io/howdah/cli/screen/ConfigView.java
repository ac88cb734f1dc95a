package io.howdah.cli.screen;

import io.howdah.node.api.ConfigDocument;
import io.howdah.node.configuration.ClusterConfigurationText;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A cluster's configuration as YAML, and how two of them differ. Pure.
public final class ConfigView {

    private ConfigView() {}

    /// The configuration, with its version, who and when as a comment.
    public static List<String> lines(ConfigDocument config, ZoneId zone) {
        String at =
                DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
                        .withZone(zone)
                        .format(config.at());
        var lines = new ArrayList<String>();
        lines.add("# version " + config.version() + ", by " + config.by() + " at " + at);
        text(config).yaml().lines().forEach(lines::add);
        return lines;
    }

    /// The part that people edit.
    public static ClusterConfigurationText text(ConfigDocument config) {
        return new ClusterConfigurationText(
                config.durability(),
                config.synchronousStandbys(),
                config.postgres().parameters(),
                config.postgres().access());
    }

    /// Lines that are gone, each behind a minus, then those that are new, each behind a plus.
    public static List<String> differences(
            ClusterConfigurationText before, ClusterConfigurationText after) {
        List<String> old = before.yaml().lines().toList();
        List<String> now = after.yaml().lines().toList();
        var lines = new ArrayList<String>();
        old.stream().filter(line -> !now.contains(line)).forEach(line -> lines.add("- " + line));
        now.stream().filter(line -> !old.contains(line)).forEach(line -> lines.add("+ " + line));
        return lines;
    }
}
