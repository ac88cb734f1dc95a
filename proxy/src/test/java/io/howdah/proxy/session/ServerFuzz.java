package io.howdah.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.settings.PoolMode;
import io.howdah.testing.fuzz.FuzzInput;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Whatever a server says, at its login and after it, with the right words among the wrong ones: a
/// client hears whole messages and at most one last one, little memory is held, a server that does
/// not know the role's verifier is never believed, and nothing is left behind.
public final class ServerFuzz {

    private static final int MEMORY_MAXIMUM_BYTES = 512 * 1024;

    private ServerFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        boolean proven = input.nextBoolean();
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 2)) {
            Play play = new Play(room, proven);
            while (!input.isEmpty()) {
                play.act(input);
                assertThat(room.bufferBytes()).isLessThan(MEMORY_MAXIMUM_BYTES);
            }
            room.settle();
            play.hear();
        }
    }

    private static final class Play {
        private final ProxyRoom room;
        private final ManualChannel client;
        private final Wires.Reader heard = new Wires.Reader();
        private final List<ServerSide> servers = new ArrayList<>();
        private final boolean proven;
        private int fatal;

        Play(ProxyRoom room, boolean proven) {
            this.room = room;
            this.proven = proven;
            this.client = room.enter();
            String user = proven ? "ann" : "guest";
            client.arrive(Wires.startup("user", user, "database", "app"));
            room.settle();
            if (proven) {
                Prover prover = new Prover();
                client.arrive(prover.first());
                room.settle();
                heard.add(client.said());
                for (Wires.Message message : heard.messages()) {
                    if (message.body()[3] == 11) {
                        prover.challenged(message.text().substring(4));
                    }
                }
                client.arrive(prover.last(true));
                room.settle();
            }
            room.connect(true);
        }

        void act(FuzzInput input) {
            switch (input.next(16)) {
                case 0 -> room.settle();
                case 1 -> room.loop().runOne();
                case 2 -> room.loop().pass(Duration.ofMillis(250L * input.next()));
                case 3 -> room.connect(input.next(4) > 0);
                case 4 -> client.arrive(request(input));
                case 5 -> client.setDeaf(input.nextBoolean());
                case 6 -> client.hear();
                case 7 -> {
                    if (input.next(8) == 7) {
                        client.end(input.nextBoolean());
                    }
                }
                default -> speak(input);
            }
            hear();
        }

        private static byte[] request(FuzzInput input) {
            return switch (input.next(4)) {
                case 0 -> Wires.message('Q', "select\0");
                case 1 ->
                        Wires.joined(
                                Wires.message('P', "\0select\0\0\0"),
                                Wires.message('B', "\0\0\0\0\0\0\0\0"),
                                Wires.message('E', "\0\0\0\0\0"),
                                Wires.message('S', ""));
                case 2 -> Wires.message('d', "data");
                default -> Wires.message('c', "");
            };
        }

        private void speak(FuzzInput input) {
            while (servers.size() < room.servers().size()) {
                servers.add(new ServerSide(room.servers().get(servers.size())));
            }
            if (!servers.isEmpty()) {
                servers.get(input.next(servers.size())).speak(input);
            }
        }

        /// Whole messages, and nothing behind the last one.
        void hear() {
            heard.add(client.said());
            for (Wires.Message message : heard.messages()) {
                assertThat(fatal).as("%s behind the last message", message.type()).isZero();
                if (message.type() == 'E' && message.text().startsWith("SFATAL\0VFATAL\0C")) {
                    fatal++;
                }
                if (message.type() == 'K' && proven) {
                    assertThat(servers)
                            .as("let in by a server that has not proven itself")
                            .anyMatch(ServerSide::isGenuine);
                }
            }
        }
    }

    /// The other end of a connection to a server.
    private static final class ServerSide {
        private static final String LET_IN = "R\0\0\0\b\0\0\0\0";

        private final ManualChannel channel;
        private final Wires.Reader heard = new Wires.Reader();
        private String clientFirst = "";
        private String serverFirst = "";
        private String clientFinal = "";
        private final StringBuilder said = new StringBuilder();
        private boolean proven;
        private boolean begun;

        ServerSide(ManualChannel channel) {
            this.channel = channel;
        }

        /// Whether it has shown that it knows the verifier. Who asks for no password need not.
        boolean isGenuine() {
            int asked = said.indexOf("SCRAM-SHA-256");
            int letIn = said.indexOf(LET_IN);
            return proven || asked < 0 || (letIn >= 0 && letIn < asked);
        }

        private void listen() {
            heard.add(channel.said());
            if (!begun) {
                begun = heard.packet().length > 0;
            }
            for (Wires.Message message : begun ? heard.messages() : List.<Wires.Message>of()) {
                String text = message.text();
                if (message.type() == 'p' && text.contains("n,,")) {
                    clientFirst = text.substring(text.indexOf("n,,") + 3);
                } else if (message.type() == 'p') {
                    clientFinal = text;
                }
            }
        }

        void speak(FuzzInput input) {
            listen();
            byte[] words =
                    switch (input.next(16)) {
                        case 0 -> input.bytes(1 + input.next(32));
                        case 1 -> Wires.message('R', "\0\0\0\0");
                        case 2 -> Wires.message('R', "\0\0\0\nSCRAM-SHA-256\0\0");
                        case 3 -> {
                            serverFirst = nonce() + "x,s=c2FsdA==,i=" + (1 + input.next());
                            yield Wires.message('R', "\0\0\0\u000b" + serverFirst);
                        }
                        case 4 -> {
                            proven |= !clientFinal.isEmpty();
                            yield Wires.message('R', "\0\0\0\u000c" + signature());
                        }
                        case 5 -> Wires.message('R', "\0\0\0\u000cv=" + "A".repeat(43) + "=");
                        case 6 ->
                                Wires.message(
                                        'S', "client_encoding\0" + "x".repeat(input.next()) + "\0");
                        case 7 -> Wires.message('K', "\0\0\0\1\0\0\0\2");
                        case 8 ->
                                Wires.message('Z', "ITEX".substring(input.next(4)).substring(0, 1));
                        case 9 -> Wires.message('E', "SERROR\0C" + code(input) + "\0Mno\0\0");
                        case 10 -> Wires.message("TDCHcdG123ntsIVNA".charAt(input.next(17)), "x\0");
                        case 11 ->
                                Wires.joined(
                                        Wires.message('R', "\0\0\0\0"), Wires.message('Z', "I"));
                        case 12 -> new byte[] {'D', (byte) input.next(), 0, 0, (byte) input.next()};
                        case 13 -> new byte[1 + input.next()];
                        case 14 ->
                                Wires.joined(
                                        Wires.message('C', "SELECT\0"), Wires.message('Z', "I"));
                        default -> {
                            channel.end(input.nextBoolean());
                            yield new byte[0];
                        }
                    };
            said.append(new String(words, StandardCharsets.ISO_8859_1));
            channel.arrive(words);
            if (input.nextBoolean()) {
                channel.hear();
            }
        }

        private static String code(FuzzInput input) {
            return List.of("28P01", "3D000", "57P03", "25006", "").get(input.next(5));
        }

        private String nonce() {
            int at = clientFirst.indexOf("r=");
            return at < 0 ? "r=" : clientFirst.substring(at);
        }

        private String signature() {
            int end = clientFinal.indexOf(",p=");
            return "v="
                    + Prover.serverSignature(
                            clientFirst
                                    + ","
                                    + serverFirst
                                    + ","
                                    + (end < 0 ? "" : clientFinal.substring(0, end)));
        }
    }
}
