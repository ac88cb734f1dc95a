package io.howdah.cluster.state;

import io.howdah.consensus.DocumentType;
import io.howdah.consensus.NewerVersionException;
import io.howdah.consensus.Transition;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/// How consensus keeps the agreed state: as JSON, which a person can read in a dump and a later
/// version can extend. Thread-safe.
public final class ClusterDocument implements DocumentType<ClusterState, Command> {

    /// What an earlier version did not write is null, 0, false or empty.
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .addModule(postgresTypes())
                    .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .build();

    /// What is not known in a command would be ignored here and not elsewhere: the nodes' states
    /// would part.
    private static final ObjectReader COMMANDS =
            JSON.readerFor(Command.class).with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private static final String UPGRADE =
            "\nHINT: install the newest version of Howdah on this node, as on the others, and start it again";

    private final int protocol;

    /// As this version of Howdah has it.
    public ClusterDocument() {
        this(Protocol.CURRENT);
    }

    /// @param protocol the highest that is understood
    ClusterDocument(int protocol) {
        this.protocol = protocol;
    }

    @Override
    public ClusterState initial() {
        return ClusterState.INITIAL;
    }

    @Override
    public Transition<ClusterState> apply(ClusterState state, Command command) {
        ClusterState.Change change = state.apply(command);
        requireUnderstood(change.state());
        return new Transition<>(change.state(), change.refusal());
    }

    @Override
    public Optional<String> objection(ClusterState seen, Command command) {
        if (command.protocol() <= seen.protocol()) {
            return Optional.empty();
        }
        String behind =
                seen.members().entrySet().stream()
                        .filter(member -> member.getValue().protocol() < command.protocol())
                        .map(member -> member.getKey().value())
                        .collect(Collectors.joining(", "));
        return Optional.of(
                "not every node understands this yet: it needs protocol "
                        + command.protocol()
                        + ", the cluster speaks "
                        + seen.protocol()
                        + "\nHINT: upgrade Howdah on "
                        + (behind.isEmpty() ? "the nodes that are down" : behind));
    }

    private ClusterState requireUnderstood(ClusterState state) {
        if (state.protocol() > protocol) {
            throw new NewerVersionException(
                    "the cluster speaks protocol "
                            + state.protocol()
                            + ", this version of Howdah up to "
                            + protocol
                            + UPGRADE);
        }
        return state;
    }

    @Override
    public byte[] encodeState(ClusterState state) {
        return JSON.writeValueAsBytes(state);
    }

    @Override
    public ClusterState decodeState(byte[] bytes) {
        return requireUnderstood(JSON.readValue(bytes, ClusterState.class));
    }

    @Override
    public byte[] encodeCommand(Command command) {
        return JSON.writerFor(Command.class).writeValueAsBytes(command);
    }

    @Override
    public Command decodeCommand(byte[] bytes) {
        try {
            return COMMANDS.readValue(bytes);
        } catch (InvalidTypeIdException
                | UnrecognizedPropertyException
                | InvalidFormatException e) {
            throw new NewerVersionException(
                    "a command of a later version: "
                            + e.getOriginalMessage().lines().findFirst().orElse("")
                            + UPGRADE);
        }
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
