package io.howdah.node.api;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/// The API's JSON: properties in the records' order, LSNs as PostgreSQL writes them, timelines as
/// numbers, times in ISO 8601. What a newer version has added is ignored by a reader. Thread-safe.
public final class ApiJson {

    static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .addModule(
                            new SimpleModule("howdah")
                                    .addSerializer(Lsn.class, new LsnWriter())
                                    .addDeserializer(Lsn.class, new LsnReader())
                                    .addSerializer(TimelineId.class, new TimelineWriter())
                                    .addDeserializer(TimelineId.class, new TimelineReader()))
                    .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    // what an older version does not say yet
                    .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
                    .build();

    private static final JsonMapper REQUESTS =
            MAPPER.rebuild()
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .build();

    private ApiJson() {}

    /// One line of JSON.
    public static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /// JSON over several lines, for people.
    public static String writeIndented(Object value) {
        return MAPPER.writer(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value);
    }

    /// Reads one of this package's records.
    ///
    /// @throws IllegalArgumentException when the text is not that record's JSON
    public static <T> T read(String json, Class<T> type) {
        try {
            T value = MAPPER.readValue(json, type);
            if (value == null) {
                throw new IllegalArgumentException("not a " + type.getSimpleName() + ": null");
            }
            return value;
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "not a " + type.getSimpleName() + ": " + e.getOriginalMessage(), e);
        }
    }

    /// Reads a request strictly: a misspelt field must not become a request without it.
    static <T> T readRequest(byte[] json, Class<T> type) throws DamagedRequestException {
        try {
            T value = REQUESTS.readValue(json, type);
            if (value == null) {
                throw new DamagedRequestException("the body is null", null);
            }
            return value;
        } catch (UnrecognizedPropertyException e) {
            throw new DamagedRequestException(
                    "the body has the unknown field '" + e.getPropertyName() + "'", e);
        } catch (JacksonException e) {
            throw new DamagedRequestException("the body is not the JSON expected here", e);
        }
    }

    private static final class LsnWriter extends ValueSerializer<Lsn> {
        @Override
        public void serialize(Lsn value, JsonGenerator json, SerializationContext context) {
            json.writeString(value.toString());
        }
    }

    private static final class LsnReader extends ValueDeserializer<Lsn> {
        @Override
        public Lsn deserialize(JsonParser json, DeserializationContext context) {
            String text = json.getValueAsString("");
            try {
                return Lsn.parse(text);
            } catch (IllegalArgumentException e) {
                return context.reportInputMismatch(Lsn.class, "%s", e.getMessage());
            }
        }
    }

    private static final class TimelineWriter extends ValueSerializer<TimelineId> {
        @Override
        public void serialize(TimelineId value, JsonGenerator json, SerializationContext context) {
            json.writeNumber(value.value());
        }
    }

    private static final class TimelineReader extends ValueDeserializer<TimelineId> {
        @Override
        public TimelineId deserialize(JsonParser json, DeserializationContext context) {
            try {
                return new TimelineId(json.getValueAsLong(0));
            } catch (IllegalArgumentException e) {
                return context.reportInputMismatch(TimelineId.class, "%s", e.getMessage());
            }
        }
    }
}
