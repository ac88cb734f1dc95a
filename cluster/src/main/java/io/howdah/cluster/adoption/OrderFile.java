package io.howdah.cluster.adoption;

import io.howdah.cluster.adoption.AdoptionOrder.Role;
import io.howdah.cluster.state.Incarnation;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.SystemId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Keeps the order to adopt until it is carried out: from the moment at which the former server is
/// stopped nobody but the agent brings the database back, so an agent that was ended in between
/// must know what it was about. Thread-safe.
public final class OrderFile {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path file;
    private final DurableFiles durable;
    private boolean known;
    private @Nullable AdoptionOrder order;

    /// The file's content.
    private record Content(
            Role role,
            String systemId,
            String incarnation,
            String by,
            Map<String, String> parameters,
            @Nullable List<String> access) {}

    /// @param file where it lies
    public OrderFile(Path file, DurableFiles durable) {
        this.file = file;
        this.durable = durable;
    }

    /// What is to be carried out. The file is read once.
    ///
    /// @throws UncheckedIOException when it cannot be read
    public synchronized Optional<AdoptionOrder> read() {
        if (!known) {
            order = Files.exists(file) ? content() : null;
            known = true;
        }
        return Optional.ofNullable(order);
    }

    private AdoptionOrder content() {
        try {
            Content content = JSON.readValue(Files.readAllBytes(file), Content.class);
            return new AdoptionOrder(
                    content.role,
                    SystemId.parse(content.systemId),
                    new Incarnation(content.incarnation),
                    content.by,
                    new TreeMap<>(content.parameters),
                    content.access == null ? List.of() : content.access);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /// Takes an order.
    public synchronized void write(AdoptionOrder taken) {
        durable.write(
                file,
                JSON.writeValueAsBytes(
                        new Content(
                                taken.role(),
                                taken.systemId().toString(),
                                taken.incarnation().value(),
                                taken.by(),
                                taken.parameters(),
                                taken.access())));
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
