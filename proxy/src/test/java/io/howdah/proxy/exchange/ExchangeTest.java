package io.howdah.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExchangeTest {

    private static final Outcomes NOT_NOTED =
            new Outcomes() {
                @Override
                public void answered() {
                    throw new AssertionError("nothing was noted");
                }

                @Override
                public void failed(int count) {
                    throw new AssertionError("nothing was noted");
                }
            };

    private final Exchange exchange = new Exchange(NOT_NOTED);

    private void client(String types) {
        for (int i = 0; i < types.length(); i++) {
            assertThat(exchange.clientSends((byte) types.charAt(i)))
                    .as("%d of %s", i, types)
                    .isEqualTo(Passage.PASS);
        }
    }

    /// Replies by their types; after a Z the status.
    private void server(String replies) {
        for (int i = 0; i < replies.length(); i++) {
            char type = replies.charAt(i);
            Passage passage =
                    type == 'Z'
                            ? exchange.serverReady((byte) replies.charAt(++i))
                            : exchange.serverSends((byte) type);
            assertThat(passage).as("%s in %s", type, replies).isEqualTo(Passage.PASS);
        }
    }

    @Test
    void queryIsOverWithItsReadyForQuery() {
        client("Q");
        assertThat(exchange.isFree()).isFalse();
        server("TDDC");
        assertThat(exchange.isFree()).isFalse();
        server("ZI");
        assertThat(exchange.isFree()).isTrue();
    }

    @Test
    void openTransactionKeepsTheConnection() {
        client("Q");
        server("CZT");
        assertThat(exchange.isFree()).isFalse();
        assertThat(exchange.isInTransaction()).isTrue();
        client("Q");
        server("EZE");
        assertThat(exchange.isFree()).isFalse();
        client("Q");
        server("CZI");
        assertThat(exchange.isFree()).isTrue();
    }

    @Test
    void pipelineIsOverWithItsLastSync() {
        client("PBDESPBDES");
        server("12TDCZI");
        assertThat(exchange.isFree()).isFalse();
        server("12nCZI");
        assertThat(exchange.isFree()).isTrue();
    }

    @Test
    void requestsWithoutASyncKeepTheConnection() {
        client("PBEH");
        server("12C");
        assertThat(exchange.isOwing()).isFalse();
        assertThat(exchange.isFree()).isFalse();
        client("S");
        server("ZI");
        assertThat(exchange.isFree()).isTrue();
    }

    @Test
    void errorInAPipelineSkipsUpToTheNextSync() {
        client("PBESPBES");
        server("1EZI");
        assertThat(exchange.isFree()).isFalse();
        server("12CZI");
        assertThat(exchange.isFree()).isTrue();
    }

    @Test
    void afterAnErrorWithoutASyncNothingIsAnsweredUntilThereIsOne() {
        client("PBE");
        server("E");
        client("PQBE");
        assertThat(exchange.isFree()).isFalse();
        client("S");
        server("ZI");
        assertThat(exchange.isFree()).isTrue();
    }

    @Test
    void copyDataThatComeTooLateAreDropped() {
        client("Q");
        server("G");
        client("d");
        server("EZI");
        assertThat(exchange.isFree()).isTrue();
        assertThat(exchange.clientSends((byte) 'd')).isEqualTo(Passage.DROP);
        assertThat(exchange.clientSends((byte) 'c')).isEqualTo(Passage.DROP);
        assertThat(exchange.isFree()).isTrue();
    }

    @Test
    void syncThatWasSentBeforeTheCopyBeganIsIgnoredAsTheServerIgnoresIt() {
        client("PBES");
        server("12G");
        client("ddc");
        server("C");
        assertThat(exchange.isFree()).isFalse();
        client("S");
        server("ZI");
        assertThat(exchange.isFree()).isTrue();
    }

    @Test
    void copyThatIsSentInOneGoIsOverWithItsSync() {
        client("PBEdcS");
        server("12GCZI");
        assertThat(exchange.isFree()).isTrue();
    }

    @Test
    void ownRequestIsKeptFromTheClient() {
        exchange.sendOwn();
        for (char type : "TDCSN".toCharArray()) {
            assertThat(exchange.serverSends((byte) type)).isEqualTo(Passage.DROP);
        }
        assertThat(exchange.isAnsweringOwn()).isTrue();
        assertThat(exchange.serverReady((byte) 'I')).isEqualTo(Passage.DROP);
        assertThat(exchange.isFree()).isTrue();
        client("Q");
        assertThatThrownBy(exchange::sendOwn).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void repliesThatNobodyAskedForAreDoubt() {
        for (String reply : new String[] {"1", "C", "D", "G", "V", "W", "R", "x"}) {
            var fresh = new Exchange(NOT_NOTED);
            assertThat(fresh.serverSends((byte) reply.charAt(0))).isEqualTo(Passage.DOUBT);
            assertThat(fresh.isFree()).isFalse();
        }
        assertThat(exchange.serverReady((byte) 'I')).isEqualTo(Passage.DOUBT);
        assertThat(exchange.isDoubtful()).isTrue();
    }

    @Test
    void errorThatNobodyAskedForIsPassedOnAndTheConnectionNeverUsedAgain() {
        assertThat(exchange.serverSends((byte) 'E')).isEqualTo(Passage.PASS);
        assertThat(exchange.isFree()).isFalse();
    }

    @Test
    void unknownStatusIsDoubt() {
        client("Q");
        assertThat(exchange.serverReady((byte) 'X')).isEqualTo(Passage.DOUBT);
    }

    @Test
    void whatIsNoRequestIsDoubt() {
        for (char type : "pXRZ\0".toCharArray()) {
            assertThat(exchange.clientSends((byte) type)).isEqualTo(Passage.DOUBT);
        }
    }

    /// Whatever a client sends, in whatever order it and the server are heard: the exchange calls
    /// the connection free exactly when the server is.
    @Test
    void connectionIsFreeExactlyWhenTheServerIs() {
        int free = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            free += converse(seed);
        }
        assertThat(free).isGreaterThan(20_000);
    }

    private static int converse(int seed) {
        Random random = new Random(seed);
        var exchange = new Exchange(NOT_NOTED);
        var model = new ServerModel(random);
        var coming = new ArrayDeque<String>();
        int free = 0;
        boolean data = false;
        for (int i = 0; i < 60; i++) {
            if (random.nextInt(3) == 0) {
                byte type = request(random, model.isCopying() || data);
                data = type == 'd' || (data && type == 'H');
                if (exchange.clientSends(type) == Passage.PASS) {
                    model.sent(type);
                }
            } else if (model.hasUnread() && random.nextBoolean()) {
                coming.addAll(model.step());
            } else if (!coming.isEmpty()) {
                hear(seed, exchange, coming.remove());
            }
            boolean quiet = coming.isEmpty() && !model.hasUnread();
            if (quiet) {
                assertThat(exchange.isFree())
                        .as("seed %d, step %d", seed, i)
                        .isEqualTo(model.isFree());
                free += exchange.isFree() ? 1 : 0;
            } else {
                assertThat(exchange.isFree() && !coming.stream().allMatch("NAS"::contains))
                        .as("seed %d, step %d: free with replies under way", seed, i)
                        .isFalse();
            }
        }
        return free;
    }

    /// What a client may send: anything; but while the server reads COPY data nothing that it would
    /// close the connection for, and no Sync among the data: whether that one counts depends on
    /// which of them is wrong, and the exchange calls it doubt.
    private static byte request(Random random, boolean copying) {
        String possible = copying ? "ddddcfH" : "QPBDECSSHFdc";
        return (byte) possible.charAt(random.nextInt(possible.length()));
    }

    private static void hear(int seed, Exchange exchange, String reply) {
        Passage passage =
                reply.charAt(0) == 'Z'
                        ? exchange.serverReady((byte) reply.charAt(1))
                        : exchange.serverSends((byte) reply.charAt(0));
        assertThat(passage).as("seed %d: %s", seed, reply).isEqualTo(Passage.PASS);
    }
}
