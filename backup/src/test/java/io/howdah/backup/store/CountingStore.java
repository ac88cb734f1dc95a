package io.howdah.backup.store;

import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Counts what a store is asked for, as who runs one is paid for it. For one thread.
public final class CountingStore implements ObjectStore {

    private final ObjectStore store;
    private int puts;
    private int gets;
    private int lists;

    public CountingStore(ObjectStore store) {
        this.store = store;
    }

    /// How often it was asked for a list since the last look.
    public int lists() {
        int counted = lists;
        lists = 0;
        return counted;
    }

    /// How often it was asked for an object, or a part of one, since the last look.
    public int gets() {
        int counted = gets;
        gets = 0;
        return counted;
    }

    /// How often it was given one since the last look.
    public int puts() {
        int counted = puts;
        puts = 0;
        return counted;
    }

    @Override
    public PutOutcome put(ObjectName name, Content content, PutMode mode) {
        puts++;
        return store.put(name, content, mode);
    }

    @Override
    public InputStream get(ObjectName name) {
        gets++;
        return store.get(name);
    }

    @Override
    public byte[] get(ObjectName name, long offset, int length) {
        gets++;
        return store.get(name, offset, length);
    }

    @Override
    public List<StoredObject> list(String prefix, @Nullable ObjectName after) {
        lists++;
        return store.list(prefix, after);
    }

    @Override
    public void delete(ObjectName name) {
        store.delete(name);
    }

    @Override
    public String toString() {
        return store.toString();
    }
}
