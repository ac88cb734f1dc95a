package io.howdah.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.exchange.Exchange;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.TestTimeouts;
import io.howdah.proxy.settings.Timeouts;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What must hold whatever happens in the same moment: in a room where that can be said.
class ServerSessionTest {

    /// The first guest, on a server connection that is made for him.
    private static ManualChannel served(ProxyRoom room, List<EchoServer> servers, String name) {
        ManualChannel guest = guest(room, name);
        room.settle();
        room.connect(true);
        settle(room, servers);
        return guest;
    }

    private static ManualChannel guest(ProxyRoom room, String name) {
        return guest(room, name, "");
    }

    private static ManualChannel guest(ProxyRoom room, String name, String options) {
        ManualChannel client = room.enter();
        client.arrive(
                Wires.startup(
                        "user",
                        "guest",
                        "database",
                        "app",
                        "options",
                        options,
                        "application_name",
                        name));
        return client;
    }

    /// Asks something.
    ///
    /// @return the row that answers it
    private static String asked(ProxyRoom room, List<EchoServer> servers, ManualChannel client) {
        client.said();
        return said(room, servers, client, "select it");
    }

    private static String said(
            ProxyRoom room, List<EchoServer> servers, ManualChannel client, String sql) {
        client.arrive(Wires.message('Q', sql + "\0"));
        settle(room, servers);
        Wires.Reader heard = new Wires.Reader();
        heard.add(client.said());
        return heard.messages().stream()
                .filter(message -> message.type() == 'D')
                .map(Wires.Message::text)
                .findFirst()
                .orElse("no row");
    }

    /// Answers what it has heard, and sends all answers.
    ///
    /// @return whether there was something
    private static boolean talk(EchoServer server) {
        boolean some = false;
        while (server.answerOne() || server.send(100_000)) {
            some = true;
        }
        return some;
    }

    /// All that can be said without a new connection.
    private static void settle(ProxyRoom room, List<EchoServer> servers) {
        boolean busy = true;
        while (busy) {
            room.settle();
            while (servers.size() < room.servers().size()) {
                servers.add(new EchoServer(room.servers().get(servers.size())));
            }
            busy = false;
            for (EchoServer server : servers) {
                busy |= talk(server);
            }
        }
    }

    @Test
    void proxyThatIsOutOfFileDescriptorsServesOnAsSoonAsThereAreSome() {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            List<EchoServer> servers = new ArrayList<>();
            room.exhaust(true);
            ManualChannel client = guest(room, "client");
            settle(room, servers);
            room.exhaust(false);
            room.moveDatabase();
            settle(room, servers);
            room.connect(true);
            settle(room, servers);
            assertThat(asked(room, servers, client)).isNotEqualTo("no row");
        }
    }

    @Test
    void cancelRequestWithoutAFileDescriptorKeepsNoConnection() {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            List<EchoServer> servers = new ArrayList<>();
            ManualChannel first = guest(room, "first");
            settle(room, servers);
            room.connect(true);
            settle(room, servers);
            byte[] request = cancelRequest(first);
            first.arrive(Wires.message('Q', "select\0"));
            room.settle();
            ManualChannel cancelling = room.enter();
            room.exhaust(true);
            cancelling.arrive(request);
            room.settle();
            settle(room, servers);
            first.end(false);
            settle(room, servers);
            room.exhaust(false);
            ManualChannel second = guest(room, "second");
            settle(room, servers);
            assertThat(asked(room, servers, second)).isNotEqualTo("no row");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "false,R",
        "FALSE,R",
        "f,R",
        "n,R",
        "No,R",
        "of,R",
        "Off,R",
        "0,R",
        "o,E",
        "on,E",
        "true,E",
        "1,E",
        "database,E",
        "falsehood,E",
        "'',E"
    })
    void replicationIsReadAsPostgresReadsIt(String said, char answer) {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            ManualChannel client = room.enter();
            client.arrive(Wires.startup("user", "guest", "database", "app", "replication", said));
            room.settle();
            room.connect(true);
            settle(room, new ArrayList<>());
            assertThat((char) client.said()[0]).isEqualTo(answer);
        }
    }

    @Test
    void connectionThatEndsWithItsClientIsLentToNobodyElse() {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            List<EchoServer> servers = new ArrayList<>();
            ManualChannel first = served(room, servers, "first");
            ManualChannel second = guest(room, "second");
            settle(room, servers);
            asked(room, servers, second);
            first.arrive(Wires.message('Q', "select\0"));
            first.hear();
            // The first client's settings are put back.
            talk(servers.getFirst());
            // It leaves, and in the same moment the server has done it.
            first.end(false);
            room.servers().getFirst().hear();
            room.loop().runAll();
            second.said();

            second.arrive(Wires.message('Q', "select it\0"));
            room.settle();
            assertThat(room.isConnecting()).isTrue();
            room.connect(true);
            settle(room, servers);
            Wires.Reader heard = new Wires.Reader();
            heard.add(second.said());
            assertThat(heard.messages())
                    .anyMatch(message -> message.text().equals("select it@second"));
        }
    }

    /// A new client leaves while its settings are tried, and the server has done it.
    private static void leaveWhileLoggingIn(
            ProxyRoom room, List<EchoServer> servers, String options) {
        ManualChannel client = guest(room, "passing", options);
        room.settle();
        room.connect(true);
        room.settle();
        for (ManualChannel server : room.servers().subList(servers.size(), room.servers().size())) {
            servers.add(new EchoServer(server));
            talk(servers.getLast());
            room.settle();
        }
        client.end(false);
        settle(room, servers);
    }

    @Test
    void settingsOfClientThatLeavesInItsLoginAreNobodys() {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            List<EchoServer> servers = new ArrayList<>();
            leaveWhileLoggingIn(room, servers, "-c app.mood=dark");
            ManualChannel next = guest(room, "next");
            settle(room, servers);
            assertThat(asked(room, servers, next)).isEqualTo("select it@next");
        }
    }

    @Test
    void settingsThatClientHasResetInItsLoginArePutBackForTheNext() {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            List<EchoServer> servers = new ArrayList<>();
            ManualChannel dark = guest(room, "dark", "-c app.mood=dark");
            room.settle();
            room.connect(true);
            settle(room, servers);
            assertThat(asked(room, servers, dark)).isEqualTo("select it@dark{app.mood=dark}");
            leaveWhileLoggingIn(room, servers, "");
            assertThat(asked(room, servers, dark)).isEqualTo("select it@dark{app.mood=dark}");
        }
    }

    /// What it began with is its own again, as in PostgreSQL.
    @ParameterizedTest
    @ValueSource(strings = {"DISCARD ALL", "RESET ALL", "RESET app.mood"})
    void clientThatResetsTakesNothingFromAnotherNorLosesWhatItBeganWith(String reset) {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            List<EchoServer> servers = new ArrayList<>();
            ManualChannel dark = guest(room, "dark", "-c app.mood=dark");
            room.settle();
            room.connect(true);
            settle(room, servers);
            ManualChannel plain = guest(room, "plain");
            ManualChannel darkToo = guest(room, "dark", "-c app.mood=dark");
            settle(room, servers);
            asked(room, servers, dark);
            said(room, servers, dark, reset);
            assertThat(asked(room, servers, darkToo)).isEqualTo("select it@dark{app.mood=dark}");
            said(room, servers, darkToo, reset);
            assertThat(asked(room, servers, darkToo)).isEqualTo("select it@dark{app.mood=dark}");
            said(room, servers, darkToo, reset);
            assertThat(asked(room, servers, plain)).isEqualTo("select it@plain");
            said(room, servers, plain, reset);
            assertThat(asked(room, servers, plain)).isEqualTo("select it@plain");
        }
    }

    @Test
    void messageThatBeganWhenNobodyListenedIsHeardByNobody() {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            List<EchoServer> servers = new ArrayList<>();
            ManualChannel client = served(room, servers, "client");
            client.said();
            ManualChannel server = room.servers().getFirst();
            byte[] notice = Wires.message('N', "SWARNING\0Mto nobody\0\0");
            server.arrive(Arrays.copyOf(notice, 9));
            room.settle();

            client.arrive(Wires.message('Q', "select it\0"));
            room.settle();
            server.arrive(Arrays.copyOfRange(notice, 9, notice.length));
            settle(room, servers);

            Wires.Reader heard = new Wires.Reader();
            heard.add(client.said());
            assertThat(heard.messages())
                    .extracting(Wires.Message::type)
                    .containsExactly('D', 'C', 'Z');
        }
    }

    @Test
    void answersThatClientDoesNotTakeAreBoundedAndComeInTheEnd() {
        int requests = 500;
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            List<EchoServer> servers = new ArrayList<>();
            ManualChannel client = served(room, servers, "client");
            client.said();
            client.setDeaf(true);
            for (int i = 0; i < requests; i++) {
                client.arrive(Wires.message('Q', "select " + "x".repeat(1_000) + "\0"));
                settle(room, servers);
            }
            assertThat(room.bufferBytes()).isLessThan(64 * 1024);

            client.setDeaf(false);
            settle(room, servers);
            Wires.Reader heard = new Wires.Reader();
            heard.add(client.said());
            assertThat(heard.messages())
                    .extracting(Wires.Message::type)
                    .hasSize(3 * requests)
                    .endsWith('D', 'C', 'Z');
        }
    }

    /// One who sends ever more and waits for nothing: what has been sent on and is not answered is
    /// bounded, whatever it is, and all of it is answered in the end.
    @ParameterizedTest
    @ValueSource(strings = {"", "copyin", "select"})
    void pipelineWithoutEndIsServedPartByPart(String first) {
        int syncs = 100_000;
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            List<EchoServer> servers = new ArrayList<>();
            ManualChannel client = served(room, servers, "client");
            client.said();
            int expected = syncs;
            if (!first.isEmpty()) {
                client.arrive(Wires.message('Q', first + "\0"));
                expected++;
            }
            byte[] sync = Wires.message('S', "");
            ByteBuffer some = ByteBuffer.allocate(sync.length * 1_000);
            while (some.hasRemaining()) {
                some.put(sync);
            }
            for (int i = 0; i < syncs / 1_000; i++) {
                client.arrive(some.array());
            }
            room.settle();
            byte[] sent = room.servers().getFirst().said();
            assertThat(sent.length)
                    .isBetween(Exchange.LONGEST * 5 - 100, Exchange.LONGEST * 5 + 100);
            assertThat(room.bufferBytes()).isLessThan(1024 * 1024);
            servers.getFirst().hear(sent);
            if (first.equals("copyin")) {
                // All that is sent before the end of the data is ignored.
                settle(room, servers);
                client.arrive(Wires.message('c', ""));
                client.arrive(sync);
                expected = 2;
            }
            settle(room, servers);
            Wires.Reader heard = new Wires.Reader();
            heard.add(client.said());
            assertThat(heard.messages().stream().filter(message -> message.type() == 'Z'))
                    .hasSize(expected);
        }
    }

    @Test
    void cancelForAnOverdueRequestHitsNoneThatHasWaited() {
        Timeouts timeouts = new TestTimeouts().query(Duration.ofMillis(1)).build();
        try (ProxyRoom room =
                new ProxyRoom(ProxyRoom.strict(), timeouts, PoolMode.TRANSACTION, 1)) {
            List<EchoServer> servers = new ArrayList<>();
            ManualChannel client = served(room, servers, "client");
            client.arrive(Wires.message('Q', "select it\0"));
            // It changes what is known of names, so it waits until that is answered.
            client.arrive(Wires.message('P', "name\0select it\0\0\0"));
            client.arrive(Wires.message('S', ""));
            while (!room.isConnecting()) {
                room.loop().pass(Duration.ofSeconds(1));
                room.settle();
            }
            ManualChannel server = room.servers().getFirst();
            talk(servers.getFirst());
            room.settle();
            assertThat(server.said()).isEmpty();
            room.connect(true);
            room.settle();
            assertThat(server.said()).isEmpty();

            room.servers().getLast().end(false);
            settle(room, servers);
            Wires.Reader heard = new Wires.Reader();
            heard.add(client.said());
            assertThat(heard.messages())
                    .extracting(Wires.Message::type)
                    .endsWith('D', 'C', 'Z', '1', 'Z');
        }
    }

    @Test
    void serverThatReportsEverNewSettingsIsLeft() {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            List<EchoServer> servers = new ArrayList<>();
            ManualChannel client = served(room, servers, "client");
            ManualChannel server = room.servers().getFirst();
            for (int i = 0; i < 50; i++) {
                server.arrive(Wires.message('S', "setting" + i + "\0" + i + "\0"));
                server.arrive(Wires.message('S', "setting" + i + "\0on\0"));
            }
            room.settle();
            assertThat(server.isOpen()).isTrue();
            for (int i = 50; i < 100; i++) {
                server.arrive(Wires.message('S', "setting" + i + "\0on\0"));
            }
            room.settle();
            assertThat(server.isOpen()).isFalse();
            assertThat(client.isOpen()).isTrue();
        }
    }

    /// By the key that a client has just been told.
    private static byte[] cancelRequest(ManualChannel client) {
        Wires.Reader heard = new Wires.Reader();
        heard.add(client.said());
        ByteBuffer key =
                ByteBuffer.wrap(
                        heard.messages().stream()
                                .filter(message -> message.type() == 'K')
                                .findFirst()
                                .orElseThrow()
                                .body());
        return Wires.packet(80877102, key.getInt(), key.getInt());
    }

    @Test
    void cancelRequestsOfOneClientAreBoundedAndAllComeToTheirEnd() {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            List<EchoServer> servers = new ArrayList<>();
            ManualChannel client = served(room, servers, "client");
            byte[] request = cancelRequest(client);
            client.arrive(Wires.message('Q', "select it\0"));
            room.settle();
            List<ManualChannel> requests = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                requests.add(room.enter());
                requests.getLast().arrive(request);
                room.settle();
            }
            int sent = 0;
            while (room.isConnecting()) {
                sent++;
                room.connect(true);
                room.settle();
                room.servers().getLast().end(false);
                room.settle();
            }
            assertThat(sent).isEqualTo(2);
            assertThat(requests).noneMatch(ManualChannel::isOpen);
        }
    }

    @Test
    void nothingIsLookedUpForClientsThatHaveLeft() {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            room.holdThreads();
            for (int i = 0; i < 100; i++) {
                ManualChannel stranger = room.enter();
                stranger.arrive(Wires.startup("user", "stranger" + i, "database", "app"));
                room.settle();
                stranger.end(i % 2 == 0);
            }
            ManualChannel ann = room.enter();
            ann.arrive(Wires.startup("user", "ann", "database", "app"));
            room.settle();
            // the one that was being asked for when its client left, and the last
            assertThat(room.releaseThreads()).isEqualTo(2);
            assertThat(ann.said()).startsWith('R');
        }
    }

    @Test
    void clientThatIsNotInYetHearsNothingOfTheServers() {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            List<EchoServer> servers = new ArrayList<>();
            ManualChannel client = guest(room, "client");
            room.settle();
            room.connect(true);
            ManualChannel server = room.servers().getFirst();
            servers.add(new EchoServer(server));
            talk(servers.getFirst());
            server.hear();
            room.loop().runAll();
            server.arrive(Wires.message('A', "\0\0\0\1news\0\0"));
            settle(room, servers);

            Wires.Reader heard = new Wires.Reader();
            heard.add(client.said());
            assertThat(heard.messages().getFirst().type()).isEqualTo('R');
        }
    }

    /// Two clients that share a connection, which has the first one's settings.
    private static ManualChannel second(ProxyRoom room, List<EchoServer> servers) {
        ManualChannel first = served(room, servers, "first");
        ManualChannel second = guest(room, "second");
        settle(room, servers);
        asked(room, servers, first);
        return second;
    }

    @Test
    void whatTheProxyDoesItselfIsDoneAgainWhenItWasInterrupted() {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            List<EchoServer> servers = new ArrayList<>();
            ManualChannel second = second(room, servers);
            servers.getFirst().interrupt(9);
            assertThat(asked(room, servers, second)).isEqualTo("select it@second");
            assertThat(room.isConnecting()).isFalse();
        }
    }

    @Test
    void clientTakesAnotherConnectionWhereItsSettingsCannotBePutBack() {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            List<EchoServer> servers = new ArrayList<>();
            ManualChannel second = second(room, servers);
            servers.getFirst().interrupt(Integer.MAX_VALUE);
            assertThat(asked(room, servers, second)).isEqualTo("no row");
            assertThat(room.isConnecting()).isTrue();
            room.connect(true);
            settle(room, servers);
            Wires.Reader heard = new Wires.Reader();
            heard.add(second.said());
            assertThat(heard.messages())
                    .anyMatch(message -> message.text().equals("select it@second"))
                    .noneMatch(message -> message.type() == 'E');
        }
    }

    @Test
    void clientIsToldWhenConnectionAfterConnectionEndsBeforeItIsServed() {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            List<EchoServer> servers = new ArrayList<>();
            ManualChannel second = second(room, servers);
            second.said();
            second.arrive(Wires.message('Q', "select it\0"));
            for (int i = 0; i < 4; i++) {
                assertThat(second.said()).isEmpty();
                room.settle();
                while (room.isConnecting()) {
                    room.connect(true);
                    room.settle();
                    // It is let in, and no more.
                    EchoServer server = new EchoServer(room.servers().getLast());
                    talk(server);
                    servers.add(server);
                    room.settle();
                }
                room.servers().getLast().end(false);
                room.settle();
            }
            Wires.Reader heard = new Wires.Reader();
            heard.add(second.said());
            assertThat(heard.messages())
                    .singleElement()
                    .satisfies(message -> assertThat(message.text()).contains("C08006"));
        }
    }

    @Test
    void clientIsToldWhenAFaultOfTheProxysOwnEndsItsConnection() {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            ManualChannel client = served(room, new ArrayList<>(), "client");
            client.said();

            client.pipeline().fireExceptionCaught(new IllegalStateException("a fault"));

            assertThat(room.takeFault()).hasMessage("a fault");
            room.settle();
            assertThat(heard(client))
                    .singleElement()
                    .satisfies(message -> assertThat(message.text()).contains("CXX000"));
            assertThat(client.isOpen()).isFalse();
        }
    }

    private static List<Wires.Message> heard(ManualChannel client) {
        Wires.Reader heard = new Wires.Reader();
        heard.add(client.said());
        return heard.messages();
    }

    @Test
    void serverIsReadNoMoreAsSoonAsItsClientTakesNothing() {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            ManualChannel client = served(room, new ArrayList<>(), "client");
            client.arrive(Wires.message('Q', "select\0"));
            room.settle();
            client.said();
            ManualChannel server = room.servers().getFirst();
            client.setDeaf(true);
            for (int i = 0; i < 100; i++) {
                server.arrive(Wires.message('D', "x".repeat(500)));
            }

            room.settle();

            assertThat(room.bufferBytes()).isLessThan(5_000);
            server.arrive(Wires.message('C', "SELECT 100\0"));
            server.arrive(Wires.message('Z', "I"));
            client.setDeaf(false);
            room.settle();
            assertThat(heard(client)).hasSize(102);
        }
    }

    @ParameterizedTest
    @CsvSource({"ERROR,2", "FATAL,1", "PANIC,1"})
    void clientIsToldWhyItsServerIsGoneUnlessTheServerHasSaidSo(String severity, int errors) {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            ManualChannel client = served(room, new ArrayList<>(), "client");
            client.said();
            client.arrive(Wires.message('P', "\0select\0\0\0"));
            client.arrive(Wires.message('E', "\0\0\0\0\0"));
            room.settle();
            ManualChannel server = room.servers().getFirst();
            server.arrive(Wires.message('1', ""));
            server.arrive(
                    Wires.message('E', "SFEHLER\0V" + severity + "\0C42P01\0Mnone there\0\0"));
            room.settle();

            server.end(false);
            room.settle();

            assertThat(heard(client)).filteredOn(message -> message.type() == 'E').hasSize(errors);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void goodbyeIsNeverTakenForTheRestOfARequest(boolean vanishing) {
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            ManualChannel client = served(room, new ArrayList<>(), "client");
            ManualChannel server = room.servers().getFirst();
            server.said();
            byte[] request = Wires.message('Q', "delete from t where id = 17\0");
            byte[] half = Arrays.copyOf(request, request.length - 2);
            client.arrive(half);
            room.settle();

            if (vanishing) {
                client.end(true);
            } else {
                // Nobody has asked for that: the proxy gives the connection up.
                server.arrive(Wires.message('Z', "?"));
            }
            room.settle();

            assertThat(server.said()).isEqualTo(half);
        }
    }

    @Test
    void minimumIsNotTriedForWithKeysThatWereRefused() {
        try (ProxyRoom room =
                new ProxyRoom(
                        ProxyRoom.strict(),
                        Timeouts.DEFAULT,
                        PoolMode.TRANSACTION,
                        1,
                        1,
                        Long.MAX_VALUE)) {
            List<EchoServer> servers = new ArrayList<>();
            ManualChannel client = served(room, servers, "client");
            room.destination("guest").keysRefused(null);
            room.servers().getFirst().end(false);
            settle(room, servers);
            assertThat(room.isConnecting()).isFalse();

            client.arrive(Wires.message('Q', "select it\0"));
            settle(room, servers);
            room.connect(true);
            settle(room, servers);
            room.servers().get(1).end(false);
            settle(room, servers);
            assertThat(room.isConnecting()).isTrue();
        }
    }

    private static ProxyRoom boundedRoom(long unsentBytes, int poolSize) {
        return new ProxyRoom(
                ProxyRoom.strict(),
                Timeouts.DEFAULT,
                PoolMode.TRANSACTION,
                poolSize,
                0,
                unsentBytes);
    }

    private static long unsentBytes(ManualChannel client) {
        return Objects.requireNonNull(client.unsafe().outboundBuffer()).totalPendingWriteBytes();
    }

    @Test
    void answersThatNobodyTakesTakeNoMoreThanTheyMayAndNoneIsLost() {
        String mood = "-c app.mood=" + "m".repeat(500);
        try (ProxyRoom room = boundedRoom(100_000, 2)) {
            List<EchoServer> servers = new ArrayList<>();
            List<ManualChannel> clients = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                clients.add(guest(room, "same", mood));
                settle(room, servers);
                room.connect(true);
                settle(room, servers);
            }
            for (ManualChannel client : clients) {
                client.said();
                client.setDeaf(true);
                client.arrive(Wires.message('Q', "select it\0"));
                settle(room, servers);
                room.connect(true);
                settle(room, servers);
            }
            assertThat(clients.stream().mapToLong(ServerSessionTest::unsentBytes).sum())
                    .isBetween(5_000L, 20_000L);

            clients.forEach(client -> client.setDeaf(false));
            settle(room, servers);
            assertThat(clients)
                    .allSatisfy(client ->
                            assertThat(heard(client))
                                    .anyMatch(message -> message.text().contains("mmm")));
        }
    }

    @Test
    void whoTakesNothingKeepsNoConnectionForeverThatOthersWaitFor() {
        try (ProxyRoom room = boundedRoom(0, 1)) {
            List<EchoServer> servers = new ArrayList<>();
            ManualChannel deaf = served(room, servers, "deaf");
            ManualChannel other = guest(room, "other");
            settle(room, servers);
            asked(room, servers, other);
            deaf.setDeaf(true);
            deaf.arrive(Wires.message('Q', "select it\0"));
            settle(room, servers);
            assertThat(asked(room, servers, other)).isEqualTo("no row");
            long now = System.nanoTime();
            room.destination("guest").tick(now + Duration.ofSeconds(5).toNanos());
            settle(room, servers);
            assertThat(heard(other)).extracting(Wires.Message::type).doesNotContain('D');
            room.destination("guest").tick(now + Duration.ofSeconds(11).toNanos());
            settle(room, servers);
            assertThat(heard(other)).extracting(Wires.Message::type).contains('D');
            deaf.setDeaf(false);
            assertThat(heard(deaf).getLast().text()).contains("C53200");
        }
    }
}
