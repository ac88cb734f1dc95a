package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.settings.PoolMode;
import io.howdah.testing.Await;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Hundreds of megabytes under way, and never more than a few of them in the proxy.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LargeMessagesTest {

    private static final int MEGABYTE = 1024 * 1024;
    private static final int MEGABYTES = 250;

    /// Of what Netty may take: more than the proxy holds back, much less than what is sent.
    private static final long MEMORY_MAXIMUM_BYTES = 64L * MEGABYTE;

    private final TestPostgres postgres = TestPostgres.start();
    private final TestProxy proxy = TestProxy.of(PoolMode.TRANSACTION, 2).to(postgres);

    @AfterAll
    void stop() {
        proxy.close();
        postgres.close();
    }

    private static void assertLittleMemoryIsTaken() {
        assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory())
                .isLessThan(MEMORY_MAXIMUM_BYTES);
    }

    @Test
    void parametersOfANamedStatementPass() {
        byte[] chunk = new byte[MEGABYTE];
        Arrays.fill(chunk, (byte) 'x');
        try (RawClient client = RawClient.in(proxy.port())) {
            client.parse("length", "select length($1)").sync().flush().untilReady();
            int bytes = MEGABYTES * MEGABYTE;
            byte[] head = RawClient.bytes("\0length\0\0\0\0\1");
            client.raw((byte) 'B')
                    .raw(ByteBuffer.allocate(4).putInt(4 + head.length + 4 + bytes + 2).array())
                    .raw(head)
                    .raw(ByteBuffer.allocate(4).putInt(bytes).array());
            for (int i = 0; i < MEGABYTES; i++) {
                client.raw(chunk).flush();
                assertLittleMemoryIsTaken();
            }
            client.raw((byte) 0, (byte) 0).message('E', "\0\0\0\0\0").sync().flush();
            assertThat(client.untilReady().get(1).text()).endsWith(String.valueOf(bytes));
        }
    }

    @Test
    void rowsWaitForAClientThatDoesNotReadThem() {
        try (RawClient client = RawClient.in(proxy.port())) {
            client.parse("rows", "select repeat('y', 1048576) from generate_series(1, 250)")
                    .bindExecute("rows")
                    .sync()
                    .flush();
            Await.until("the server cannot send more", this::isWaitingForTheProxy);
            assertLittleMemoryIsTaken();
            assertThat(client.next().type()).isEqualTo('1');
            assertThat(client.next().type()).isEqualTo('2');
            for (int i = 0; i < MEGABYTES; i++) {
                assertThat(client.next().text()).hasSize(MEGABYTE + 6);
                assertLittleMemoryIsTaken();
            }
            assertThat(client.types(1)).isEqualTo("CZ");
        }
    }

    private boolean isWaitingForTheProxy() {
        try (Connection direct = postgres.connect();
                Statement statement = direct.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "select count(*) from pg_stat_activity where wait_event = 'ClientWrite'")) {
            return rows.next() && rows.getInt(1) == 1;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void tensOfThousandsOfSyncsAreSentInOneGo() throws Exception {
        int syncs = 30_000;
        try (RawClient client = RawClient.in(proxy.port())) {
            client.parse("one", "select 1").sync();
            for (int i = 0; i < syncs; i++) {
                client.bindExecute("one").sync();
            }
            CompletableFuture<Void> sent =
                    CompletableFuture.runAsync(client::flush, Thread::startVirtualThread);
            assertThat(client.types(1)).isEqualTo("1Z");
            assertThat(client.types(syncs)).isEqualTo("2DCZ".repeat(syncs));
            sent.get(60, TimeUnit.SECONDS);
        }
    }
}
