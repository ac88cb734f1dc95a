package io.howdah.node.beside;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.process.ProcessFile;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.testing.Await;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An agent finds a process that is not the one that it wants.
@Timeout(60)
class BesideKeeperTest {

    @TempDir private Path folder;

    private Process former;
    private Process next;

    @BeforeEach
    void startBoth() throws IOException {
        former = new ProcessBuilder("sleep", "600").start();
        next = new ProcessBuilder("sleep", "600").start();
        Files.createDirectories(files().home());
        // Gone as soon as the keeper looks after whoever serves next.
        Files.writeString(looked(), "");
        write(former, "former", files().process());
    }

    @AfterEach
    void endBoth() {
        former.destroyForcibly();
        next.destroyForcibly();
    }

    private BesideFiles files() {
        return new BesideFiles(folder.resolve("beside"), "proxy");
    }

    private Path socket() {
        return folder.resolve("takeover");
    }

    private Path looked() {
        return files().former(1).file();
    }

    private static void write(Process process, String remark, ProcessFile place)
            throws IOException {
        try (ProcessGrip grip = ProcessGrip.on(process.pid()).orElseThrow()) {
            Files.writeString(
                    place.file(), grip.pid() + " " + grip.startTicks() + "\n" + remark + "\n");
        }
    }

    private void arrive() throws IOException {
        Files.move(
                files().coming().file(), files().process().file(), StandardCopyOption.ATOMIC_MOVE);
    }

    private BesideKeeper keeper() {
        return new BesideKeeper(
                new BesideLaunch(
                        files(),
                        List.of("false"),
                        "next",
                        Duration.ofSeconds(5),
                        new Handover(socket(), Duration.ofMinutes(10))));
    }

    private ServerSocketChannel door() throws IOException {
        ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        door.bind(UnixDomainSocketAddress.of(socket()));
        return door;
    }

    private void awaitLooked() {
        Await.until(
                "somebody is looked after, or ended",
                () -> !Files.exists(looked()) || !former.isAlive());
        assertThat(former.isAlive()).as("the former serves those that it has").isTrue();
    }

    @Test
    void formerThatGivesItsPlaceToAnotherAtThatMomentIsNotEnded() throws Exception {
        write(next, "next", files().coming());
        try (ServerSocketChannel door = door();
                BesideKeeper keeper = keeper()) {
            keeper.start();
            // The agent waits behind the next one, and is sent away when that has taken over.
            try (SocketChannel _ = door.accept()) {
                arrive();
            }

            awaitLooked();
        }
    }

    @Test
    void formerIsNotEndedWhileAnotherIsAboutToTakeItsPlace() throws Exception {
        write(next, "next", files().coming());
        try (BesideKeeper keeper = keeper()) {
            keeper.start();

            awaitLooked();
        }
    }

    @Test
    void formerThatDoesNotGiveItsPlaceAwayIsEnded() {
        try (BesideKeeper keeper = keeper()) {
            keeper.start();

            Await.until("it ends", () -> !former.isAlive());
        }
    }
}
