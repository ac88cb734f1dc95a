package io.howdah.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.settings.PoolMode;
import io.howdah.testing.fuzz.FuzzInput;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Any bytes of a stranger, with the right ones among them: he is let in by the right proof only,
/// is told once why not and then sent away, keeps no memory of worth, and leaves nothing behind.
public final class ClientLoginFuzz {

    /// Of what one stranger may have sent and not yet been answered.
    private static final int MEMORY_MAXIMUM_BYTES = 64 * 1024;

    private ClientLoginFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        try (ProxyRoom room = new ProxyRoom(ProxyRoom.strict(), PoolMode.TRANSACTION, 1)) {
            Stranger stranger = new Stranger(room);
            while (!input.isEmpty()) {
                stranger.act(input);
                assertThat(room.bufferBytes()).isLessThan(MEMORY_MAXIMUM_BYTES);
            }
            stranger.leave();
        }
    }

    /// A client that knows some right steps, and takes others.
    private static final class Stranger {
        private final ProxyRoom room;
        private final ManualChannel client;
        private final Wires.Reader heard = new Wires.Reader();
        private final Prover prover = new Prover();
        private final List<EchoServer> servers = new ArrayList<>();
        private boolean proven;
        private boolean guest;
        private boolean cancelled;
        private boolean deaf;
        private boolean goodbye;
        private int packets;
        private int fatal;
        private boolean in;

        Stranger(ProxyRoom room) {
            this.room = room;
            this.client = room.enter();
        }

        void act(FuzzInput input) {
            switch (input.next(12)) {
                case 0 -> say(input.bytes(1 + input.next(64)));
                case 1 -> {
                    String user = List.of("ann", "guest", "outlaw", "bob").get(input.next(4));
                    say(Wires.startup("user", user, "database", "app", "DateStyle", "ISO"));
                }
                case 2 -> say(prover.first());
                case 3 -> {
                    proven = true;
                    say(prover.last(true));
                }
                case 4 -> say(prover.last(false));
                case 5 -> say(Wires.packet(80877103 + input.next(2)));
                case 6 -> {
                    cancelled = true;
                    say(Wires.packet(80877102, input.next(), input.next()));
                }
                case 7 -> say(Wires.message("QXpS".charAt(input.next(4)), input.bytes(8)));
                case 8 -> room.loop().pass(Duration.ofSeconds(input.next()));
                case 9 -> room.connect(input.nextBoolean());
                case 10 -> {
                    deaf = true;
                    client.setDeaf(input.nextBoolean());
                }
                default -> {
                    settle();
                }
            }
            hear();
        }

        private void say(byte[] bytes) {
            // Words in the clear would be noise to whoever begins with TLS.
            goodbye |= packets == 0 && bytes.length > 0 && bytes[0] == 0x16;
            packets++;
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            guest |= text.contains("guest");
            goodbye |= text.contains("X");
            client.arrive(bytes);
            client.hear();
        }

        private void settle() {
            room.settle();
            while (servers.size() < room.servers().size()) {
                servers.add(new EchoServer(room.servers().get(servers.size())));
            }
            for (EchoServer echo : servers) {
                while (echo.answerOne() || echo.send(1_000)) {
                    room.settle();
                }
            }
        }

        /// All that it is told are whole messages; nothing comes behind the one that is fatal.
        private void hear() {
            heard.add(client.said());
            if (!in) {
                heard.skip("N");
            }
            for (Wires.Message message : heard.messages()) {
                assertThat(fatal).as("a message behind the last: %s", message).isZero();
                switch (message.type()) {
                    case 'R' -> {
                        int kind = message.body()[3];
                        if (kind == 11) {
                            prover.challenged(message.text().substring(4));
                        }
                        in |= kind == 0;
                        assertThat(in && !proven && !guest).as("let in without a proof").isFalse();
                    }
                    case 'E' -> {
                        boolean last = message.text().startsWith("SFATAL\0VFATAL\0C");
                        assertThat(last || in).isTrue();
                        fatal += last ? 1 : 0;
                    }
                    // Once in, it may hear whatever it asks for.
                    default -> assertThat(in || message.type() == 'v').isTrue();
                }
            }
        }

        void leave() {
            client.setDeaf(false);
            settle();
            hear();
            if (fatal > 0) {
                assertThat(client.isOpen()).as("sent away").isFalse();
            } else if (!client.isOpen() && !in && !cancelled && !deaf && !goodbye && packets > 0) {
                throw new AssertionError("sent away without a word");
            }
        }
    }
}
