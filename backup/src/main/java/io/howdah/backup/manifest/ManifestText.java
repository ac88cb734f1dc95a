package io.howdah.backup.manifest;

import io.howdah.backup.chunk.ChunkHash;
import io.howdah.backup.pack.ChunkReference;
import io.howdah.backup.pack.PackId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the lines of one part of a manifest. Touches nothing; not thread-safe.
final class ManifestText {

    /// The first line of each part.
    static final String HEADING = "howdah manifest 1";

    private final List<PackId> packs = new ArrayList<>();
    private @Nullable ChunkReference last;

    /// What a line says; empty when it only prepares those that follow.
    ///
    /// @throws IllegalArgumentException when it is no line of a manifest
    Optional<ManifestLine> parse(String line) {
        String[] words = line.split(" ", -1);
        try {
            return switch (words[0]) {
                case "p" -> {
                    packs.add(new PackId(words[1]));
                    yield Optional.empty();
                }
                case "c" -> Optional.of(new ManifestLine.Chunk(chunk(words)));
                case "f" -> Optional.of(file(words));
                case "d" ->
                        Optional.of(
                                new ManifestLine.Directory(
                                        PathText.decode(words[2]), Integer.parseInt(words[1], 8)));
                case "e" ->
                        Optional.of(
                                new ManifestLine.End(
                                        Long.parseLong(words[1]), Long.parseLong(words[2])));
                default -> throw new IllegalArgumentException("an unknown line");
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("'" + line + "'", e);
        }
    }

    private static ManifestLine.File file(String[] words) {
        return new ManifestLine.File(
                PathText.decode(words[4]),
                Long.parseLong(words[1]),
                Integer.parseInt(words[2], 8),
                Integer.parseInt(words[3]));
    }

    private ChunkReference chunk(String[] words) {
        ChunkHash hash = ChunkHash.parse(words[1]);
        int length = Integer.parseInt(words[2]);
        ChunkReference before = last;
        ChunkReference chunk;
        if (words.length > 3) {
            PackId pack = packs.get(Integer.parseInt(words[3]));
            chunk = new ChunkReference(hash, pack, Integer.parseInt(words[4]), length);
        } else if (before != null) {
            chunk =
                    new ChunkReference(
                            hash, before.pack(), before.offset() + before.length(), length);
        } else {
            throw new IllegalArgumentException("it follows nothing");
        }
        last = chunk;
        return chunk;
    }
}
