package io.howdah.node.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The body of a change of /config: the keys of `howdah.yaml`, nested; null means the default.
/// `postgresql` is read as `postgres`, as Patroni has it.
final class ConfigChangeJson {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private final SortedMap<String, String> values = new TreeMap<>();
    private final List<String> defaults = new ArrayList<>();
    private @Nullable List<String> access;
    private @Nullable String by;
    private @Nullable Long ifVersion;
    private @Nullable Boolean pause;

    private ConfigChangeJson() {}

    /// @param replace whether what is not named goes back to its default
    static ConfigChange read(byte[] body, boolean replace) throws DamagedRequestException {
        JsonNode root;
        try {
            root = JSON.readTree(body);
        } catch (JacksonException e) {
            throw new DamagedRequestException("the body is not JSON", e);
        }
        if (!root.isObject()) {
            throw new DamagedRequestException("the body is not a JSON object", null);
        }
        var reader = new ConfigChangeJson();
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            reader.root(field.getKey(), field.getValue());
        }
        return new ConfigChange(
                reader.by,
                reader.ifVersion,
                replace,
                reader.pause,
                reader.values,
                reader.defaults,
                reader.access);
    }

    private void root(String key, JsonNode value) throws DamagedRequestException {
        switch (key) {
            case "by" -> by = value.asString("");
            case "ifVersion" -> {
                if (!value.isIntegralNumber()) {
                    throw new DamagedRequestException("ifVersion is not a whole number", null);
                }
                ifVersion = value.asLong();
            }
            case "pause" -> {
                if (!value.isBoolean() && !value.isNull()) {
                    throw new DamagedRequestException("pause is not true or false", null);
                }
                pause = value.isBoolean() && value.asBoolean();
            }
            case "postgres", "postgresql" -> postgres(value);
            default -> set(key, value);
        }
    }

    private void postgres(JsonNode section) throws DamagedRequestException {
        for (Map.Entry<String, JsonNode> field : section("postgres", section)) {
            switch (field.getKey()) {
                case "access" -> access = lines(field.getValue());
                case "parameters" -> {
                    for (Map.Entry<String, JsonNode> parameter :
                            section("postgres.parameters", field.getValue())) {
                        set(ConfigChange.PARAMETER + parameter.getKey(), parameter.getValue());
                    }
                }
                default -> set("postgres." + field.getKey(), field.getValue());
            }
        }
    }

    private static Iterable<Map.Entry<String, JsonNode>> section(String key, JsonNode value)
            throws DamagedRequestException {
        if (!value.isObject()) {
            throw new DamagedRequestException(key + " is not a section", null);
        }
        return value.properties();
    }

    private void set(String key, JsonNode value) throws DamagedRequestException {
        if (value.isNull()) {
            defaults.add(key);
        } else if (value.isValueNode()) {
            values.put(key, value.asString());
        } else {
            throw new DamagedRequestException(key + " is not a single value", null);
        }
    }

    private static List<String> lines(JsonNode value) throws DamagedRequestException {
        List<String> lines = new ArrayList<>();
        if (value.isNull()) {
            return lines;
        }
        if (!value.isArray()) {
            throw new DamagedRequestException("postgres.access is not a list", null);
        }
        for (JsonNode line : value) {
            if (!line.isString()) {
                throw new DamagedRequestException(
                        "postgres.access has a line that is no text", null);
            }
            lines.add(line.asString());
        }
        return lines;
    }

    /// What `read` reads.
    static ObjectNode write(ConfigChange change) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ObjectNode postgres = root.objectNode();
        ObjectNode parameters = root.objectNode();
        change.values().forEach((key, value) -> place(root, postgres, parameters, key, value));
        change.defaults().forEach(key -> place(root, postgres, parameters, key, null));
        if (!parameters.isEmpty()) {
            postgres.set("parameters", parameters);
        }
        List<String> lines = change.access();
        if (lines != null) {
            var list = postgres.putArray("access");
            lines.forEach(list::add);
        }
        if (!postgres.isEmpty()) {
            root.set("postgres", postgres);
        }
        if (change.by() != null) {
            root.put("by", change.by());
        }
        if (change.ifVersion() != null) {
            root.put("ifVersion", change.ifVersion());
        }
        if (change.pause() != null) {
            root.put("pause", change.pause());
        }
        return root;
    }

    private static void place(
            ObjectNode root,
            ObjectNode postgres,
            ObjectNode parameters,
            String key,
            @Nullable String value) {
        if (key.startsWith(ConfigChange.PARAMETER)) {
            parameters.put(key.substring(ConfigChange.PARAMETER.length()), value);
        } else if (key.startsWith("postgres.")) {
            postgres.put(key.substring("postgres.".length()), value);
        } else {
            root.put(key, value);
        }
    }
}
