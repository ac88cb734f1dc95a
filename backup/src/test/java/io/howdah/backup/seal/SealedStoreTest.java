package io.howdah.backup.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.Note;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.MemoryStore;
import io.howdah.backup.store.ObjectDamagedException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.postgres.SystemId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealedStoreTest {

    private static final SystemId CLUSTER = SystemId.parse("7301");
    private static final ObjectName NAME = new ObjectName("packs/00/a.pack");

    @TempDir private Path folder;
    private final MemoryStore memory = new MemoryStore();
    private SealedStore store;

    @BeforeEach
    void make() throws IOException {
        store = new SealedStore(memory, key("first"));
        Repository _ = Repository.openOrMake(store, CLUSTER);
    }

    @Test
    void whatWasPutIsThereAgainWholeAndInPartWhateverItsSize() throws IOException {
        var random = new Random(1);
        for (int size : List.of(0, 1, 100, 65_535, 65_536, 65_537, 131_072, 200_000)) {
            byte[] content = new byte[size];
            random.nextBytes(content);
            store.put(NAME, Content.of(content), PutMode.REPLACE);
            assertThat(read(store, NAME)).isEqualTo(content);
            assertThat(store.list(NAME.text(), null).getFirst().size()).isEqualTo(size);
            for (int i = 0; i < 40; i++) {
                int from = random.nextInt(size + 10);
                int length = 1 + random.nextInt(i < 20 ? 100 : 150_000);
                assertThat(store.get(NAME, from, length))
                        .as("%d bytes at %d of %d", length, from, size)
                        .isEqualTo(
                                Arrays.copyOfRange(
                                        content,
                                        Math.min(from, size),
                                        Math.min(size, from + length)));
            }
        }
    }

    @Test
    void storeShowsNothingOfWhatIsInIt() throws IOException {
        byte[] content = "a secret, ".repeat(5000).getBytes(UTF_8);
        store.put(NAME, Content.of(content), PutMode.REPLACE);
        byte[] once = read(memory, NAME);
        store.put(NAME, Content.of(content), PutMode.REPLACE);
        assertThat(read(memory, NAME)).as("the same again looks otherwise").isNotEqualTo(once);
        assertThat(new String(once, UTF_8)).doesNotContain("secret");
        assertThat(new String(read(memory, Repository.IDENTITY), UTF_8))
                .doesNotContain(new String(store.secret(), UTF_8));
    }

    @Test
    void whatWasChangedCutOffOrExchangedDoesNotOpen() throws IOException {
        byte[] content = new byte[3 * 65_536];
        new Random(2).nextBytes(content);
        store.put(NAME, Content.of(content), PutMode.REPLACE);
        byte[] sealed = read(memory, NAME);
        var random = new Random(3);
        for (int i = 0; i < 60; i++) {
            byte[] changed = sealed.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            requireRefused(changed);
        }
        for (int length : List.of(0, 10, 40, 41, 40 + 65_552, 40 + 2 * 65_552, sealed.length - 1)) {
            requireRefused(Arrays.copyOf(sealed, length));
        }
        requireRefused(Arrays.copyOf(sealed, sealed.length + 1));
        var other = new ObjectName("packs/00/b.pack");
        memory.put(other, Content.of(sealed), PutMode.REPLACE);
        assertThatThrownBy(() -> read(store, other)).isInstanceOf(TamperedException.class);
        assertThatThrownBy(() -> store.get(other, 0, 9))
                .isInstanceOf(ObjectDamagedException.class)
                .hasMessageContaining("HINT: ");
    }

    /// A sweep goes on without what an earlier one has noted.
    @Test
    void noteThatDoesNotOpenCountsAsNotThere() throws IOException {
        var note = new Note<>(new ObjectName("note.json"), String[].class);
        note.put(store, new String[] {"a"});
        assertThat(note.read(store)).isPresent();
        byte[] sealed = read(memory, note.name());
        sealed[sealed.length - 1] ^= 1;
        memory.put(note.name(), Content.of(sealed), PutMode.REPLACE);
        assertThat(note.read(store)).isEmpty();
        memory.put(note.name(), Content.of(new byte[3]), PutMode.REPLACE);
        assertThat(note.read(store)).isEmpty();
    }

    private void requireRefused(byte[] sealed) {
        memory.put(NAME, Content.of(sealed), PutMode.REPLACE);
        assertThatThrownBy(() -> read(store, NAME))
                .isInstanceOfAny(TamperedException.class, ObjectDamagedException.class);
    }

    @Test
    void objectThatWasReplacedIsReadInPartAsItIsNow() {
        store.put(NAME, Content.of(new byte[10]), PutMode.REPLACE);
        assertThat(store.get(NAME, 0, 1)).containsExactly(0);
        store.put(NAME, Content.of(new byte[] {1, 2}), PutMode.REPLACE);
        assertThat(store.get(NAME, 0, 9)).containsExactly(1, 2);
    }

    @Test
    void wrongKeyAndMissingKeyAreRefusedBeforeAnything() throws IOException {
        ObjectStore wrong = new SealedStore(memory, key("second"));
        List<String> before = memory.names();
        assertThatThrownBy(() -> Repository.openOrMake(wrong, CLUSTER))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("the key does not open")
                .hasMessageContaining("HINT: ");
        assertThatThrownBy(() -> Repository.openOrMake(memory, CLUSTER))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("is encrypted, and no key is named")
                .hasMessageContaining("HINT: ");
        assertThatThrownBy(() -> wrong.put(NAME, Content.of(new byte[1]), PutMode.IF_ABSENT))
                .hasMessageContaining("the key does not open");
        assertThat(memory.names()).isEqualTo(before);
        var plain = new MemoryStore();
        Repository _ = Repository.openOrMake(plain, CLUSTER);
        assertThatThrownBy(() -> Repository.open(new SealedStore(plain, key("first"))))
                .hasMessageContaining("is not encrypted")
                .hasMessageContaining("HINT: ");
    }

    @Test
    void keyIsRotatedWhileOthersWork() throws IOException {
        store.put(NAME, Content.of(new byte[] {7}), PutMode.REPLACE);
        byte[] sealed = read(memory, NAME);
        new KeyRotation(store).add(key("second"));
        var second = new SealedStore(memory, key("second"));
        assertThat(read(second, NAME)).containsExactly(7);
        assertThat(read(new SealedStore(memory, key("first")), NAME)).containsExactly(7);
        assertThatThrownBy(() -> new KeyRotation(store).add(key("second")))
                .hasMessageContaining("already");

        assertThat(new KeyRotation(second).retireOthers()).isOne();
        assertThat(read(new SealedStore(memory, key("second")), NAME)).containsExactly(7);
        assertThatThrownBy(() -> Repository.open(new SealedStore(memory, key("first"))))
                .hasMessageContaining("the key does not open");
        assertThat(read(memory, NAME)).as("nothing is written anew").isEqualTo(sealed);
    }

    /// Each waits for nobody: who comes second has changed nothing, and is told so.
    @Test
    void ofTwoRotationsAtOnceOneIsRefusedAndEveryKeyThatWasAddedOpens() throws Exception {
        int added = 0;
        for (int round = 0; round < 20; round++) {
            int number = round;
            List<Callable<Boolean>> both =
                    Stream.of("one-", "two-")
                            .<Callable<Boolean>>map(each ->
                                    () -> rotates(new KeyRotation(store), key(each + number)))
                            .toList();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Boolean>> done = threads.invokeAll(both);
                assertThat(done.get(0).get() || done.get(1).get()).isTrue();
                for (int i = 0; i < 2; i++) {
                    if (done.get(i).get()) {
                        Repository _ =
                                Repository.open(
                                        new SealedStore(
                                                memory, key((i == 0 ? "one-" : "two-") + round)));
                        added++;
                    }
                }
            }
        }
        assertThat(new KeyRotation(store).retireOthers()).isEqualTo(added);
        assertThat(memory.names()).doesNotContain("key-rotation.json");
    }

    private static boolean rotates(KeyRotation rotation, KeySource key) {
        try {
            rotation.add(key);
            return true;
        } catch (BackupException e) {
            assertThat(e).hasMessageContaining("another rotation").hasMessageContaining("HINT: ");
            return false;
        }
    }

    @Test
    void rotationThatWasKilledIsNamedAndHoldsNobodyElseUp() throws IOException {
        store.put(new ObjectName("key-rotation.json"), Content.of(new byte[0]), PutMode.IF_ABSENT);
        assertThatThrownBy(() -> new KeyRotation(store).add(key("second")))
                .hasMessageContaining("HINT: ")
                .hasMessageContaining("delete key-rotation.json");
        store.put(NAME, Content.of(new byte[] {7}), PutMode.REPLACE);
        assertThat(read(store, NAME)).containsExactly(7);
    }

    /// A worker opens the repository every few seconds.
    @Test
    void programIsRunOnceAndAgainOnlyWhenItsKeyFitsNoMore() throws IOException {
        Path runs = folder.resolve("runs");
        Path secret = folder.resolve("secret");
        Files.writeString(secret, "first ".repeat(10));
        var program =
                new KeySource.Command(
                        List.of("/bin/sh", "-c", "echo >> " + runs + "; cat " + secret));
        var sealed = new SealedStore(memory, program);
        for (int i = 0; i < 5; i++) {
            Repository _ = Repository.open(sealed);
        }
        assertThat(Files.readAllLines(runs)).hasSize(1);
        new KeyRotation(store).add(key("second"));
        Repository _ = Repository.open(sealed);
        assertThat(Files.readAllLines(runs)).as("its key fits still").hasSize(1);
        Files.writeString(secret, "second ".repeat(10));
        int _ = new KeyRotation(new SealedStore(memory, key("second"))).retireOthers();
        Repository _ = Repository.open(sealed);
        assertThat(Files.readAllLines(runs)).hasSize(2);
        Files.writeString(secret, "third ".repeat(10));
        new KeyRotation(new SealedStore(memory, key("second"))).add(key("third"));
        int _ = new KeyRotation(new SealedStore(memory, key("third"))).retireOthers();
        Files.writeString(secret, "wrong ".repeat(10));
        assertThatThrownBy(() -> Repository.open(sealed)).hasMessageContaining("does not open");
        Files.writeString(secret, "third ".repeat(10));
        Repository _ = Repository.open(sealed);
    }

    /// Else nobody who has the key could read anything.
    @Test
    void whatSaysHowItIsEncryptedIsThereTwice() throws IOException {
        store.put(NAME, Content.of(new byte[] {7}), PutMode.REPLACE);
        new KeyRotation(store).add(key("second"));
        memory.delete(Repository.IDENTITY);
        assertThat(read(new SealedStore(memory, key("second")), NAME)).containsExactly(7);
        memory.put(Repository.IDENTITY, Content.of(new byte[] {'{'}), PutMode.REPLACE);
        assertThat(read(new SealedStore(memory, key("first")), NAME)).containsExactly(7);
        memory.put(Repository.COPY, Content.of(new byte[] {'{'}), PutMode.REPLACE);
        assertThatThrownBy(() -> Repository.open(new SealedStore(memory, key("first"))))
                .hasMessageContaining("howdah-repository.json in ")
                .hasMessageContaining("is damaged");
    }

    @Test
    void keyThatOthersMayReadOrThatIsShortIsNone() throws IOException {
        Path open = folder.resolve("open");
        Files.writeString(open, "0123456789abcdef0123456789abcdef");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> new KeySource.File(open).read())
                .hasMessageContaining("may be used by others")
                .hasMessageContaining("HINT: chmod 600");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-------"));
        assertThat(new KeySource.File(open).read()).hasSize(32);
        Files.writeString(open, "short\n");
        assertThatThrownBy(() -> new KeySource.File(open).read())
                .hasMessageContaining("has 5 bytes; it needs 32");
        assertThat(
                        new KeySource.Command(
                                        List.of("/bin/echo", "0123456789abcdef 0123456789abcdef"))
                                .read())
                .hasSize(33);
        assertThatThrownBy(() -> new KeySource.Command(List.of("/bin/false")).read())
                .hasMessageContaining("exit code 1")
                .hasMessageContaining("HINT: ");
        assertThatThrownBy(() -> new KeySource.Command(List.of("/no/such/program")).read())
                .hasMessageContaining("cannot be run");
    }

    /// Nor what it has started, as a shell does.
    @Test
    void programThatHangsHoldsNobodyUp() {
        var hangs = new KeySource.Command(List.of("/bin/sh", "-c", "sleep 100000; echo"));
        assertThatThrownBy(() -> hangs.read(Duration.ofMillis(200)))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("had not ended after")
                .hasMessageContaining("HINT: ");
    }

    /// It may have ended itself, and left something behind that has its output open. Whether Java
    /// sees its end, and takes what is there for all, before anybody waits for more is chance: the
    /// key is had, or refused in time.
    @Test
    void programThatLeavesSomethingBehindHoldsNobodyUp() {
        var leaves =
                new KeySource.Command(
                        List.of("/bin/sh", "-c", "echo " + "key ".repeat(10) + "; sleep 60 &"));
        try {
            assertThat(new String(leaves.read(Duration.ofMillis(500)), UTF_8))
                    .isEqualTo("key ".repeat(10).strip());
        } catch (BackupException e) {
            assertThat(e).hasMessageContaining("or something that it has started");
        }
    }

    /// A rotation that was killed between its two writes is ended by the same command.
    @Test
    void rotationThatWasKilledHalfwayIsEnded() throws IOException {
        Repository _ = Repository.openOrMake(store, CLUSTER);
        byte[] before = content(Repository.COPY);
        new KeyRotation(store).add(key("second"));
        assertThat(content(Repository.COPY)).isNotEqualTo(before);
        PutOutcome _ = memory.put(Repository.COPY, Content.of(before), PutMode.REPLACE);

        new KeyRotation(store).add(key("second"));

        assertThat(content(Repository.COPY)).isEqualTo(content(Repository.IDENTITY));
        assertThatThrownBy(() -> new KeyRotation(store).add(key("second")))
                .hasMessageContaining("opens the repository")
                .hasMessageContaining("already");
    }

    private byte[] content(ObjectName name) throws IOException {
        try (InputStream in = memory.get(name)) {
            return in.readAllBytes();
        }
    }

    @Test
    void keyFileThatIsNotThereIsNamed() {
        var missing = new KeySource.File(folder.resolve("mistyped.key"));
        assertThatThrownBy(missing::read)
                .hasMessageContaining("there is no file " + missing.path())
                .hasMessageContaining("HINT: ");
        assertThatThrownBy(() -> new KeySource.File(folder).read())
                .as("to close the folder would be bad advice")
                .hasMessageContaining(" is a folder")
                .hasMessageContaining("HINT: name the file");
    }

    private KeySource key(String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            Files.writeString(file, (name + " ").repeat(10) + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
        return new KeySource.File(file);
    }

    private static byte[] read(ObjectStore store, ObjectName name) throws IOException {
        try (InputStream in = store.get(name)) {
            return in.readAllBytes();
        }
    }
}
