package io.howdah.node.configuration;

import java.util.List;
import java.util.Map;

/// A piece of a YAML file that still knows its line, counted from 1.
sealed interface YamlNode {

    int line();

    /// A single value, as its text.
    record Scalar(int line, String text) implements YamlNode {}

    /// A key without a value.
    record Nothing(int line) implements YamlNode {}

    /// A list.
    record Sequence(int line, List<YamlNode> items) implements YamlNode {}

    /// Keys with values, in the file's order.
    record Mapping(int line, Map<String, Entry> entries) implements YamlNode {}

    /// A value and the line of its key.
    record Entry(int keyLine, YamlNode value) {}
}
