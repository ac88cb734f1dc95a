package io.howdah.cluster.adoption;

import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.SYSTEM;
import static io.howdah.cluster.state.Samples.incarnation;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.adoption.AdoptionOrder.Role;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderFileTest {

    @TempDir private Path directory = Path.of("");

    private OrderFile anotherAgents() {
        return new OrderFile(
                directory.resolve("adoption.json"),
                new DurableFiles(OperatingSystemUser.ourselves()));
    }

    private static AdoptionOrder order(Role role, @Nullable Judged judged) {
        return new AdoptionOrder(
                role, SYSTEM, incarnation(N2), "ann", new TreeMap<>(), List.of(), judged);
    }

    @Test
    void theNextAgentReadsWhatWasOrdered() {
        for (AdoptionOrder order :
                List.of(
                        order(Role.PRIMARY, null),
                        order(Role.STANDBY, new Judged(new TimelineId(3), null)),
                        order(
                                Role.STANDBY,
                                new Judged(new TimelineId(3), new Lsn(0x1_0000_0028L))))) {
            anotherAgents().write(order);
            assertThat(anotherAgents().read()).contains(order);
        }
    }

    @Test
    void orderThatDoesNotSayWhatWasJudgedIsVoid() throws IOException {
        String earlier =
                """
                {"role":"%s","systemId":"%s","incarnation":"0000000f","by":"ann","parameters":{},"access":[]}
                """;
        Path file = directory.resolve("adoption.json");
        Files.writeString(file, earlier.formatted("STANDBY", SYSTEM));
        assertThat(anotherAgents().read()).isEmpty();
        Files.writeString(file, earlier.formatted("PRIMARY", SYSTEM));
        assertThat(anotherAgents().read()).isPresent();
    }
}
