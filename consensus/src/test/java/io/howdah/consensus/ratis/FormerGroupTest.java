package io.howdah.consensus.ratis;

import static io.howdah.consensus.ratis.Neighbours.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.consensus.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormerGroupTest {

    @TempDir Path directory;

    private FormerGroup group() {
        return new FormerGroup(directory.resolve("n1"));
    }

    private Path in(String name) {
        return directory.resolve("n1").resolve(name);
    }

    @Test
    void whereNothingIsNothingIsGivenUp() throws IOException {
        assertThat(group().isThere()).isFalse();
        assertThat(group().giveUp()).isEmpty();
        assertThat(directory).isEmptyDirectory();

        Files.createDirectories(in("lost+found"));
        Files.createFile(in("lock"));
        assertThat(group().isThere()).as("an empty volume").isFalse();
        group().requireUnused();
    }

    @Test
    void nodeOfAGroupThatIsGivenUpFoundsAnother() throws IOException {
        String former;
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            get(nodes.store("n1").submit("before"));
            former = nodes.store("n1").introduction().self().peerId();
            assertThatThrownBy(() -> group().requireUnused())
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("howdah runs on this node");
            assertThatThrownBy(() -> group().giveUp()).isInstanceOf(StoreException.class);
        }
        Files.createDirectory(in("damaged-1"));

        assertThat(group().giveUp()).contains(in("given-up-1"));

        assertThat(group().isThere()).isFalse();
        assertThat(in("given-up-1/identity")).content().contains(former);
        assertThat(in("given-up-1/raft")).isNotEmptyDirectory();
        assertThat(in("given-up-1/damaged-1")).isDirectory();
        assertThat(group().giveUp()).as("once more").isEmpty();
        try (Neighbours alone = Neighbours.formed(directory, "n1")) {
            assertThat(get(alone.store("n1").submit("after")).accepted()).isTrue();
            assertThat(alone.store("n1").seen().state().words()).containsExactly("after");
            assertThat(alone.store("n1").introduction().self().peerId()).isNotEqualTo(former);
        }
        assertThat(group().giveUp()).contains(in("given-up-2"));
    }
}
