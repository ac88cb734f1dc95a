package io.howdah.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.settings.PoolMode;
import io.howdah.testing.fuzz.FuzzInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Some clients that talk as they should and share fewer servers, which answer each by its own
/// words: whatever comes when, in whatever pieces, whoever leaves in the middle and whatever
/// breaks, each client hears the answers to its own questions, in their order and under its own
/// settings; and who is still there in the end has all of them.
public final class ConversationFuzz {

    private static final int CLIENTS = 3;
    private static final int SERVERS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(12);

    private ConversationFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        PoolMode mode = mode(input.next());
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), mode, SERVERS)) {
            Table table = new Table(room, mode != PoolMode.STATEMENT);
            while (!input.isEmpty()) {
                table.act(input);
            }
            table.finish();
        }
    }

    private static PoolMode mode(int choice) {
        return choice % 4 == 0
                ? PoolMode.SESSION
                : choice < 128 ? PoolMode.TRANSACTION : PoolMode.STATEMENT;
    }

    /// Clients and servers at one proxy.
    private static final class Table {
        private final ProxyRoom room;
        private final List<Talker> talkers = new ArrayList<>();
        private final List<EchoServer> servers = new ArrayList<>();
        private Duration passed = Duration.ZERO;

        Table(ProxyRoom room, boolean transactions) {
            this.room = room;
            for (int i = 0; i < CLIENTS; i++) {
                talkers.add(new Talker(room, i, transactions));
            }
        }

        void act(FuzzInput input) {
            switch (input.next(12)) {
                case 0, 1 -> talker(input).ask(input);
                case 2, 3 -> talker(input).send(1 + input.next());
                case 4 -> talker(input).channel().hear();
                case 5, 6 -> {
                    EchoServer server = server(input);
                    if (server != null) {
                        server.answerOne();
                        if (input.nextBoolean()) {
                            server.send(1 + input.next());
                        }
                    }
                }
                case 7 -> {
                    for (ManualChannel channel : room.servers()) {
                        channel.hear();
                    }
                }
                case 8 -> room.loop().runOne();
                case 9 -> room.connect(true);
                case 10 -> settle();
                default -> disturb(input);
            }
            talkers.forEach(Talker::listen);
        }

        private void disturb(FuzzInput input) {
            Talker talker = talker(input);
            switch (input.next(8)) {
                case 0 -> talker.leave(input.next(3));
                case 1, 2 -> {
                    talker.forgive();
                    talker.channel().setDeaf(input.nextBoolean());
                }
                case 3 -> pass(Duration.ofMillis(20L * input.next()));
                case 4 -> talker.cancel(room);
                case 5 -> {
                    if (!room.servers().isEmpty()) {
                        room.servers()
                                .get(input.next(room.servers().size()))
                                .end(input.nextBoolean());
                        talkers.forEach(Talker::forgive);
                    }
                }
                default -> room.loop().runAll();
            }
        }

        /// Not so much that a server's login takes too long: then new ones have to wait.
        private void pass(Duration time) {
            if (passed.plus(time).compareTo(PATIENCE) < 0) {
                passed = passed.plus(time);
                room.loop().pass(time);
            }
        }

        private Talker talker(FuzzInput input) {
            return talkers.get(input.next(CLIENTS));
        }

        private @Nullable EchoServer server(FuzzInput input) {
            meet();
            return servers.isEmpty() ? null : servers.get(input.next(servers.size()));
        }

        private void meet() {
            while (servers.size() < room.servers().size()) {
                servers.add(new EchoServer(room.servers().get(servers.size())));
            }
        }

        /// Everybody says what he has to say, until all is quiet.
        private void settle() {
            boolean busy = true;
            for (int round = 0; busy; round++) {
                assertThat(round).as("rounds").isLessThan(10_000);
                room.settle();
                busy = false;
                while (room.isConnecting()) {
                    room.connect(true);
                    busy = true;
                }
                meet();
                for (EchoServer server : servers) {
                    busy |= server.answerOne();
                    busy |= server.send(100_000);
                }
            }
            talkers.forEach(Talker::listen);
        }

        void finish() {
            for (Talker talker : talkers) {
                talker.channel().setDeaf(false);
                talker.end();
                talker.send(Integer.MAX_VALUE);
            }
            // Those who are done make room for others, who may wait for their servers.
            for (int round = 0; round < CLIENTS; round++) {
                settle();
                talkers.stream().filter(Talker::isDone).forEach(talker -> talker.leave(0));
            }
            settle();
            talkers.forEach(Talker::check);
        }
    }
}
