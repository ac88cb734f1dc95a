package io.howdah.backup.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3StoreTest extends StoreContract {

    private static final Patience SHORT =
            new Patience(12, Duration.ofMillis(2), Duration.ofMillis(20));

    @TempDir private Path folder;
    private final S3Server server = new S3Server(1, 0);

    @AfterEach
    void close() {
        server.close();
    }

    @Override
    ObjectStore store() {
        return store(server, "one", "");
    }

    @Test
    void moreThanAPageIsListedInPagesHoweverFewTheServerGives() {
        ObjectStore store = store();
        IntStream.range(0, ObjectStore.PAGE + 5)
                .forEach(i -> put(server.content(), "one/x%05d".formatted(i), ""));
        put(server.content(), "other/x", "");
        for (int most : new int[] {7, 1000}) {
            server.listAtMost(most);
            assertThat(store.list("x", null)).hasSize(ObjectStore.PAGE);
            var all = new ArrayList<String>();
            store.forEach("", object -> all.add(object.name().text()));
            assertThat(all).hasSize(ObjectStore.PAGE + 5).isSorted().doesNotHaveDuplicates();
        }
    }

    @Test
    void storesWithOtherPrefixesAreApart() throws IOException {
        put(store(), "a", "one");
        ObjectStore other = store(server, "other/place", "");
        assertThat(other.list("", null)).isEmpty();
        put(other, "a", "two");
        assertThat(read(store(), "a")).isEqualTo("one");
        assertThat(server.content().names()).containsExactly("one/a", "other/place/a");
    }

    @Test
    void notThereAndCannotSayAreTwoThings() {
        assertThatThrownBy(() -> store().get(name("a"))).isInstanceOf(ObjectMissingException.class);
        assertThatThrownBy(() -> store().get(name("a"), 0, 1))
                .isInstanceOf(ObjectMissingException.class);
        ObjectStore nowhere =
                new S3Store(
                        S3Address.parse(
                                server.address("x", folder.resolve("credentials"))
                                        .replace(S3Server.BUCKET, "nowhere")),
                        SHORT);
        assertThatThrownBy(() -> nowhere.get(name("a")))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("NoSuchBucket")
                .hasMessageContaining("HINT: ");
    }

    @Test
    void wrongSecretIsRefusedAtOnceAndShownNowhere() throws IOException {
        ObjectStore store = store();
        Path file = folder.resolve("credentials");
        Files.writeString(file, Files.readString(file).replace("wJalr", "wrong"));
        assertThatThrownBy(() -> put(store, "a", "b"))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("403")
                .hasMessageContaining("HINT: ")
                .hasMessageNotContaining("FEMI");
        assertThat(store.toString()).isEqualTo("s3://backups/one/");
    }

    @Test
    void serverThatKnowsChecksumsGetsThem() throws IOException {
        ObjectStore store = store(server, "sums", "&checksums=true");
        put(store, "a", "content");
        assertThat(read(store, "a")).isEqualTo("content");
        assertThat(store.get(name("a"), 1, 3)).isEqualTo("ont".getBytes(UTF_8));
    }

    /// Whatever the server does, what is answered is true: an object is whole or not there, and who
    /// put it is told so.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void serverThatFailsAllTheTimeIsBelievedOnlyWhatIsTrue(long seed) throws IOException {
        var random = new Random(seed);
        try (var faulty = new S3Server(seed, 0.25)) {
            ObjectStore store = store(faulty, "faulty", "");
            for (int i = 0; i < 40; i++) {
                String name = "object-" + i;
                String content = "x".repeat(random.nextInt(200_000)) + i;
                assertThat(put(store, name, content)).as(name).isEqualTo(PutOutcome.STORED);
                assertThat(put(store, name, content + "!")).as(name).isEqualTo(PutOutcome.EXISTS);
                assertThat(read(store, name)).as(name).isEqualTo(content);
                int from = random.nextInt(content.length());
                assertThat(store.get(name(name), from, 50_000))
                        .isEqualTo(
                                content.substring(from, Math.min(content.length(), from + 50_000))
                                        .getBytes(UTF_8));
            }
            assertThat(store.list("", null)).hasSize(40);
            store.delete(name("object-7"));
            assertThat(store.list("", null)).hasSize(39);
            assertThat(faulty.faults()).isGreaterThan(20);
        }
    }

    @Test
    void addressSaysWhatIsSpecialAboutABucket() {
        S3Address address = S3Address.parse("s3://orders/a/b/?region=eu-central-1&profile=backup");
        assertThat(address.bucket()).isEqualTo("orders");
        assertThat(address.prefix()).isEqualTo("a/b/");
        assertThat(address.region()).contains("eu-central-1");
        assertThat(address.pathStyle()).isFalse();
        assertThat(address.checksums()).isTrue();
        address = S3Address.parse("s3://orders?endpoint=https://minio:9000");
        assertThat(address.prefix()).isEmpty();
        assertThat(address.pathStyle()).isTrue();
        assertThat(address.checksums()).as("not every server knows them").isFalse();
        assertThat(StoreAddress.open("s3://orders/x")).hasToString("s3://orders/x/");
        assertThat(StoreAddress.open("s3://orders/x").identity()).isEqualTo("s3://orders/x/");
        assertThat(
                        StoreAddress.open("s3://orders?endpoint=http://me:secret@minio:9000/")
                                .identity())
                .isEqualTo("s3://orders/?endpoint=http://minio:9000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3://",
                "s3://A",
                "s3://a_b/c",
                "s3://orders/../x",
                "s3://orders?secret=x",
                "s3://orders?path-style=maybe",
                "s3://orders?endpoint=minio:9000"
            })
    void whatIsNoAddressIsRefused(String address) {
        assertThatThrownBy(() -> StoreAddress.open(address))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining(address)
                .hasMessageContaining("HINT: ");
    }

    private ObjectStore store(S3Server at, String prefix, String more) {
        return new S3Store(
                S3Address.parse(at.address(prefix, folder.resolve("credentials")) + more), SHORT);
    }
}
