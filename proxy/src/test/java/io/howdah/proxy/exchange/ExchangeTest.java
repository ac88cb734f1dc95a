package io.howdah.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
                public void failed(int count, boolean heard) {
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

    /// Whether the server has read it as data, or answers it, depends on which of them is wrong.
    @Test
    void copyThatFailsWithASyncAmongItsDataLeavesTheConnectionToNobody() {
        client("Q");
        server("G");
        client("dSd");
        server("EZI");
        assertThat(exchange.isUnsure()).isTrue();
        assertThat(exchange.isFree()).isFalse();
    }

    @Test
    void soDoesOneWhoseDataWereSentAhead() {
        client("QdS");
        server("GEZI");
        assertThat(exchange.isUnsure()).isTrue();
        assertThat(exchange.isFree()).isFalse();
    }

    @Test
    void syncAmongTheDataOfACopyThatSucceedsIsIgnored() {
        client("QdSdc");
        server("GCZI");
        assertThat(exchange.isUnsure()).isFalse();
        assertThat(exchange.isFree()).isTrue();
    }

    /// As libpq sends a COPY with parameters: the server has read this one before any data.
    @Test
    void syncAheadOfAllDataLeavesNoDoubt() {
        client("PBES");
        server("12G");
        client("d");
        server("E");
        client("S");
        server("ZI");
        assertThat(exchange.isUnsure()).isFalse();
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

    @Test
    void requestsOfOursAheadOfTheClientsAreKeptFromIt() {
        var outcomes = new RecordedOutcomes();
        var noted = new Exchange(outcomes);
        noted.sendAhead((byte) 'C');
        noted.sendAhead((byte) 'P');
        noted.sendAhead((byte) 'D');
        noted.clientSendsNoted((byte) 'B');
        noted.clientSends((byte) 'S');
        for (char type : "3N1tT".toCharArray()) {
            assertThat(noted.serverSends((byte) type)).isEqualTo(Passage.DROP);
        }
        assertThat(noted.serverSends((byte) '2')).isEqualTo(Passage.PASS);
        assertThat(outcomes.all)
                .containsExactly(
                        Outcome.ANSWERED, Outcome.ANSWERED, Outcome.ANSWERED, Outcome.ANSWERED);
        assertThat(noted.isSettled()).isFalse();
        noted.serverReady((byte) 'I');
        assertThat(noted.isSettled()).isTrue();
        assertThat(noted.isFree()).isTrue();
    }

    @Test
    void errorOfARequestOfOursIsTheClients() {
        var outcomes = new RecordedOutcomes();
        var noted = new Exchange(outcomes);
        noted.sendAhead((byte) 'P');
        noted.sendAhead((byte) 'D');
        assertThat(noted.serverSends((byte) 'E')).isEqualTo(Passage.PASS);
        assertThat(outcomes.all).containsExactly(Outcome.FAILED, Outcome.SKIPPED);
        assertThat(noted.isHeeding()).isFalse();
        assertThatThrownBy(() -> noted.sendAhead((byte) 'P'))
                .isInstanceOf(IllegalStateException.class);
        noted.clientSends((byte) 'S');
        assertThat(noted.isHeeding()).isTrue();
    }

    @Test
    void parseThatWasSentAsACloseIsAnsweredAsAParse() {
        var noted = new Exchange(new RecordedOutcomes());
        noted.parseAsClose();
        noted.clientSends((byte) 'C');
        assertThat(noted.serverSends((byte) '3')).isEqualTo(Passage.AS_PARSED);
        assertThat(noted.serverSends((byte) '3')).isEqualTo(Passage.PASS);
    }

    /// Whatever a client sends, in whatever order it and the server are heard, and whatever of ours
    /// goes between: the exchange calls the connection free exactly when the server is, knows whose
    /// each reply is, and what became of what was noted.
    @Test
    void connectionIsFreeExactlyWhenTheServerIs() {
        int free = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            free += new Conversation("seed " + seed, new Random(seed)).hold(60);
        }
        assertThat(free).isGreaterThan(20_000);
    }

    private enum Outcome {
        ANSWERED,
        FAILED,
        SKIPPED
    }

    private static final class RecordedOutcomes implements Outcomes {
        private final List<Outcome> all = new ArrayList<>();

        @Override
        public void answered() {
            all.add(Outcome.ANSWERED);
        }

        @Override
        public void failed(int count, boolean heard) {
            all.add(heard ? Outcome.FAILED : Outcome.SKIPPED);
            all.addAll(Collections.nCopies(count - 1, Outcome.SKIPPED));
        }
    }

    private enum Sender {
        CLIENT,
        NOTED,
        OURS,
        AS_CLOSE
    }

    private record Reply(String text, Sender to) {}

    /// Between a client, the proxy with requests of its own, and a server that keeps to the rules.
    static final class Conversation {
        private final String name;
        private final Random random;
        private final RecordedOutcomes outcomes = new RecordedOutcomes();
        private final Exchange exchange = new Exchange(outcomes);
        private final ServerModel model;
        private final ArrayDeque<Sender> senders = new ArrayDeque<>();
        private final ArrayDeque<Reply> coming = new ArrayDeque<>();
        private final List<Outcome> expected = new ArrayList<>();
        private boolean data;

        Conversation(String name, Random random) {
            this.name = name;
            this.random = random;
            this.model = new ServerModel(random);
        }

        /// Lets them talk.
        ///
        /// @return how often the connection was free
        int hold(int steps) {
            int free = 0;
            for (int i = 0; i < steps; i++) {
                if (random.nextInt(3) == 0) {
                    send();
                } else if (model.hasUnread() && random.nextBoolean()) {
                    step();
                } else if (!coming.isEmpty()) {
                    hear(coming.remove());
                }
                if (exchange.isUnsure()) {
                    assertThat(exchange.isFree()).as("%s, step %d", name, i).isFalse();
                    return free;
                }
                free += check(i);
            }
            return free;
        }

        private void send() {
            if (exchange.isHeeding() && !model.isCopying() && !data && random.nextInt(4) == 0) {
                sendNoted((byte) "PBDC".charAt(random.nextInt(4)));
                return;
            }
            byte type = request(random, model.isCopying() || data);
            data = type == 'd' || (data && (type == 'H' || type == 'S'));
            if (exchange.clientSends(type) == Passage.PASS) {
                sent(type, Sender.CLIENT);
            }
        }

        private void sendNoted(byte type) {
            boolean ours = type != 'B' && random.nextBoolean();
            if (ours) {
                exchange.sendAhead(type);
                sent(type, Sender.OURS);
            } else if (type == 'P' && random.nextBoolean()) {
                exchange.parseAsClose();
                sent((byte) 'C', Sender.AS_CLOSE);
            } else {
                exchange.clientSendsNoted(type);
                sent(type, Sender.NOTED);
            }
        }

        private void sent(byte type, Sender sender) {
            model.sent(type);
            senders.add(sender);
        }

        private void step() {
            Sender sender = senders.remove();
            List<String> replies = model.step();
            replies.forEach(reply -> coming.add(new Reply(reply, sender)));
            if (sender != Sender.CLIENT) {
                expected.add(
                        replies.isEmpty()
                                ? Outcome.SKIPPED
                                : replies.contains("E") ? Outcome.FAILED : Outcome.ANSWERED);
            }
        }

        private void hear(Reply reply) {
            byte type = (byte) reply.text().charAt(0);
            Passage passage =
                    type == 'Z'
                            ? exchange.serverReady((byte) reply.text().charAt(1))
                            : exchange.serverSends(type);
            boolean error = type == 'E';
            assertThat(passage)
                    .as("%s: %s", name, reply)
                    .isEqualTo(
                            switch (reply.to()) {
                                case CLIENT, NOTED -> Passage.PASS;
                                case OURS -> error ? Passage.PASS : Passage.DROP;
                                case AS_CLOSE -> error ? Passage.PASS : Passage.AS_PARSED;
                            });
        }

        private int check(int step) {
            boolean quiet = coming.isEmpty() && !model.hasUnread();
            if (!quiet) {
                assertThat(
                                exchange.isFree()
                                        && !coming.stream()
                                                .allMatch(reply -> "NAS".contains(reply.text())))
                        .as("%s, step %d: free with replies under way", name, step)
                        .isFalse();
                return 0;
            }
            assertThat(exchange.isFree()).as("%s, step %d", name, step).isEqualTo(model.isFree());
            assertThat(outcomes.all).as("%s, step %d", name, step).isEqualTo(expected);
            assertThat(exchange.isSettled() || model.isCopying())
                    .as("%s, step %d: nothing more to come", name, step)
                    .isTrue();
            return exchange.isFree() ? 1 : 0;
        }

        /// What a client may send: anything; but while the server reads COPY data nothing that it
        /// would close the connection for.
        private static byte request(Random random, boolean copying) {
            String possible = copying ? "ddddcfHS" : "QPBDECSSHFdc";
            return (byte) possible.charAt(random.nextInt(possible.length()));
        }
    }
}
