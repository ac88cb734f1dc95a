package io.howdah.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class RepositoryTroublesTest {

    private final RepositoryTroubles troubles = new RepositoryTroubles();

    @Test
    void bucketsOfOneNameHaveTroublesOfTheirOwn() {
        ObjectStore one = StoreAddress.open("s3://orders?endpoint=https://one:9000");
        ObjectStore other = StoreAddress.open("s3://orders?endpoint=https://other:9000");
        assertThat(troubles.failed(one, new IllegalStateException("slow"))).isTrue();
        assertThat(troubles.failed(other, new IllegalStateException("gone"))).isTrue();
        troubles.isWell(one);
        assertThat(troubles.of(one)).isEmpty();
        assertThat(troubles.all())
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.repository()).isEqualTo("s3://orders/");
                    assertThat(each.problem()).isEqualTo("gone");
                });
    }

    @Test
    void problemIsSaidWithItsCause() {
        ObjectStore store = StoreAddress.open("/srv/orders");
        boolean _ =
                troubles.failed(
                        store,
                        new UncheckedIOException(
                                "cannot buffer WAL", new IOException("No space left")));
        assertThat(troubles.all().getFirst().problem())
                .startsWith("cannot buffer WAL: ")
                .endsWith("No space left");
    }
}
