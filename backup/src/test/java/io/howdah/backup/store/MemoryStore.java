package io.howdah.backup.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A store in memory, with a clock of its own that goes when it is told to.
public final class MemoryStore implements ObjectStore {

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Held(byte[] bytes, Instant modified) {}

    private final NavigableMap<String, Held> objects = new TreeMap<>();
    private Instant now = Instant.parse("2026-11-01T00:00:00Z");

    /// What time it is here.
    public synchronized Instant now() {
        return now;
    }

    /// Lets time pass.
    public synchronized void pass(Duration time) {
        now = now.plus(time);
    }

    @Override
    public synchronized PutOutcome put(ObjectName name, Content content, PutMode mode) {
        if (mode == PutMode.IF_ABSENT && objects.containsKey(name.text())) {
            return PutOutcome.EXISTS;
        }
        try (InputStream in = content.open()) {
            objects.put(name.text(), new Held(in.readAllBytes(), now));
            return PutOutcome.STORED;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public InputStream get(ObjectName name) {
        return new ByteArrayInputStream(held(name));
    }

    @Override
    public byte[] get(ObjectName name, long offset, int length) {
        byte[] bytes = held(name);
        int from = (int) Math.min(offset, bytes.length);
        return Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + length));
    }

    private synchronized byte[] held(ObjectName name) {
        Held held = objects.get(name.text());
        if (held == null) {
            throw new ObjectMissingException(name, toString());
        }
        return held.bytes;
    }

    @Override
    public synchronized List<StoredObject> list(String prefix, @Nullable ObjectName after) {
        String from = after == null ? prefix : after.text();
        return objects.tailMap(from, after == null).entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .limit(PAGE)
                .map(entry ->
                        new StoredObject(
                                new ObjectName(entry.getKey()),
                                entry.getValue().bytes.length,
                                entry.getValue().modified))
                .toList();
    }

    @Override
    public synchronized void delete(ObjectName name) {
        objects.remove(name.text());
    }

    /// All names there are, in order.
    public synchronized List<String> names() {
        return List.copyOf(objects.keySet());
    }

    @Override
    public String toString() {
        return "memory";
    }
}
