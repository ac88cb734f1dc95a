package io.howdah.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.fuzz.EscapedBytes;
import io.howdah.testing.fuzz.FuzzInput;

/// Any requests, heard in any order with the answers of a server that follows PostgreSQL's rules:
/// the exchange calls the connection free exactly when the server is. And whatever a server says
/// that does not, it throws nothing, never takes a doubt back, and tells of each noted request
/// once.
public final class ExchangeFuzz {

    private static final byte[] CLIENT = EscapedBytes.of("QPBDECSSHFdcfpX");
    private static final byte[] SERVER = EscapedBytes.of("DdHCIs123tTncGVENASZZKRW");

    private ExchangeFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        if (input.nextBoolean()) {
            new ExchangeTest.Conversation("fuzz", input.asRandom()).hold(bytes.length);
        } else {
            new Disorder(input).hear();
        }
    }

    /// A server that does not keep to the rules.
    private static final class Disorder implements Outcomes {
        private final FuzzInput input;
        private final Exchange exchange = new Exchange(this);
        private int noted;
        private int told;

        Disorder(FuzzInput input) {
            this.input = input;
        }

        @Override
        public void answered() {
            told++;
        }

        @Override
        public void failed(int count, boolean heard) {
            told += count;
        }

        void hear() {
            boolean doubtful = false;
            while (!input.isEmpty()) {
                switch (input.next(4)) {
                    case 0 -> exchange.clientSends(CLIENT[input.next(CLIENT.length)]);
                    case 1 -> reply(SERVER[input.next(SERVER.length)]);
                    case 2 -> note();
                    default -> {
                        if (exchange.isFree()) {
                            exchange.sendOwn();
                        }
                    }
                }
                doubtful |= exchange.isDoubtful();
                assertThat(exchange.isDoubtful()).isEqualTo(doubtful);
                assertThat(exchange.isFree() && (doubtful || exchange.isOwing())).isFalse();
                assertThat(told).isLessThanOrEqualTo(noted);
                assertThat(exchange.isOwing() || told == noted).as("all are told of").isTrue();
            }
        }

        private void reply(byte type) {
            boolean own = exchange.isAnsweringOwn();
            Passage passage =
                    type == 'Z'
                            ? exchange.serverReady((byte) "ITEx".charAt(input.next(4)))
                            : exchange.serverSends(type);
            // Of what answers a query of the proxy's own a client hears notifications only.
            assertThat(own && passage == Passage.PASS).isEqualTo(own && type == 'A');
        }

        private void note() {
            if (!exchange.isHeeding()) {
                return;
            }
            noted++;
            switch (input.next(3)) {
                case 0 -> exchange.sendAhead((byte) "PCD".charAt(input.next(3)));
                case 1 -> exchange.parseAsClose();
                default -> exchange.clientSendsNoted((byte) "QPBDC".charAt(input.next(5)));
            }
        }
    }
}
