package io.howdah.node.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.howdah.node.authority.KeyFiles;
import io.howdah.proxy.settings.Allowance;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.Timeouts;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// `docs/configuration.md` is what the code says: the keys that the reader of `howdah.yaml` takes,
/// whether it insists on them, what it takes in their place, and what their records say of them.
final class ConfigurationReferenceTest {

    private static final Path ROOT = Path.of("..");
    private static final Path EXAMPLE = ROOT.resolve("docs/howdah.yaml.example");
    private static final Path REFERENCE = ROOT.resolve("docs/configuration.md");
    private static final YAMLMapper YAML = new YAMLMapper();

    /// A part of the file: the path of its keys in the example, and the record that it becomes.
    private record Part(String title, List<String> path, Class<? extends Record> type) {}

    private static final List<Part> PARTS =
            List.of(
                    new Part("The top of the file", List.of(), NodeConfiguration.class),
                    new Part("nodes.*NAME*", List.of("nodes", "n1"), NodeAddress.class),
                    new Part("tags", List.of("tags"), Tags.class),
                    new Part("postgres", List.of("postgres"), PostgresConfiguration.class),
                    new Part(
                            "postgres.bootstrap",
                            List.of("postgres", "bootstrap"),
                            Bootstrap.class),
                    new Part("tls", List.of("tls"), KeyFiles.class),
                    new Part("api", List.of("api"), ApiAccess.class),
                    new Part("callbacks", List.of("callbacks"), Callbacks.class),
                    new Part("watchdog", List.of("watchdog"), Watchdog.class),
                    new Part("proxy", List.of("proxy"), ProxyConfiguration.class),
                    new Part("backup", List.of("backup"), BackupConfiguration.class),
                    new Part("backup.wal", List.of("backup", "wal"), WalConfiguration.class),
                    new Part("backup.take", List.of("backup", "take"), TakeConfiguration.class),
                    new Part(
                            "backup.verify",
                            List.of("backup", "verify"),
                            VerifyConfiguration.class),
                    new Part("backup.drill", List.of("backup", "drill"), DrillConfiguration.class),
                    new Part("backup.keep", List.of("backup", "keep"), KeepConfiguration.class));

    @Test
    void referenceIsWhatTheCodeSays() throws IOException {
        String fresh = reference();
        Path generated = Path.of("target", "configuration.md");
        Files.createDirectories(Path.of("target"));
        Files.writeString(generated, fresh);
        assertThat(Files.exists(REFERENCE) ? Files.readString(REFERENCE) : "")
                .as("docs/configuration.md is stale: cp node/target/configuration.md docs/")
                .isEqualTo(fresh);
    }

    @Test
    void exampleHasEveryKey() throws IOException {
        for (Part part : PARTS) {
            ObjectNode section = section(example(), part);
            for (String key : keys(part)) {
                boolean witnessOnly = key.equals("witness");
                assertThat(section.has(key) || witnessOnly)
                        .as("%s in %s of the example", key, part.title())
                        .isTrue();
            }
        }
    }

    private static String reference() throws IOException {
        var text = new StringBuilder();
        text.append(
                """
                # howdah.yaml

                Generated from the code by `ConfigurationReferenceTest`; [howdah.yaml.example](howdah.yaml.example) shows every key in its place.
                The file is the same on every node but for `node`, `directory` and `tags`. Durations have a unit (`500ms`, `2s`, `1m`), sizes too (`16kB`,
                `128MB`); a relative path begins at the file's folder. A key that is not known is refused, with the closest one that is.
                """);
        for (Part part : PARTS) {
            text.append("\n## ").append(part.title()).append("\n\n");
            text.append("| key | default | what it is |\n|---|---|---|\n");
            for (String key : keys(part)) {
                text.append("| `")
                        .append(key)
                        .append("` | ")
                        .append(otherwise(part, key))
                        .append(" | ")
                        .append(description(part, key))
                        .append(" |\n");
            }
        }
        return text.toString();
    }

    /// As the reader lists them when it meets one that it does not know.
    private static List<String> keys(Part part) throws IOException {
        ObjectNode whole = example();
        section(whole, part).put("unheard-of", 1);
        ConfigurationException refusal =
                catchThrowableOfType(ConfigurationException.class, () -> parse(whole));
        assertThat(refusal.fact()).contains("unheard-of");
        String hint = refusal.hint();
        return List.of(hint.substring(hint.indexOf(" takes ") + 7).split(", "));
    }

    /// What holds without the key; *required* when the file is refused without it.
    private static String otherwise(Part part, String key) throws IOException {
        ObjectNode whole = example();
        section(whole, part).remove(key);
        NodeConfiguration parsed;
        try {
            parsed = parse(whole);
        } catch (ConfigurationException e) {
            assertThat(e.fact()).contains(key);
            return "*required*";
        }
        return written(value(record(parsed, part), key));
    }

    private static String written(@Nullable Object value) {
        return switch (value) {
            case null -> "none";
            case Duration duration -> "`" + DurationText.write(duration) + "`";
            case Map<?, ?> map -> map.isEmpty() ? "none" : "as given";
            case List<?> list -> list.isEmpty() ? "none" : "as given";
            case String text -> "`" + text + "`";
            case Integer number -> "`" + number + "`";
            case Boolean flag -> "`" + flag + "`";
            case Path path -> "`" + path + "`";
            case Enum<?> word -> "`" + word.name().toLowerCase(Locale.ROOT).replace('_', '-') + "`";
            case LocalTime time -> "`\"" + time + "\"`";
            case DataSize size -> "`" + size + "`";
            case Installation _, SynchronousStandbys _ ->
                    "`" + value.getClass().getSimpleName().toLowerCase(Locale.ROOT) + "`";
            case Timeouts _, PoolSettings _, Allowance _ -> "as in proxy.yaml";
            // a section with defaults of its own
            default -> "see below";
        };
    }

    /// The `@param` of the record's component.
    private static String description(Part part, String key) throws IOException {
        Path source = Path.of("src/main/java", part.type().getName().replace('.', '/') + ".java");
        String name = camel(key);
        Matcher lines =
                Pattern.compile("(?m)^/// @param " + name + " ((?:.*\\n)(?:///   .*\\n)*)")
                        .matcher(Files.readString(source));
        assertThat(lines.find()).as("@param %s in %s", name, source).isTrue();
        String text = lines.group(1).replaceAll("\\n///\\s+", " ").strip();
        return Character.toUpperCase(text.charAt(0)) + text.substring(1).replace("|", "\\|");
    }

    private static String camel(String key) {
        if (key.equals("for")) {
            return "age"; // a word of Java's own
        }
        return Pattern.compile("-([a-z])")
                .matcher(key)
                .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
    }

    private static ObjectNode example() throws IOException {
        return (ObjectNode) YAML.readTree(Files.readString(EXAMPLE));
    }

    private static ObjectNode section(ObjectNode whole, Part part) {
        JsonNode found = whole;
        for (String key : part.path()) {
            found = found.get(key);
        }
        return (ObjectNode) found;
    }

    private static NodeConfiguration parse(ObjectNode whole) {
        return NodeConfigurationFile.parse(
                Path.of("/etc/howdah/howdah.yaml"), YAML.writeValueAsString(whole));
    }

    private static @Nullable Object record(NodeConfiguration parsed, Part part) {
        Object found = parsed;
        for (String key : part.path()) {
            found =
                    found instanceof Map<?, ?> map
                            ? map.get(key)
                            : found == null ? null : value(found, key);
        }
        return found;
    }

    private static @Nullable Object value(@Nullable Object record, String key) {
        try {
            List<String> known = new ArrayList<>();
            for (RecordComponent component :
                    java.util.Objects.requireNonNull(record).getClass().getRecordComponents()) {
                known.add(component.getName());
                if (component.getName().equals(camel(key))) {
                    return component.getAccessor().invoke(record);
                }
            }
            throw new AssertionError(key + " is none of " + known);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a record without its accessor", e);
        }
    }
}
