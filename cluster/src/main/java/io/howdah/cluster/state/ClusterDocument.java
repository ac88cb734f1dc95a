package io.howdah.cluster.state;

import io.howdah.consensus.DocumentType;
import io.howdah.consensus.Transition;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/// How consensus keeps the agreed state: as JSON, which a person can read in a dump and a later
/// version can extend. Thread-safe.
public final class ClusterDocument implements DocumentType<ClusterState, Command> {

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .addModule(postgresTypes())
                    // what an earlier version did not know has its default
                    .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    @Override
    public ClusterState initial() {
        return ClusterState.INITIAL;
    }

    @Override
    public Transition<ClusterState> apply(ClusterState state, Command command) {
        ClusterState.Change change = state.apply(command);
        return new Transition<>(change.state(), change.refusal());
    }

    @Override
    public byte[] encodeState(ClusterState state) {
        return JSON.writeValueAsBytes(state);
    }

    @Override
    public ClusterState decodeState(byte[] bytes) {
        return JSON.readValue(bytes, ClusterState.class);
    }

    @Override
    public byte[] encodeCommand(Command command) {
        return JSON.writerFor(Command.class).writeValueAsBytes(command);
    }

    @Override
    public Command decodeCommand(byte[] bytes) {
        return JSON.readValue(bytes, Command.class);
    }

    private static SimpleModule postgresTypes() {
        SimpleModule module = new SimpleModule("postgres");
        text(module, Lsn.class, Lsn::parse);
        text(module, SystemId.class, SystemId::parse);
        text(module, TimelineId.class, text -> new TimelineId(Long.parseLong(text)));
        return module;
    }

    private static <T> void text(SimpleModule module, Class<T> type, Function<String, T> parse) {
        module.addSerializer(
                type,
                new ValueSerializer<T>() {
                    @Override
                    public void serialize(
                            T value, JsonGenerator generator, SerializationContext context)
                            throws JacksonException {
                        generator.writeString(value.toString());
                    }
                });
        module.addDeserializer(
                type,
                new ValueDeserializer<T>() {
                    @Override
                    public T deserialize(JsonParser parser, DeserializationContext context)
                            throws JacksonException {
                        return parse.apply(parser.getValueAsString());
                    }
                });
    }
}
