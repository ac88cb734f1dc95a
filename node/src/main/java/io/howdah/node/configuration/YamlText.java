package io.howdah.node.configuration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/// Reads YAML into [YamlNode]s. Refuses what a configuration does not need and what surprises: keys
/// given twice, aliases, tags, a second document, deep nesting.
final class YamlText {

    private static final int DEPTH_MAXIMUM = 20;

    private static final Pattern MARK = Pattern.compile("line ([0-9]{1,8}), column ");

    private static final YAMLFactory FACTORY = new YAMLFactory();

    private final String file;
    private final YAMLParser parser;
    private int depth;

    private YamlText(String file, YAMLParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /// @param file named in errors
    /// @param example the complete example of such a file, named in hints
    /// @throws ConfigurationException when the text is not YAML of the kind that we take
    static YamlNode parse(String file, String example, String text) {
        YamlText reader =
                new YamlText(
                        file, (YAMLParser) FACTORY.createParser(ObjectReadContext.empty(), text));
        try (YAMLParser parser = reader.parser) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new ConfigurationException(
                        file + " is empty", "begin with the complete example, " + example, null);
            }
            YamlNode root = reader.node(first);
            if (parser.nextToken() != null) {
                throw reader.refused("a second document begins", "keep one document in the file");
            }
            return root;
        } catch (ConfigurationException e) {
            throw e;
        } catch (JacksonException e) {
            throw damaged(file, e.getLocation() == null ? 0 : e.getLocation().getLineNr(), e);
        } catch (RuntimeException e) {
            // The YAML library below Jackson lets some of its own exceptions through.
            throw damaged(file, 0, e);
        }
    }

    private YamlNode node(JsonToken token) {
        if (depth > DEPTH_MAXIMUM) {
            throw refused("sections are nested deeper than " + DEPTH_MAXIMUM, "close them");
        }
        if (parser.isCurrentAlias()) {
            throw refused("an alias (*" + parser.getString() + ") is used", "write the value out");
        }
        if (parser.getTypeId() != null) {
            throw refused("a tag (!" + parser.getTypeId() + ") is used", "leave the tag out");
        }
        return switch (token) {
            case START_OBJECT -> nested(this::mapping);
            case START_ARRAY -> nested(this::sequence);
            case VALUE_NULL -> new YamlNode.Nothing(line());
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
                    new YamlNode.Scalar(line(), parser.getString());
            default -> throw refused("a value is of no kind that is known here", "quote it");
        };
    }

    private YamlNode nested(Supplier<YamlNode> reader) {
        depth++;
        YamlNode node = reader.get();
        depth--;
        return node;
    }

    private YamlNode mapping() {
        int line = line();
        var entries = new LinkedHashMap<String, YamlNode.Entry>();
        for (JsonToken token = parser.nextToken();
                token != JsonToken.END_OBJECT;
                token = parser.nextToken()) {
            if (token != JsonToken.PROPERTY_NAME) {
                throw refused("a key is not a word", "write 'key: value' on each line");
            }
            String key = parser.currentName();
            int keyLine = line();
            YamlNode.Entry earlier = entries.get(key);
            if (earlier != null) {
                throw refused(
                        "key '" + key + "' is given twice, at line " + earlier.keyLine() + " and",
                        "remove one of the two");
            }
            entries.put(key, new YamlNode.Entry(keyLine, node(next())));
        }
        return new YamlNode.Mapping(line, entries);
    }

    private YamlNode sequence() {
        int line = line();
        List<YamlNode> items = new ArrayList<>();
        for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
            items.add(node(token));
        }
        return new YamlNode.Sequence(line, items);
    }

    private JsonToken next() {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw refused("the file ends in the middle", "complete it");
        }
        return token;
    }

    private int line() {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }

    private ConfigurationException refused(String problem, String hint) {
        return new ConfigurationException(
                problem + " at line " + line() + " of " + file, hint, null);
    }

    private static ConfigurationException damaged(
            String file, int lineRead, RuntimeException cause) {
        String message = String.valueOf(cause.getMessage());
        int line = markedLine(message).orElse(lineRead);
        String problem = problem(message);
        return new ConfigurationException(
                (line > 0
                                ? "this is not YAML at line " + line + " of " + file
                                : file + " is not YAML")
                        + (problem.isEmpty() ? "" : ": " + problem),
                problem.contains("TAB")
                        ? "indent with spaces, never with tabs"
                        : "correct the indentation, quotes and brackets there or on the line above",
                cause);
    }

    /// The line that the library's words name last, which is where it saw the problem; Jackson's
    /// own place is that of the last good token.
    private static OptionalInt markedLine(String message) {
        return MARK.matcher(message)
                .results()
                .mapToInt(mark -> Integer.parseInt(mark.group(1)))
                .reduce((first, second) -> second);
    }

    /// The library's words without its places and its excerpt, which would break our one line.
    private static String problem(String message) {
        return message.lines()
                .filter(part -> !part.isBlank() && !part.startsWith(" "))
                .map(part -> part.replaceAll("\\p{Cntrl}", "?"))
                .collect(Collectors.joining(", "));
    }
}
