package io.howdah.backup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.postgres.OperatingSystemUser;
import io.howdah.testing.SmallVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderStoreTest extends StoreContract {

    @TempDir private Path folder;

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
        var paged = new ArrayList<>(listed(store, "x", null));
        paged.addAll(listed(store, "x", paged.getLast()));
        assertThat(paged).isEqualTo(all);
    }

    /// Over a network each look at a file takes its time.
    @Test
    void nothingIsLookedAtButWhatIsAskedFor() throws IOException {
        FolderStore store = store();
        List.of("wal/1/a", "wal/1/b", "wal/1/d").forEach(name -> put(store, name, name));
        // who looks at it fails
        Path loop = Path.of(store.toString()).resolve("wal/1/c");
        Files.createSymbolicLink(loop, loop);

        assertThat(listed(store, "wal/1/a", null)).containsExactly("wal/1/a");
        assertThat(listed(store, "wal/1/", "wal/1/c0")).containsExactly("wal/1/d");
        assertThatThrownBy(() -> listed(store, "wal/1/", null))
                .isInstanceOf(StoreUnavailableException.class);
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

    /// An operator takes a backup as root; the worker that archives there is not root.
    @Test
    void whatRootMakesBelongsToTheOwnerOfTheFolder() throws IOException {
        OperatingSystemUser postgres = OperatingSystemUser.forPostgres();
        assumeTrue(postgres.another(), "only root may give files away");
        Path given = Files.createDirectory(folder.resolve("given"));
        Files.setAttribute(given, "unix:uid", 12345);
        Files.setAttribute(given, "unix:gid", 12346);
        FolderStore store = new FolderStore(given);
        put(store, "owners/1.json", "");
        PutOutcome _ = store.put(name("wal/1/2"), Content.of(new byte[3]), PutMode.REPLACE);
        assertThat(ownersBelow(given)).containsExactly(12345L);
        assertThat(put(store, "wal/1/2", "")).isEqualTo(PutOutcome.EXISTS);

        put(store(), "wal/1/2", "");
        assertThat(ownersBelow(store().root())).containsExactly(postgres.uid());
        assertThat(permissions(store().root().resolve("wal"))).isEqualTo("rwx------");
    }

    private static Set<Long> ownersBelow(Path root) throws IOException {
        var owners = new HashSet<Long>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path path : files.toList()) {
                owners.add(((Number) Files.getAttribute(path, "unix:uid")).longValue());
            }
        }
        return owners;
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

    @Override
    FolderStore store() {
        return new FolderStore(folder.resolve("repository"));
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
