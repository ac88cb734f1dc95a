package io.howdah.proxy.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.exchange.Exchange;
import io.howdah.proxy.protocol.MessageCutter.Cut;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatementRequestsTest {

    /// A server connection, and what was put into the stream on the way to it.
    private static final class TestDesk implements Desk {
        private final ServerStatements statements;
        private final Exchange exchange;
        private final List<String> putIn = new ArrayList<>();
        private ParsingSettings settings = new ParsingSettings(Map.of("TimeZone", "UTC"));

        TestDesk(SharedStatements shared, int maximum) {
            this.statements = new ServerStatements(shared, maximum);
            this.exchange = new Exchange(statements);
        }

        @Override
        public Exchange exchange() {
            return exchange;
        }

        @Override
        public ServerStatements statements() {
            return statements;
        }

        @Override
        public ParsingSettings parsingSettings() {
            return settings;
        }

        /// The server answers; after a Z the status.
        void says(String replies) {
            for (int i = 0; i < replies.length(); i++) {
                char type = replies.charAt(i);
                if (type == 'Z') {
                    exchange.serverReady((byte) replies.charAt(++i));
                } else {
                    exchange.serverSends((byte) type);
                }
            }
        }
    }

    private final StatementRoom room = new StatementRoom(1 << 20);
    private final SharedStatements shared = new SharedStatements(room);
    private final TestDesk desk = new TestDesk(shared, 2);
    private final StatementRequests client = client();

    private StatementRequests client() {
        return new StatementRequests(shared, true, UnpooledByteBufAllocator.DEFAULT);
    }

    /// A client's message, until it has gone or waits.
    private @Nullable Cut say(StatementRequests from, TestDesk to, char type, String body) {
        ByteBuf bytes = Unpooled.buffer().writeByte(type).writeInt(body.length() + 4);
        bytes.writeCharSequence(body, StandardCharsets.ISO_8859_1);
        Cut cut;
        do {
            cut = from.judge(to, (byte) type, body.length() + 4, bytes, 5, body.length());
            if (cut == Cut.AHEAD || cut == Cut.REWRITE) {
                to.putIn.add(from.head().toString(StandardCharsets.ISO_8859_1));
            }
        } while (cut == Cut.AHEAD);
        if (cut == null) {
            to.exchange.clientSends((byte) type);
        }
        return cut;
    }

    private void prepare(StatementRequests from, TestDesk to, String name, String text) {
        assertThat(say(from, to, 'P', name + "\0" + text + "\0\0\0")).isEqualTo(Cut.REWRITE);
        say(from, to, 'S', "");
    }

    @Test
    void nothingIsKeptWhenClientsAndServersAreGone() {
        for (int i = 0; i < 5; i++) {
            prepare(client, desk, "s" + i, "select " + i);
            desk.says(i < 2 ? "1tTZI" : "31tTZI");
        }
        assertThat(shared.size()).isEqualTo(5);
        assertThat(room.takenBytes()).isPositive();
        say(client, desk, 'C', "Ss0\0");
        say(client, desk, 'S', "");
        desk.says("3ZI");
        assertThat(shared.size()).isEqualTo(4);
        say(client, desk, 'C', "Ss1\0");
        desk.statements.end();
        client.forgetAll();
        assertThat(shared.size()).isZero();
        assertThat(room.takenBytes()).isZero();
    }

    @Test
    void whatHasFailedIsNotKept() {
        prepare(client, desk, "a", "select from nowhere");
        assertThat(shared.size()).isOne();
        desk.says("EZI");
        assertThat(shared.size()).isZero();
        assertThat(room.takenBytes()).isZero();
        assertThat(say(client, desk, 'B', "\0a\0\0\0\0\0\0\0")).isNull();
    }

    @Test
    void secondParseIsAnsweredWithoutTheServersWork() {
        prepare(client, desk, "a", "select 1");
        desk.says("1tTZI");
        desk.putIn.clear();
        prepare(client(), desk, "b", "select 1");
        assertThat(desk.putIn).containsExactly("C\0\0\0\15Showdah_\0");
        desk.settings = new ParsingSettings(Map.of("TimeZone", "Asia/Tokyo"));
        desk.says("3ZI");
        desk.putIn.clear();
        prepare(client(), desk, "c", "select 1");
        assertThat(desk.putIn.getFirst()).startsWith("P");
    }

    @Test
    void statementThatTheServerLacksIsPreparedAheadAndTheClientWaits() {
        var other = new TestDesk(shared, 2);
        prepare(client, desk, "a", "select 1");
        desk.says("1tTZI");
        String name = StatementMessages.PREFIX + 1;
        assertThat(say(client, other, 'B', "\0a\0\0\0\0\0\0\0")).isEqualTo(Cut.WAIT);
        assertThat(other.putIn)
                .containsExactly(
                        "P\0\0\0\30" + name + "\0select 1\0\0\0D\0\0\0\16S" + name + "\0H\0\0\0\4");
        other.says("1t");
        assertThat(say(client, other, 'B', "\0a\0\0\0\0\0\0\0")).isEqualTo(Cut.WAIT);
        other.says("n");
        assertThat(say(client, other, 'B', "\0a\0\0\0\0\0\0\0")).isEqualTo(Cut.REWRITE);
        assertThat(other.putIn.getLast()).endsWith("\0" + name + "\0");
        assertThat(client.replacedBytes()).isEqualTo(5 + 3);
    }

    @Test
    void whatRestsOnAnUnansweredParseWaitsBehindASync() {
        prepare(client, desk, "a", "select 1");
        assertThat(say(client, desk, 'B', "\0a\0\0\0\0\0\0\0")).isEqualTo(Cut.WAIT);
        assertThat(say(client, desk, 'P', "b\0select 2\0\0\0")).isEqualTo(Cut.WAIT);
        assertThat(say(client, desk, 'P', "\0select 3\0\0\0")).isEqualTo(Cut.FORWARD);
        desk.says("1tTZI1");
        say(client, desk, 'S', "");
        desk.says("ZI");
        assertThat(say(client, desk, 'B', "\0a\0\0\0\0\0\0\0")).isEqualTo(Cut.REWRITE);
        say(client, desk, 'S', "");
        assertThat(say(client, desk, 'B', "\0a\0\0\0\0\0\0\0")).isEqualTo(Cut.REWRITE);
    }

    @Test
    void whatDoesNotFitStaysOnItsConnection() {
        var small = new SharedStatements(new StatementRoom(400));
        var tight = new StatementRequests(small, true, UnpooledByteBufAllocator.DEFAULT);
        var server = new TestDesk(small, 2);
        prepare(tight, server, "a", "select 1");
        assertThat(tight.isStaying()).isFalse();
        server.says("1tTZI");
        assertThat(say(tight, server, 'P', "b\0select 2\0\0\0")).isEqualTo(Cut.FORWARD);
        assertThat(tight.isStaying()).isTrue();
        assertThat(say(client, desk, 'P', "large\0" + "x".repeat(200_000) + "\0\0\0"))
                .isEqualTo(Cut.FORWARD);
        assertThat(client.isStaying()).isTrue();
    }

    private static final String LARGE = "x".repeat(200_000) + "\0\0\0";

    private void prepareLarge(String name) {
        assertThat(say(client, desk, 'P', name + "\0" + LARGE)).isEqualTo(Cut.FORWARD);
        assertThat(client.isStaying()).isTrue();
    }

    @Test
    void whoStaysMayGoOnceItsOwnNamesAreGone() {
        prepareLarge("a");
        say(client, desk, 'S', "");
        desk.says("EZI");
        assertThat(client.isStaying()).as("the Parse has failed").isFalse();
        prepareLarge("a");
        prepareLarge("b");
        say(client, desk, 'S', "");
        desk.says("11ZI");
        say(client, desk, 'C', "Sa\0");
        say(client, desk, 'S', "");
        desk.says("3ZI");
        assertThat(client.isStaying()).as("b is there").isTrue();
        say(client, desk, 'C', "Sc\0");
        say(client, desk, 'Q', "deallocate b\0");
        desk.says("3EZI");
        assertThat(client.isStaying()).as("it could not be closed").isTrue();
        say(client, desk, 'Q', "deallocate b\0");
        desk.says("CZI");
        assertThat(client.isStaying()).isFalse();
    }

    @Test
    void whatWasPreparedBehindADiscardStaysWhenThatIsAnswered() {
        prepareLarge("a");
        desk.says("1");
        say(client, desk, 'E', "\0\0\0\0\0");
        prepareLarge("b");
        client.forgetAll();
        assertThat(client.isStaying()).isTrue();
        desk.says("C1");
        say(client, desk, 'S', "");
        desk.says("ZI");
        assertThat(client.isStaying()).isTrue();
        client.forgetAll();
        assertThat(client.isStaying()).isFalse();
    }

    @Test
    void ofVeryManyOwnNamesOnlyTheEndOfAllIsSeen() {
        for (int i = 0; i < 70; i++) {
            prepareLarge("n" + i);
        }
        say(client, desk, 'S', "");
        desk.says("1".repeat(70) + "ZI");
        for (int i = 0; i < 70; i++) {
            say(client, desk, 'C', "Sn" + i + "\0");
        }
        say(client, desk, 'S', "");
        desk.says("3".repeat(70) + "ZI");
        assertThat(client.isStaying()).isTrue();
        client.forgetAll();
        assertThat(client.isStaying()).isFalse();
    }

    @Test
    void clientsThatStayForWantOfRoomAreCounted() {
        var little = new StatementRoom(400);
        var small = new SharedStatements(little);
        var tight = new StatementRequests(small, true, UnpooledByteBufAllocator.DEFAULT);
        var server = new TestDesk(small, 2);
        for (String name : List.of("a", "b")) {
            say(tight, server, 'P', name + "\0select " + "1".repeat(400) + "\0\0\0");
        }
        assertThat(little.refusals()).isOne();
        prepareLarge("large");
        assertThat(room.refusals()).isZero();
        little.change(4_000);
        prepare(
                new StatementRequests(small, true, UnpooledByteBufAllocator.DEFAULT),
                new TestDesk(small, 2),
                "a",
                "select 1");
        assertThat(little.refusals()).isOne();
    }

    @Test
    void roomIsOneForAllDatabasesAndUsers() {
        var text = new StatementText(new byte[20_000], new ParsingSettings(Map.of()));
        var little = new StatementRoom(60_000);
        List<SharedStatements> users = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            users.add(new SharedStatements(little));
            SharedStatement statement = users.getLast().of(text);
            assertThat(statement).isNotNull();
            users.getLast().retain(Objects.requireNonNull(statement));
        }
        assertThat(new SharedStatements(little).of(text)).isNull();
        users.getFirst().release(Objects.requireNonNull(users.getFirst().of(text)));
        assertThat(new SharedStatements(little).of(text)).isNotNull();
    }

    /// Many names for one text, of one client or of many, are no way around it.
    @Test
    void namesTakeRoomToo() {
        var little = new StatementRoom(10_000);
        var few = new SharedStatements(little);
        var server = new TestDesk(few, 2);
        List<StatementRequests> clients = new ArrayList<>();
        for (int i = 0; clients.isEmpty() || !clients.getLast().isStaying(); i++) {
            assertThat(i).isLessThan(100);
            clients.add(new StatementRequests(few, true, UnpooledByteBufAllocator.DEFAULT));
            say(clients.getLast(), server, 'P', "name\0select 1\0\0\0");
            say(clients.getLast(), server, 'S', "");
            server.says(i == 0 ? "1tTZI" : clients.getLast().isStaying() ? "1ZI" : "3ZI");
        }
        assertThat(clients).hasSizeGreaterThan(30);
        clients.forEach(StatementRequests::end);
        server.statements.end();
        assertThat(little.takenBytes()).isZero();
    }

    private static final String UNNAMED = "\0\0\0\0\0\0\0\0";

    private void prepareUnnamed(StatementRequests from, TestDesk to, String text) {
        assertThat(say(from, to, 'P', "\0" + text + "\0\0\0")).isEqualTo(Cut.FORWARD);
        say(from, to, 'S', "");
    }

    /// What goes ahead of a client's use of what it has without a name; empty when nothing does.
    private String ahead(StatementRequests from, TestDesk to) {
        to.putIn.clear();
        assertThat(say(from, to, 'B', UNNAMED)).isNull();
        return String.join("", to.putIn);
    }

    @Test
    void whatHasNoNameIsParsedAgainOnlyWhereItIsNot() {
        var other = client();
        prepareUnnamed(client, desk, "select 1");
        desk.says("1ZI");
        assertThat(ahead(client, desk)).isEmpty();
        say(client, desk, 'S', "");
        desk.says("2ZI");
        prepareUnnamed(other, desk, "select 2");
        desk.says("1ZI");
        assertThat(ahead(client, desk)).isEqualTo("P\0\0\0\20\0select 1\0\0\0");
        assertThat(ahead(client, desk)).isEmpty();
        say(client, desk, 'S', "");
        desk.says("122ZI");
        assertThat(ahead(client, desk)).isEmpty();
        say(client, desk, 'S', "");
        desk.says("2ZI");
        assertThat(ahead(other, desk)).isEqualTo("P\0\0\0\20\0select 2\0\0\0");
    }

    @Test
    void textsWithoutANameAreKeptWithinTheSameBoundsAndOnlyAsLongAsTheyAreNeeded() {
        var tight = new StatementRoom(1_800);
        var small = new SharedStatements(tight);
        var first = new StatementRequests(small, true, UnpooledByteBufAllocator.DEFAULT);
        var second = new StatementRequests(small, true, UnpooledByteBufAllocator.DEFAULT);
        var server = new TestDesk(small, 2);
        var other = new TestDesk(small, 2);
        prepareUnnamed(first, server, "select 1");
        prepareUnnamed(first, server, "select 2");
        server.says("1ZI1ZI");
        long bytes = tight.takenBytes();
        assertThat(bytes).isBetween(1L, 300L);
        prepareUnnamed(first, server, "selekt");
        prepareUnnamed(first, server, "select 1");
        server.says("EZI1ZI");
        assertThat(tight.takenBytes()).isEqualTo(bytes);
        prepareUnnamed(second, server, "select '" + "x".repeat(600) + "'");
        server.says("1ZI");
        assertThat(ahead(second, other)).startsWith("C");
        assertThat(ahead(first, server)).startsWith("P");
        first.end();
        server.statements.end();
        second.end();
        other.statements.end();
        assertThat(tight.takenBytes()).isZero();
    }

    @Test
    void whoHasNothingWithoutANameFindsNothing() {
        prepareUnnamed(client, desk, "select 1");
        desk.says("1ZI");
        assertThat(ahead(client(), desk)).isEqualTo("C\0\0\0\6S\0");
    }

    @Test
    void useOfWhatHasNoNameWaitsOnlyBehindTheSyncOfWhatIsNotAnswered() {
        assertThat(say(client, desk, 'P', "\0select 1\0\0\0")).isEqualTo(Cut.FORWARD);
        assertThat(say(client, desk, 'B', UNNAMED)).isNull();
        say(client, desk, 'S', "");
        assertThat(say(client, desk, 'B', UNNAMED)).isEqualTo(Cut.WAIT);
        prepareUnnamed(client, desk, "select 2");
        desk.says("12ZI");
        assertThat(say(client, desk, 'B', UNNAMED)).isEqualTo(Cut.WAIT);
        desk.says("1");
        assertThat(ahead(client, desk)).isEmpty();
    }

    @Test
    void parseThatWasSkippedLeavesWhatTheClientHadAndOneThatFailedLeavesNothing() {
        var other = new TestDesk(shared, 2);
        prepareUnnamed(client, desk, "select 1");
        desk.says("1ZI");
        say(client, desk, 'B', "\0nobody\0\0\0\0\0\0\0");
        prepareUnnamed(client, desk, "select 2");
        desk.says("EZI");
        assertThat(ahead(client, other)).startsWith("P").contains("select 1");
        say(client, other, 'S', "");
        other.says("12ZI");
        prepareUnnamed(client, other, "selekt");
        other.says("EZI");
        assertThat(ahead(client, desk)).startsWith("C");
    }

    @Test
    void queriesEndWhatHasNoNameUnlessTheyAreSkipped() {
        var other = new TestDesk(shared, 2);
        prepareUnnamed(client, desk, "select 1");
        desk.says("1ZI");
        say(client, desk, 'B', "\0nobody\0\0\0\0\0\0\0");
        assertThat(say(client, desk, 'Q', "select 2\0")).isEqualTo(Cut.FORWARD);
        say(client, desk, 'S', "");
        desk.says("EZI");
        assertThat(ahead(client, other)).startsWith("P");
        say(client, other, 'S', "");
        other.says("12ZI");
        assertThat(say(client, desk, 'Q', "select 2\0")).isNull();
        desk.says("CZI");
        assertThat(ahead(client, other)).startsWith("C");
    }

    @Test
    void whatIsTooLargeToKeepIsFoundWhereItIsAndNotTakenForAnothers() {
        var other = client();
        String large = "select '" + "x".repeat(40_000) + "'";
        prepareUnnamed(client, desk, large);
        desk.says("1ZI");
        assertThat(ahead(client, desk)).isEmpty();
        say(client, desk, 'S', "");
        desk.says("2ZI");
        prepareUnnamed(other, desk, "select 2");
        desk.says("1ZI");
        assertThat(ahead(client, desk)).startsWith("C");
        say(client, desk, 'S', "");
        desk.says("3EZI");
        assertThat(ahead(other, desk)).startsWith("P");
    }

    @Test
    void deallocationWithoutANameTakesPlaceEachTimeItIsBound() {
        for (int round = 0; round < 2; round++) {
            prepare(client, desk, "a", "select 1");
            if (round == 0) {
                desk.says("1tTZI");
                prepareUnnamed(client, desk, "deallocate a");
                desk.says("1ZI");
            } else {
                desk.says("3ZI");
            }
            desk.putIn.clear();
            assertThat(say(client, desk, 'B', UNNAMED)).isEqualTo(Cut.FORWARD);
            assertThat(desk.putIn).singleElement().asString().contains("a\0");
            say(client, desk, 'S', "");
            desk.says("12ZI");
        }
        assertThat(ahead(client(), desk)).contains("C\0\0\0\6S\0");
    }

    @Test
    void nameThatGoesOnForeverIsNotWaitedFor() {
        ByteBuf bytes = Unpooled.buffer().writeByte('P').writeInt(1_000_000);
        bytes.writeCharSequence("n".repeat(2_000), StandardCharsets.ISO_8859_1);
        assertThat(client.judge(desk, (byte) 'P', 1_000_000, bytes, 5, 100)).isEqualTo(Cut.MORE);
        assertThat(client.judge(desk, (byte) 'P', 1_000_000, bytes, 5, 2_000))
                .isEqualTo(Cut.FORWARD);
        assertThat(client.isStaying()).isTrue();
    }
}
