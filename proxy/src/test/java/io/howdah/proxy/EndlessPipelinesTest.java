package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.RawClient.Message;
import io.howdah.proxy.settings.PoolMode;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Clients that send new requests ahead of the answers to former ones and never pause: a connection
/// that such a client has is never without something to do for it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EndlessPipelinesTest {

    /// So many requests are unanswered at any time; each takes the server a millisecond.
    private static final int AHEAD = 60;

    private final TestPostgres postgres = TestPostgres.start();
    private final TestProxy proxy = TestProxy.of(PoolMode.TRANSACTION, 1).to(postgres);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterAll
    void stop() {
        proxy.close();
        postgres.close();
        threads.close();
    }

    enum Kind {
        QUERIES {
            @Override
            void send(RawClient client, int number) {
                client.query(work(number)).flush();
            }
        },
        TRANSACTIONS {
            @Override
            void send(RawClient client, int number) {
                switch (number % 3) {
                    case 0 -> client.query("begin;" + work(number)).flush();
                    case 1 -> client.query(work(number)).flush();
                    default -> client.query(work(number) + ";commit").flush();
                }
            }
        },
        EXTENDED {
            @Override
            void send(RawClient client, int number) {
                client.parse("", work(number)).bindExecute("").sync().flush();
            }
        },
        NAMED {
            @Override
            void send(RawClient client, int number) {
                if (number == 0) {
                    client.parse("s", "select pg_sleep(0.001)::text || 0");
                }
                client.bindExecute("s").sync().flush();
            }
        };

        abstract void send(RawClient client, int number);

        private static String work(int number) {
            return "select pg_sleep(0.001)::text || " + number;
        }

        String answer(int number) {
            return this == NAMED ? "0" : "" + number;
        }
    }

    /// Sends on until the others are done.
    private static void go(RawClient client, Kind kind, Future<?> others) {
        int sent = 0;
        for (int heard = 0; heard < sent || !others.isDone(); heard++) {
            while (sent < heard + AHEAD && !others.isDone()) {
                kind.send(client, sent++);
            }
            if (heard < sent) {
                assertThat(rows(client.untilReady()))
                        .singleElement()
                        .asString()
                        .endsWith(kind.answer(heard));
            }
        }
    }

    private static List<Message> rows(List<Message> answer) {
        return answer.stream().filter(message -> message.type() == 'D').toList();
    }

    @ParameterizedTest
    @EnumSource
    void othersAreServedBesideAClientThatNeverPauses(Kind kind) throws Exception {
        try (RawClient endless = RawClient.in(proxy.port());
                RawClient other = RawClient.in(proxy.port())) {
            Future<String> others =
                    threads.submit(() -> {
                        for (int i = 0; i < 5; i++) {
                            other.query("select 1").flush().untilReady();
                        }
                        return "served";
                    });

            go(endless, kind, others);

            assertThat(others.get()).isEqualTo("served");
        }
    }

    @Test
    void twoThatNeverPauseTakeTurns() throws Exception {
        try (RawClient first = RawClient.in(proxy.port());
                RawClient second = RawClient.in(proxy.port());
                RawClient other = RawClient.in(proxy.port())) {
            Future<?> others = threads.submit(() -> other.query("select 1").flush().untilReady());
            Future<?> beside = threads.submit(() -> go(second, Kind.QUERIES, others));

            go(first, Kind.TRANSACTIONS, others);

            beside.get();
        }
    }

    /// The proxy has read what was sent to it before: a client that comes later is let in.
    private void awaitRead() {
        RawClient.in(proxy.port()).close();
    }

    @Test
    void requestThatComesInPiecesIsReadToItsEndThoughOthersWait() {
        try (RawClient slow = RawClient.in(proxy.port());
                RawClient other = RawClient.in(proxy.port())) {
            // It has had its turn.
            slow.query("begin;select pg_sleep(0.15)").flush().untilReady();
            other.query("select 1").flush();
            awaitRead();
            slow.raw((byte) 'Q', (byte) 0, (byte) 0, (byte) 0, (byte) 13).flush();
            awaitRead();
            slow.raw(RawClient.bytes("sele")).flush();
            awaitRead();
            slow.raw(RawClient.bytes("ct 7\0")).flush();

            assertThat(rows(slow.untilReady())).singleElement().asString().endsWith("7");
            slow.query("commit").flush().untilReady();
            assertThat(rows(other.untilReady())).singleElement().asString().endsWith("1");
        }
    }
}
