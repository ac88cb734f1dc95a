package io.howdah.consensus;

/// A listener's place at a store. Closing it ends the calls (one that is under way may still
/// finish); closing it twice is harmless.
@FunctionalInterface
public interface Subscription extends AutoCloseable {

    @Override
    void close();
}
