package io.howdah.cluster.adoption;

import io.howdah.cluster.adoption.AdoptionOrder.Role;
import io.howdah.cluster.state.Incarnation;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// Keeps the order to adopt until it is carried out: from the moment at which the former server is
/// stopped nobody but the agent brings the database back, so an agent that was ended in between
/// must know what it was about. Thread-safe.
public final class OrderFile {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Logger LOG = LoggerFactory.getLogger(OrderFile.class);

    private final Path file;
    private final DurableFiles durable;
    private boolean known;
    private @Nullable AdoptionOrder order;

    /// The file's content.
    ///
    /// @param upTo of [Judged]; null for a primary, and where an earlier version wrote it
    /// @param primaryEnd as `upTo`
    /// @param highest of [AdoptionOrder]
    private record Content(
            Role role,
            String systemId,
            String incarnation,
            String by,
            Map<String, String> parameters,
            @Nullable List<String> access,
            @Nullable Long upTo,
            @Nullable String primaryEnd,
            @Nullable Long highest) {}

    /// @param file where it lies
    public OrderFile(Path file, DurableFiles durable) {
        this.file = file;
        this.durable = durable;
    }

    /// What is to be carried out. The file is read once. What an earlier version wrote of a standby
    /// does not say what was judged, so it counts for nothing.
    ///
    /// @throws UncheckedIOException when it cannot be read
    public synchronized Optional<AdoptionOrder> read() {
        if (!known) {
            order = Files.exists(file) ? content() : null;
            known = true;
        }
        return Optional.ofNullable(order);
    }

    private @Nullable AdoptionOrder content() {
        try {
            Content content = JSON.readValue(Files.readAllBytes(file), Content.class);
            Judged judged = judged(content);
            if (content.role == Role.STANDBY && judged == null) {
                LOG.warn("{} is an earlier version's: adopt the standby once more", file);
                return null;
            }
            return new AdoptionOrder(
                    content.role,
                    SystemId.parse(content.systemId),
                    new Incarnation(content.incarnation),
                    content.by,
                    new TreeMap<>(content.parameters),
                    content.access == null ? List.of() : content.access,
                    judged,
                    content.highest == null ? null : new TimelineId(content.highest));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static @Nullable Judged judged(Content content) {
        Long upTo = content.upTo;
        String primaryEnd = content.primaryEnd;
        return upTo == null
                ? null
                : new Judged(
                        new TimelineId(upTo), primaryEnd == null ? null : Lsn.parse(primaryEnd));
    }

    /// Takes an order.
    public synchronized void write(AdoptionOrder taken) {
        Judged judged = taken.judged();
        Lsn primaryEnd = judged == null ? null : judged.primaryEnd();
        TimelineId highest = taken.highest();
        durable.write(
                file,
                JSON.writeValueAsBytes(
                        new Content(
                                taken.role(),
                                taken.systemId().toString(),
                                taken.incarnation().value(),
                                taken.by(),
                                taken.parameters(),
                                taken.access(),
                                judged == null ? null : judged.upTo().value(),
                                primaryEnd == null ? null : primaryEnd.toString(),
                                highest == null ? null : highest.value())));
        order = taken;
        known = true;
    }

    /// It is carried out, or of no use any more.
    public synchronized void delete() {
        durable.delete(file);
        order = null;
        known = true;
    }
}
