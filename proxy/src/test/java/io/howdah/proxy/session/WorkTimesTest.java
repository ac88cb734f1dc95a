package io.howdah.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.exchange.Exchange;
import io.howdah.proxy.exchange.Outcomes;
import io.howdah.proxy.session.WorkTimes.Overdue;
import io.howdah.proxy.settings.TestTimeouts;
import io.howdah.proxy.settings.Timeouts;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What takes too long, at any second of what a client and its server say.
class WorkTimesTest {

    private static final long SECOND = 1_000_000_000L;

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
    private final WorkTimes times = new WorkTimes(exchange);

    private void client(int second, String types) {
        for (int i = 0; i < types.length(); i++) {
            exchange.clientSends((byte) types.charAt(i));
        }
        times.sent(second * SECOND);
    }

    /// Replies by their types; after a Z the status.
    private void server(int second, String replies) {
        for (int i = 0; i < replies.length(); i++) {
            if (replies.charAt(i) == 'Z') {
                exchange.serverReady((byte) replies.charAt(++i));
                times.ready(second * SECOND);
            } else {
                exchange.serverSends((byte) replies.charAt(i));
            }
        }
        times.answered(() -> second * SECOND);
    }

    private Overdue overdue(Timeouts bounds, int second) {
        return times.overdue(bounds, false, true, second * SECOND);
    }

    /// The same amid a message of the client's.
    private Overdue overdueInMessage(Timeouts bounds, boolean taking, int second) {
        return times.overdue(bounds, true, taking, second * SECOND);
    }

    @Test
    void transactionThatIsDrawnOutByFlushesTakesTooLong() {
        Timeouts bounds = new TestTimeouts().transaction(Duration.ofSeconds(5)).build();
        times.taken(0);
        client(1, "PBEH");
        server(2, "12C");
        client(4, "BEH");
        server(5, "2C");
        assertThat(overdue(bounds, 5)).isEqualTo(Overdue.NOTHING);
        assertThat(overdue(bounds, 6)).isEqualTo(Overdue.TRANSACTION);
    }

    @Test
    void transactionBeginsWithItsFirstRequestAndNotBeforeTheLastOneHasEnded() {
        Timeouts bounds = new TestTimeouts().transaction(Duration.ofSeconds(5)).build();
        times.taken(0);
        client(0, "PBESPBES");
        server(3, "12CZI");
        client(4, "PBES");
        assertThat(overdue(bounds, 7)).isEqualTo(Overdue.NOTHING);
        assertThat(overdue(bounds, 8)).isEqualTo(Overdue.TRANSACTION);
        server(7, "12CZI12CZI");
        client(20, "Q");
        assertThat(overdue(bounds, 24)).isEqualTo(Overdue.NOTHING);
        assertThat(overdue(bounds, 25)).isEqualTo(Overdue.TRANSACTION);
    }

    @Test
    void whoKeepsAConnectionAndAsksNothingIsIdle() {
        Timeouts bounds = new TestTimeouts().clientIdle(Duration.ofSeconds(5)).build();
        times.taken(0);
        client(0, "Q");
        assertThat(overdue(bounds, 9)).isEqualTo(Overdue.NOTHING);
        server(9, "CZI");
        assertThat(overdue(bounds, 13)).isEqualTo(Overdue.NOTHING);
        assertThat(overdue(bounds, 14)).isEqualTo(Overdue.IDLE);
        client(14, "Q");
        server(14, "CZT");
        assertThat(overdue(bounds, 20)).as("in a transaction").isEqualTo(Overdue.NOTHING);
    }

    @Test
    void itIsTheClientsTurnFromTheAnswerOnAndNotFromItsRequest() {
        Timeouts bounds = new TestTimeouts().idleInTransaction(Duration.ofSeconds(5)).build();
        times.taken(0);
        client(0, "PBEH");
        server(1, "12");
        assertThat(overdue(bounds, 20)).as("the server works").isEqualTo(Overdue.NOTHING);
        server(20, "DDC");
        assertThat(overdue(bounds, 24)).isEqualTo(Overdue.NOTHING);
        server(24, "");
        assertThat(overdue(bounds, 25)).isEqualTo(Overdue.CLIENT);
    }

    @Test
    void clientOfWhichNothingIsTakenIsNotTakenForOneThatSendsNothing() {
        Timeouts bounds = new TestTimeouts().idleInTransaction(Duration.ofSeconds(5)).build();
        times.taken(0);
        client(0, "QQ");
        assertThat(overdueInMessage(bounds, false, 60)).isEqualTo(Overdue.NOTHING);
        server(60, "CZT");
        assertThat(overdueInMessage(bounds, true, 64)).isEqualTo(Overdue.NOTHING);
        assertThat(overdueInMessage(bounds, true, 65)).isEqualTo(Overdue.CLIENT);
    }

    @Test
    void clientThatMayGoOnWithItsMessageHasAsLongAsAnyOtherFromThenOn() {
        Timeouts bounds = new TestTimeouts().idleInTransaction(Duration.ofSeconds(5)).build();
        times.taken(0);
        client(0, "d");
        assertThat(overdueInMessage(bounds, false, 60)).isEqualTo(Overdue.NOTHING);
        assertThat(overdueInMessage(bounds, true, 64)).isEqualTo(Overdue.NOTHING);
        assertThat(overdueInMessage(bounds, true, 65)).isEqualTo(Overdue.CLIENT);
    }

    @Test
    void serverThatTakesALongMessageSlowlyIsNotSlowToAnswerIt() {
        Timeouts bounds = new TestTimeouts().query(Duration.ofSeconds(5)).build();
        times.taken(0);
        client(0, "Q");
        client(8, "");
        assertThat(overdueInMessage(bounds, false, 12)).isEqualTo(Overdue.NOTHING);
        assertThat(overdueInMessage(bounds, false, 13)).isEqualTo(Overdue.QUERY);
        assertThat(times.hasWorked(Duration.ofSeconds(6), 13 * SECOND)).isFalse();
        assertThat(times.hasWorked(Duration.ofSeconds(6), 14 * SECOND)).isTrue();
    }
}
