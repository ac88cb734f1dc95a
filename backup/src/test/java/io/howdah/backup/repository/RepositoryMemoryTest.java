package io.howdah.backup.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.store.Content;
import io.howdah.backup.store.MemoryStore;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoredObject;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two servers with a bucket of the same name.
class RepositoryMemoryTest {

    private static final SystemId CLUSTER = SystemId.parse("7301");

    private record Bucket(ObjectStore store, String endpoint) implements ObjectStore {

        @Override
        public PutOutcome put(ObjectName name, Content content, PutMode mode) {
            return store.put(name, content, mode);
        }

        @Override
        public InputStream get(ObjectName name) {
            return store.get(name);
        }

        @Override
        public byte[] get(ObjectName name, long offset, int length) {
            return store.get(name, offset, length);
        }

        @Override
        public List<StoredObject> list(String prefix, @Nullable ObjectName after) {
            return store.list(prefix, after);
        }

        @Override
        public void delete(ObjectName name) {
            store.delete(name);
        }

        @Override
        public String identity() {
            return this + "?endpoint=" + endpoint;
        }

        @Override
        public String toString() {
            return "s3://orders/";
        }
    }

    private record Remembered(Map<String, UUID> repositories) {}

    @TempDir private Path folder;
    private final Bucket one = new Bucket(new MemoryStore(), "https://one");
    private final Bucket other = new Bucket(new MemoryStore(), "https://other");

    @SuppressWarnings("NullAway.Init")
    private RepositoryMemory memory;

    @BeforeEach
    void begin() throws IOException {
        Path leaders = folder.resolve("leaders.json");
        var tenure = new Tenure(1, "n1", TimelineId.FIRST, Instant.parse("2026-11-01T00:00:00Z"));
        new Lineage("orders", List.of(tenure)).write(leaders);
        memory = RepositoryMemory.of(file(), leaders);
    }

    @Test
    void bucketsOfOneNameAreToldApart() {
        Repository first = memory.openOrMake(one, CLUSTER);
        Repository second = memory.openOrMake(other, CLUSTER);
        assertThat(second.identity()).isNotEqualTo(first.identity());
        assertThat(memory.openOrMake(one, CLUSTER).identity()).isEqualTo(first.identity());
        assertThat(memory.openOrMake(other, CLUSTER).identity()).isEqualTo(second.identity());
    }

    @Test
    void whatWasRememberedByTheNameIsGoneByWhereItFits() throws IOException {
        Repository first = Repository.openOrMake(one, CLUSTER);
        Files.write(
                file(),
                RepositoryJson.write(
                        new Remembered(Map.of(one.toString(), first.identity().cluster()))));
        assertThat(memory.openOrMake(other, CLUSTER).identity()).isNotEqualTo(first.identity());
        assertThat(memory.openOrMake(one, CLUSTER).identity()).isEqualTo(first.identity());
        assertThat(RepositoryJson.read(Files.readAllBytes(file()), Remembered.class).repositories())
                .containsOnlyKeys(one.identity(), other.identity());
        one.delete(Repository.IDENTITY);
        one.delete(Repository.COPY);
        assertThatThrownBy(() -> memory.openOrMake(one, CLUSTER))
                .hasMessageContaining("and there is none now");
    }

    private Path file() {
        return folder.resolve("repositories.json");
    }
}
