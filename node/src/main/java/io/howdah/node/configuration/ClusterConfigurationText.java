package io.howdah.node.configuration;

import static io.howdah.node.configuration.NodeConfigurationFile.EXAMPLE;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The part of `howdah.yaml` that belongs to the whole cluster, as a text that people edit.
/// Immutable.
///
/// @param durability `available` or `strict`
/// @param synchronousStandbys `auto`, or a number
/// @param parameters settings of `postgresql.conf`, in the text's order
/// @param access lines of `pg_hba.conf`
public record ClusterConfigurationText(
        String durability,
        String synchronousStandbys,
        Map<String, String> parameters,
        List<String> access) {

    public ClusterConfigurationText {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        access = List.copyOf(access);
    }

    /// Reads what `yaml` writes, and what became of it in an editor. Values are not checked: the
    /// cluster does that.
    ///
    /// @param file named in errors
    /// @throws ConfigurationException when it is no YAML, or has unknown keys
    public static ClusterConfigurationText parse(Path file, String text) {
        Section root =
                Section.root(file, EXAMPLE, YamlText.parse(file.toString(), EXAMPLE, text))
                        .allow(List.of("durability", "synchronous-standbys", "postgres"));
        var parameters = new LinkedHashMap<String, String>();
        List<String> access = List.of();
        if (root.has("postgres")) {
            Section postgres = root.section("postgres").allow(List.of("parameters", "access"));
            postgres.optionalSection("parameters")
                    .ifPresent(inner ->
                            inner.keys().forEach(key -> parameters.put(key, inner.text(key))));
            access = postgres.list("access");
        }
        return new ClusterConfigurationText(
                root.has("durability") ? root.text("durability") : "available",
                root.has("synchronous-standbys") ? root.text("synchronous-standbys") : "auto",
                parameters,
                access);
    }

    /// As YAML, with every value that could be misread in quotes.
    public String yaml() {
        var text = new StringBuilder();
        text.append("durability: ").append(scalar(durability)).append('\n');
        text.append("synchronous-standbys: ").append(scalar(synchronousStandbys)).append('\n');
        text.append("postgres:\n");
        text.append(parameters.isEmpty() ? "  parameters: {}\n" : "  parameters:\n");
        parameters.forEach((name, value) ->
                text.append("    ")
                        .append(scalar(name))
                        .append(": ")
                        .append(scalar(value))
                        .append('\n'));
        text.append(access.isEmpty() ? "  access: []\n" : "  access:\n");
        access.forEach(line -> text.append("    - ").append(quoted(line)).append('\n'));
        return text.toString();
    }

    private static String scalar(String value) {
        return value.matches("[A-Za-z0-9_./][A-Za-z0-9_./-]*") ? value : quoted(value);
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\t", "\\t") + '"';
    }
}
