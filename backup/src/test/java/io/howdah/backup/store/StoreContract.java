package io.howdah.backup.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What every store does.
abstract class StoreContract {

    /// The store of this test; the same each time.
    abstract ObjectStore store();

    @Test
    void whatWasPutIsThereWholeAndInPart() throws IOException {
        ObjectStore store = store();
        assertThat(put(store, "packs/0a/1.pack", "hello")).isEqualTo(PutOutcome.STORED);
        assertThat(read(store, "packs/0a/1.pack")).isEqualTo("hello");
        assertThat(store.get(name("packs/0a/1.pack"), 1, 3)).isEqualTo("ell".getBytes(UTF_8));
        assertThat(store.get(name("packs/0a/1.pack"), 3, 9)).isEqualTo("lo".getBytes(UTF_8));
        assertThat(store.get(name("packs/0a/1.pack"), 9, 1)).isEmpty();
    }

    @Test
    void nothingIsReplacedUnlessAsked() throws IOException {
        ObjectStore store = store();
        put(store, "a", "first");
        assertThat(put(store, "a", "second")).isEqualTo(PutOutcome.EXISTS);
        assertThat(read(store, "a")).isEqualTo("first");
        store.put(name("a"), Content.of("third".getBytes(UTF_8)), PutMode.REPLACE);
        assertThat(read(store, "a")).isEqualTo("third");
    }

    @Test
    void ofManyWhoPutTheSameNameOneWins() throws Exception {
        ObjectStore store = store();
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
    void everyObjectIsListedOnceAndInOrder() throws IOException {
        ObjectStore store = store();
        List<String> names =
                List.of("a", "b-c", "b.d", "b/a", "b/b/x", "b/b/y", "b/c", "b0", "packs/00/z.pack");
        names.forEach(name -> put(store, name, name));
        var all = new ArrayList<String>();
        store.forEach("", object -> all.add(object.name().text()));
        assertThat(all).isEqualTo(names.stream().sorted().toList());
        assertThat(listed(store, "b/", null)).containsExactly("b/a", "b/b/x", "b/b/y", "b/c");
        assertThat(listed(store, "b/b", "b/b/x")).containsExactly("b/b/y");
        assertThat(listed(store, "", "b/b/x"))
                .containsExactly("b/b/y", "b/c", "b0", "packs/00/z.pack");
        assertThat(listed(store, "nothing/", null)).isEmpty();
        var behind = new ArrayList<String>();
        store.forEach("b", name("b/a"), object -> behind.add(object.name().text()));
        assertThat(behind).containsExactly("b/b/x", "b/b/y", "b/c", "b0");
    }

    @Test
    void deletingWhatIsNotThereIsNoError() {
        ObjectStore store = store();
        put(store, "a/b", "");
        store.delete(name("a/b"));
        store.delete(name("a/b"));
        assertThat(store.list("", null)).isEmpty();
    }

    static ObjectName name(String text) {
        return new ObjectName(text);
    }

    static PutOutcome put(ObjectStore store, String name, String content) {
        return store.put(name(name), Content.of(content.getBytes(UTF_8)), PutMode.IF_ABSENT);
    }

    static String read(ObjectStore store, String name) throws IOException {
        try (InputStream in = store.get(name(name))) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    static List<String> listed(ObjectStore store, String prefix, @Nullable String after) {
        return store.list(prefix, after == null ? null : name(after)).stream()
                .map(object -> object.name().text())
                .toList();
    }
}
