package io.howdah.backup.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.testing.SmallVolume;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderStoreTest {

    @TempDir private Path folder;

    @Test
    void whatWasPutIsThereWholeAndInPart() throws IOException {
        FolderStore store = store();
        assertThat(put(store, "packs/0a/1.pack", "hello")).isEqualTo(PutOutcome.STORED);
        assertThat(read(store, "packs/0a/1.pack")).isEqualTo("hello");
        assertThat(store.get(name("packs/0a/1.pack"), 1, 3)).isEqualTo("ell".getBytes(UTF_8));
        assertThat(store.get(name("packs/0a/1.pack"), 3, 9)).isEqualTo("lo".getBytes(UTF_8));
        assertThat(store.get(name("packs/0a/1.pack"), 9, 1)).isEmpty();
    }

    @Test
    void nothingIsReplacedUnlessAsked() throws IOException {
        FolderStore store = store();
        put(store, "a", "first");
        assertThat(put(store, "a", "second")).isEqualTo(PutOutcome.EXISTS);
        assertThat(read(store, "a")).isEqualTo("first");
        store.put(name("a"), Content.of("third".getBytes(UTF_8)), PutMode.REPLACE);
        assertThat(read(store, "a")).isEqualTo("third");
    }

    @Test
    void ofManyWhoPutTheSameNameOneWins() throws Exception {
        FolderStore store = store();
        List<Callable<PutOutcome>> puts =
                IntStream.range(0, 16)
                        .<Callable<PutOutcome>>mapToObj(i -> () -> put(store, "a/b/c", "by " + i))
                        .toList();
        var outcomes = new ArrayList<PutOutcome>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var put : threads.invokeAll(puts)) {
                outcomes.add(put.get());
            }
        }
        assertThat(Collections.frequency(outcomes, PutOutcome.STORED)).isOne();
        assertThat(Collections.frequency(outcomes, PutOutcome.EXISTS)).isEqualTo(15);
    }

    @Test
    void notThereAndCannotSayAreTwoThings() {
        assertThatThrownBy(() -> store().get(name("a")))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("there is no folder")
                .hasMessageContaining("HINT: ");
        put(store(), "b", "");
        assertThatThrownBy(() -> store().get(name("a"))).isInstanceOf(ObjectMissingException.class);
        assertThatThrownBy(() -> store().get(name("a"), 0, 1))
                .isInstanceOf(ObjectMissingException.class);
        // what is no folder holds nothing that is missing
        assertThatThrownBy(() -> store().get(name("b/c")))
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void everyObjectIsListedOnceAndInOrder() throws IOException {
        FolderStore store = store();
        List<String> names =
                List.of("a", "b-c", "b.d", "b/a", "b/b/x", "b/b/y", "b/c", "b0", "packs/00/z.pack");
        names.forEach(name -> put(store, name, name));
        Files.writeString(store.root().resolve(".hidden"), "");
        var all = new ArrayList<String>();
        store.forEach("", object -> all.add(object.name().text()));
        assertThat(all).isEqualTo(names.stream().sorted().toList());
        assertThat(listed(store, "b/", null)).containsExactly("b/a", "b/b/x", "b/b/y", "b/c");
        assertThat(listed(store, "b/b", "b/b/x")).containsExactly("b/b/y");
        assertThat(listed(store, "", "b/b/x"))
                .containsExactly("b/b/y", "b/c", "b0", "packs/00/z.pack");
        assertThat(listed(store, "nothing/", null)).isEmpty();
    }

    @Test
    void moreThanAPageIsListedInPages() {
        FolderStore store = store();
        put(store, "a", "");
        // links instead of a thousand files that are synced
        IntStream.range(0, ObjectStore.PAGE + 5)
                .forEach(i -> link(store, "a", "x%05d".formatted(i)));
        assertThat(store.list("x", null)).hasSize(ObjectStore.PAGE);
        var all = new ArrayList<String>();
        store.forEach("x", object -> all.add(object.name().text()));
        assertThat(all).hasSize(ObjectStore.PAGE + 5).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void deletingWhatIsNotThereIsNoError() {
        FolderStore store = store();
        put(store, "a/b", "");
        store.delete(name("a/b"));
        store.delete(name("a/b"));
        assertThat(store.list("", null)).isEmpty();
    }

    @Test
    void nobodyElseCanRead() throws IOException {
        FolderStore store = store();
        put(store, "wal/1/2", "");
        for (String path : List.of("", "wal", "wal/1")) {
            assertThat(permissions(store.root().resolve(path))).isEqualTo("rwx------");
        }
        assertThat(permissions(store.root().resolve("wal/1/2"))).isEqualTo("rw-------");
    }

    @Test
    void fullDiskIsToldAndLeavesNothingBehind() throws IOException {
        Optional<SmallVolume> mounted = SmallVolume.mount(folder.resolve("small"), 4);
        assumeTrue(mounted.isPresent(), "only root may mount a small file system");
        try (SmallVolume volume = mounted.get()) {
            var store = new FolderStore(volume.directory().resolve("repository"));
            put(store, "a", "first");
            var large = Content.of(new byte[8 << 20]);
            assertThatThrownBy(() -> store.put(name("b"), large, PutMode.IF_ABSENT))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("No space left")
                    .hasMessageContaining("HINT: ");
            assertThat(listed(store, "", null)).containsExactly("a");
            assertThat(put(store, "c", "there is room again")).isEqualTo(PutOutcome.STORED);
        }
    }

    @Test
    void leftoversOfAKilledProcessGoAfterADay() throws IOException {
        put(store(), "a", "");
        Path incoming = store().root().resolve(".incoming");
        Path old = Files.writeString(incoming.resolve("old"), "");
        Path young = Files.writeString(incoming.resolve("young"), "");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        put(store(), "b", "");
        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "/a", "a/", "a//b", "..", "a/../b", ".a", "a/.b", "a b", "ä", "a\\b", "a\0"
            })
    void noNameLeadsOutOfTheFolder(String name) {
        assertThatThrownBy(() -> new ObjectName(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anAddressIsAPathOrAFileUrl() {
        assertThat(StoreAddress.open("/x/y")).hasToString("/x/y");
        assertThat(StoreAddress.open("file:///x/y")).hasToString("/x/y");
        assertThatThrownBy(() -> StoreAddress.open("ftp://x/y"))
                .hasMessageContaining("'ftp://x/y'")
                .hasMessageContaining("HINT: ");
    }

    private FolderStore store() {
        return new FolderStore(folder.resolve("repository"));
    }

    private static ObjectName name(String text) {
        return new ObjectName(text);
    }

    private static PutOutcome put(ObjectStore store, String name, String content) {
        return store.put(name(name), Content.of(content.getBytes(UTF_8)), PutMode.IF_ABSENT);
    }

    private static String read(ObjectStore store, String name) throws IOException {
        try (InputStream in = store.get(name(name))) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static List<String> listed(ObjectStore store, String prefix, @Nullable String after) {
        return store.list(prefix, after == null ? null : name(after)).stream()
                .map(object -> object.name().text())
                .toList();
    }

    private static void link(FolderStore store, String from, String to) {
        try {
            Files.createLink(store.root().resolve(to), store.root().resolve(from));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
