package io.howdah.backup.repository;

import io.howdah.backup.pack.PackId;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

/// The repository's JSON: records with their names in kebab-case, over several lines; LSNs and
/// system identifiers as PostgreSQL writes them, times in ISO 8601. What a newer version has added
/// is ignored by a reader.
public final class RepositoryJson {

    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .addModule(
                            new SimpleModule("howdah-repository")
                                    .addSerializer(Lsn.class, ToStringSerializer.instance)
                                    .addSerializer(SystemId.class, ToStringSerializer.instance)
                                    .addSerializer(TimelineId.class, ToStringSerializer.instance)
                                    .addSerializer(PackId.class, ToStringSerializer.instance)
                                    .addDeserializer(Lsn.class, new Parsed<>(Lsn::parse))
                                    .addDeserializer(PackId.class, new Parsed<>(PackId::new))
                                    .addDeserializer(SystemId.class, new Parsed<>(SystemId::parse))
                                    .addDeserializer(
                                            TimelineId.class,
                                            new Parsed<>(
                                                    text -> new TimelineId(Long.parseLong(text)))))
                    .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    private RepositoryJson() {}

    /// A record as JSON.
    public static byte[] write(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /// Reads a record.
    ///
    /// @throws IllegalArgumentException when these bytes are not that record's JSON
    public static <T> T read(byte[] json, Class<T> type) {
        try {
            T value = MAPPER.readValue(json, type);
            if (value == null) {
                throw new IllegalArgumentException("it is null");
            }
            return value;
        } catch (JacksonException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
    }

    private static final class Parsed<T> extends ValueDeserializer<T> {
        private final Function<String, T> parser;

        Parsed(Function<String, T> parser) {
            this.parser = parser;
        }

        @Override
        public T deserialize(JsonParser json, DeserializationContext context) {
            String text = json.getValueAsString("");
            try {
                return parser.apply(text);
            } catch (IllegalArgumentException e) {
                return context.reportInputMismatch(this, "%s", e.getMessage());
            }
        }
    }
}
