package io.howdah.node.configuration;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One mapping of the file, with typed access by key. Each error names the key in full and its
/// line.
final class Section {

    private final Path file;
    private final String example;
    private final String name;
    private final YamlNode.Mapping mapping;

    private Section(Path file, String example, String name, YamlNode.Mapping mapping) {
        this.file = file;
        this.example = example;
        this.name = name;
        this.mapping = mapping;
    }

    /// @param example the complete example of such a file, named in hints
    static Section root(Path file, String example, YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            return new Section(file, example, "", mapping);
        }
        throw new ConfigurationException(
                file + " is not a list of 'key: value' lines",
                "begin with the complete example, " + example,
                null);
    }

    /// Refuses every key but these.
    Section allow(List<String> known) {
        mapping.entries()
                .forEach((key, entry) -> {
                    if (!known.contains(key)) {
                        throw unknown(key, entry.keyLine(), known);
                    }
                });
        return this;
    }

    List<String> keys() {
        return List.copyOf(mapping.entries().keySet());
    }

    boolean has(String key) {
        return mapping.entries().containsKey(key)
                && !(entry(key).value() instanceof YamlNode.Nothing);
    }

    String text(String key) {
        return switch (required(key)) {
            case YamlNode.Scalar scalar -> scalar.text();
            case YamlNode.Nothing nothing -> throw missing(key);
            case YamlNode.Mapping other -> throw invalid(key, "is a section, not a value");
            case YamlNode.Sequence other -> throw invalid(key, "is a list, not a value");
        };
    }

    @Nullable String textOrNull(String key) {
        return has(key) ? text(key) : null;
    }

    /// The value, turned into a type; what the function refuses is reported with key and line.
    <T> T parsed(String key, Function<String, T> parser) {
        String text = text(key);
        try {
            return parser.apply(text);
        } catch (InvalidValueException e) {
            throw invalid(key, e.problem());
        } catch (IllegalArgumentException e) {
            throw invalid(key, "is " + e.getMessage());
        }
    }

    int number(String key) {
        return parsed(
                key,
                text -> {
                    try {
                        return Integer.parseInt(text);
                    } catch (NumberFormatException e) {
                        throw new IllegalArgumentException("'" + text + "', not a whole number", e);
                    }
                });
    }

    int number(String key, int otherwise) {
        return has(key) ? number(key) : otherwise;
    }

    boolean flag(String key, boolean otherwise) {
        if (!has(key)) {
            return otherwise;
        }
        return parsed(
                key,
                text ->
                        switch (text.toLowerCase(Locale.ROOT)) {
                            case "true" -> true;
                            case "false" -> false;
                            default ->
                                    throw new IllegalArgumentException(
                                            "'" + text + "', not true or false");
                        });
    }

    /// A path; a relative one is taken from the folder that the file lies in.
    Path path(String key) {
        return parsed(
                key,
                text -> {
                    if (text.isBlank()) {
                        throw new IllegalArgumentException("empty, not a path");
                    }
                    try {
                        Path folder = file.toAbsolutePath().getParent();
                        Path path = Path.of(text);
                        return (folder == null ? path.toAbsolutePath() : folder.resolve(path))
                                .normalize();
                    } catch (InvalidPathException e) {
                        throw new InvalidValueException(key, "has a character that no path has");
                    }
                });
    }

    Section section(String key) {
        return switch (required(key)) {
            case YamlNode.Mapping inner -> new Section(file, example, full(key), inner);
            case YamlNode.Nothing nothing -> throw missing(key);
            case YamlNode.Scalar other -> throw invalid(key, "is a value, not a section");
            case YamlNode.Sequence other -> throw invalid(key, "is a list, not a section");
        };
    }

    Optional<Section> optionalSection(String key) {
        return has(key) ? Optional.of(section(key)) : Optional.empty();
    }

    List<String> list(String key) {
        if (!has(key)) {
            return List.of();
        }
        if (!(entry(key).value() instanceof YamlNode.Sequence sequence)) {
            throw invalid(key, "is not a list");
        }
        var texts = new ArrayList<String>();
        for (YamlNode item : sequence.items()) {
            if (!(item instanceof YamlNode.Scalar(int line, String text))) {
                throw invalid(key, item.line(), "has an item that is not a single value");
            }
            texts.add(text);
        }
        return texts;
    }

    /// Makes a record of this section's values; what its constructor refuses is reported with key
    /// and line.
    <T> T build(Supplier<T> constructor) {
        try {
            return constructor.get();
        } catch (InvalidValueException e) {
            YamlNode.Entry entry = mapping.entries().get(e.key());
            throw fault(
                    full(e.key()) + " " + e.problem(),
                    entry == null ? mapping.line() : entry.keyLine());
        }
    }

    private YamlNode required(String key) {
        YamlNode.Entry entry = mapping.entries().get(key);
        if (entry == null) {
            throw missing(key);
        }
        return entry.value();
    }

    private YamlNode.Entry entry(String key) {
        return Objects.requireNonNull(mapping.entries().get(key), key);
    }

    private ConfigurationException invalid(String key, String problem) {
        return invalid(key, entry(key).keyLine(), problem);
    }

    private ConfigurationException invalid(String key, int line, String problem) {
        return fault(full(key) + " " + problem, line);
    }

    private ConfigurationException fault(String problem, int line) {
        return new ConfigurationException(
                problem + " at line " + line + " of " + file,
                "correct it there; " + example + " explains every key",
                null);
    }

    private ConfigurationException missing(String key) {
        return new ConfigurationException(
                "required key '" + full(key) + "' is missing in " + file,
                "add it; " + example + " explains every key",
                null);
    }

    private ConfigurationException unknown(String key, int line, List<String> known) {
        String guess =
                Suggestion.closest(key, known)
                        .map(word -> "; did you mean '" + word + "'?")
                        .orElse("");
        return new ConfigurationException(
                "unknown key '" + full(key) + "' at line " + line + " of " + file + guess,
                (name.isEmpty() ? "the file" : "'" + name + "'")
                        + " takes "
                        + String.join(", ", known),
                null);
    }

    private String full(String key) {
        return name.isEmpty() ? key : name + "." + key;
    }
}
