package io.howdah.proxy.encryption;

import io.howdah.proxy.ProxyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Something that was made of files, and is made again when they have changed; where that fails,
/// what was there before holds on. Thread-safe.
///
/// @param <T> what is made
final class Renewed<T> {

    private static final Logger log = LoggerFactory.getLogger(Renewed.class);
    private static final long LOOK_NANOS = 5_000_000_000L;

    private final List<Path> files;
    private final Supplier<T> maker;
    private T made;
    private List<FileTime> times;
    private long lookedNanos = System.nanoTime();

    /// @throws ProxyException when it cannot be made at first
    Renewed(List<Path> files, Supplier<T> maker) {
        this.files = files;
        this.maker = maker;
        this.times = times();
        this.made = maker.get();
    }

    synchronized T get() {
        long now = System.nanoTime();
        if (now - lookedNanos >= LOOK_NANOS) {
            lookedNanos = now;
            look();
        }
        return made;
    }

    /// Makes it again if a file is another than before.
    synchronized void look() {
        List<FileTime> found = times();
        if (found.equals(times)) {
            return;
        }
        try {
            made = maker.get();
            log.info("read again: {}", files);
        } catch (ProxyException e) {
            log.warn("what was read before of {} holds on: {}", files, e.getMessage());
        }
        times = found;
    }

    private List<FileTime> times() {
        List<FileTime> found = new ArrayList<>();
        for (Path file : files) {
            try {
                found.add(Files.getLastModifiedTime(file));
            } catch (IOException e) {
                found.add(FileTime.fromMillis(0));
            }
        }
        return found;
    }
}
