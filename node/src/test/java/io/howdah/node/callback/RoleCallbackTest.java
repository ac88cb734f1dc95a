package io.howdah.node.callback;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.node.callback.RoleChange.Role;
import io.howdah.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoleCallbackTest {

    @TempDir Path folder;

    private Path program(String... lines) throws IOException {
        Path program = folder.resolve("callback");
        Files.writeString(program, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return program;
    }

    private List<String> written() {
        try {
            Path file = folder.resolve("written");
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RoleCallback started(Path program) {
        var callback = new RoleCallback(List.of(program.toString(), "own"), "demo", "n1");
        callback.start();
        return callback;
    }

    @Test
    void theProgramIsToldRoleClusterNodeEpochAndTimeline() throws IOException {
        Path program =
                program(
                        "echo \"$* $HOWDAH_ROLE $HOWDAH_CLUSTER $HOWDAH_NODE $HOWDAH_EPOCH $HOWDAH_TIMELINE\" >> "
                                + folder
                                + "/written");
        try (RoleCallback callback = started(program)) {
            callback.told(new RoleChange(Role.PRIMARY, 7, 3));
            Await.until("told", () -> written().size() == 1);
            callback.told(new RoleChange(Role.PRIMARY, 8, 4));
            callback.told(new RoleChange(Role.REPLICA, 8, 4));
            Await.until("told again", () -> written().size() == 2);
        }
        assertThat(written())
                .containsExactly(
                        "own primary demo n1 7 3 primary demo n1 7 3",
                        "own replica demo n1 8 4 replica demo n1 8 4");
    }

    @Test
    void theNewestRoleWins() throws IOException {
        Path program =
                program(
                        "echo $2 >> " + folder + "/written",
                        "while [ ! -e " + folder + "/go ]; do sleep 0.05; done");
        try (RoleCallback callback = started(program)) {
            callback.told(new RoleChange(Role.PRIMARY, 1, 1));
            Await.until("the first runs", () -> written().size() == 1);
            callback.told(new RoleChange(Role.STOPPED, 1, 0));
            callback.told(new RoleChange(Role.REPLICA, 2, 2));
            Files.createFile(folder.resolve("go"));
            Await.until("the newest was told", () -> written().size() == 2);
        }
        assertThat(written()).containsExactly("primary", "replica");
    }

    @Test
    void aRunThatHangsIsEndedWhenTheRoleHasChanged() throws IOException {
        Path program =
                program(
                        "echo $2 >> " + folder + "/written",
                        "[ $2 = primary ] && exec sleep 1000",
                        "exit 0");
        try (RoleCallback callback = started(program)) {
            callback.told(new RoleChange(Role.PRIMARY, 1, 1));
            Await.until("the first runs", () -> written().size() == 1);
            callback.told(new RoleChange(Role.REPLICA, 2, 2));
            Await.until("the newest was told", () -> written().contains("replica"));
        }
    }

    @Test
    void aRoleWhoseRunWasCutShortIsToldAgainWhenItIsBack() throws IOException {
        Path program =
                program(
                        "echo $2 >> " + folder + "/written",
                        "[ $5 = 1 ] && exec sleep 1000",
                        "exit 0");
        try (RoleCallback callback = started(program)) {
            callback.told(new RoleChange(Role.PRIMARY, 1, 1));
            Await.until("the first runs", () -> written().size() == 1);
            callback.told(new RoleChange(Role.REPLICA, 2, 2));
            callback.told(new RoleChange(Role.PRIMARY, 3, 3));
            Await.until("it was told again", () -> written().size() == 2);
        }
        assertThat(written()).containsExactly("primary", "primary");
    }

    @Test
    void theEndOfTheNodeIsTold() throws IOException {
        Path program = program("echo $2 >> " + folder + "/written");
        RoleCallback callback = started(program);
        callback.told(new RoleChange(Role.REPLICA, 1, 1));
        Await.until("told", () -> written().size() == 1);
        callback.told(new RoleChange(Role.STOPPED, 1, 0));
        callback.close();
        assertThat(written()).containsExactly("replica", "stopped");
    }

    @Test
    void aProgramThatIsNotThereHarmsNothing() {
        try (RoleCallback callback = started(folder.resolve("missing"))) {
            callback.told(new RoleChange(Role.PRIMARY, 1, 1));
            callback.told(new RoleChange(Role.REPLICA, 1, 1));
        }
        assertThat(written()).isEmpty();
    }
}
