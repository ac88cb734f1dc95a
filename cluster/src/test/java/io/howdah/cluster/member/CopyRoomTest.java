package io.howdah.cluster.member;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.PostgresException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NullMarked
class CopyRoomTest {

    private static final long MEGABYTE = 1L << 20;

    @TempDir Path directory;

    @Test
    void copyThatHasNoRoomIsRefusedAndNotAskedForAgainAtOnce() throws Exception {
        CopyRoom room = new CopyRoom(_ -> {});
        room.begin();
        long free = Files.getFileStore(room.with(directory)).getUsableSpace();
        room.require(0, MEGABYTE);
        // what was done already needs none
        room.require(2 * free, 2 * free + MEGABYTE);

        assertThatThrownBy(() -> room.require(0, 2 * free))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("a copy of " + ((2 * free) >> 20) + " MB has no room: ")
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("\nHINT: ");
        assertThatThrownBy(room::begin)
                .as("each try makes the source checkpoint")
                .hasMessageContaining("has no room");
    }

    @Test
    void volumeThatHoldsTwoOfItsPlacesIsCountedOnce() throws Exception {
        CopyRoom room = new CopyRoom(_ -> {});
        room.begin();
        room.with(directory);
        Path tablespace = room.with(Files.createDirectory(directory.resolve("tablespace")));
        long free = Files.getFileStore(tablespace).getUsableSpace();

        assertThatThrownBy(() -> room.require(0, free + free / 2))
                .hasMessageContaining("has no room");
        assertThatCode(() -> room.require(0, free / 2)).doesNotThrowAnyException();
    }
}
