package io.howdah.consensus.ratis;

import static io.howdah.consensus.ratis.Neighbours.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.consensus.OlderLedger;
import io.howdah.testing.Await;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nodes of two versions in one group.
final class RollingUpgradeTest {

    @TempDir private Path directory = Path.of("");

    @Test
    void olderNodeStopsAtACommandItDoesNotKnowAndGoesOnAfterItsUpgrade() {
        try (Neighbours nodes = new Neighbours(directory, "n1", "n2", "n3")) {
            nodes.open("n1");
            nodes.open("n2");
            nodes.open("n3", new OlderLedger());
            nodes.awaitFormed("n1", "n2", "n3");
            get(nodes.store("n3").submit("first"));

            get(nodes.store("n1").submit("new word"));

            Await.until(
                    "n3 says why it stopped",
                    () -> nodes.store("n3").status().startsWith("stopped: the word new word"));
            get(nodes.store("n2").submit("last"));
            assertThat(nodes.store("n3").seen().state().words()).containsExactly("first");

            nodes.close("n3");
            nodes.open("n3");
            nodes.awaitSame(List.of("first", "new word", "last"));
        }
    }

    @Test
    void commandThatNotEverybodyKnowsIsNotProposed() {
        try (Neighbours nodes = new Neighbours(directory, "n1")) {
            nodes.open("n1", new OlderLedger());
            nodes.awaitFormed("n1");

            assertThatThrownBy(() -> get(nodes.store("n1").submit("new word")))
                    .rootCause()
                    .hasMessage("not everybody knows new word\nHINT: upgrade them");
            get(nodes.store("n1").submit("word"));
            assertThat(nodes.store("n1").seen().state().words()).containsExactly("word");
        }
    }
}
