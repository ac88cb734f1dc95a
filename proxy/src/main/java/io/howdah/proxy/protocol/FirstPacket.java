package io.howdah.proxy.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a client may begin a connection with: packets without a type byte.
public sealed interface FirstPacket {

    /// PostgreSQL's own bound (`MAX_STARTUP_PACKET_LENGTH`).
    int LONGEST_BYTES = 10_000;

    /// Bytes of a name (`NAMEDATALEN`, less the zero at its end).
    int LONGEST_NAME = 63;

    /// Of protocol 3: with longer cancel keys.
    int NEWEST_MINOR_VERSION = 2;

    /// A session is asked for.
    ///
    /// @param minorVersion of protocol 3
    /// @param parameters by name in the order given; each character stands for one byte
    record Session(int minorVersion, Map<String, String> parameters) implements FirstPacket {

        /// Who the client says it is; empty when it does not say.
        public String user() {
            return name(parameters.getOrDefault("user", ""));
        }

        /// The database that it asks for; the user's name where it names none.
        public String database() {
            String database = parameters.getOrDefault("database", "");
            return database.isEmpty() ? user() : name(database);
        }

        /// PostgreSQL cuts names off, so a longer one is the same: rules must see it as it does.
        private static String name(String text) {
            return text.substring(0, Math.min(LONGEST_NAME, text.length()));
        }

        /// What is to be replicated; empty when PostgreSQL would not understand what was said.
        public Optional<Replication> replication() {
            return Replication.of(parameters.getOrDefault("replication", "false"));
        }

        /// The minor version that is spoken.
        public int spokenVersion() {
            return Math.min(minorVersion, NEWEST_MINOR_VERSION);
        }

        /// Whether the client has to be told that it does not get all that it asked for.
        public boolean needsNegotiation() {
            return minorVersion > NEWEST_MINOR_VERSION || !protocolOptions().isEmpty();
        }

        /// Whether cancel keys may be longer than eight bytes.
        public boolean takesLongKeys() {
            return spokenVersion() >= 2;
        }

        /// Options of the protocol itself that the client would like and that we do not know.
        public List<String> protocolOptions() {
            return parameters.keySet().stream().filter(name -> name.startsWith("_pq_.")).toList();
        }
    }

    /// A running query shall be cancelled.
    ///
    /// @param key as the client was told at its login
    record Cancel(CancelKey key) implements FirstPacket {}

    /// TLS is asked for.
    record TlsRequest() implements FirstPacket {}

    /// GSSAPI encryption is asked for.
    record GssRequest() implements FirstPacket {}

    /// It is none of those.
    ///
    /// @param problem a fact in lower case
    record Malformed(String problem) implements FirstPacket {}

    /// Reads one packet.
    ///
    /// @param bytes positioned behind the length, readable up to the packet's end
    static FirstPacket read(ByteBuf bytes) {
        int code = bytes.readInt();
        int rest = bytes.readableBytes();
        if (code == 80877102) {
            return CancelKey.isPossible(rest)
                    ? new Cancel(CancelKey.read(bytes))
                    : new Malformed("a cancel request of " + (rest + 8) + " bytes");
        }
        if (code == 80877103 || code == 80877104) {
            if (rest != 0) {
                return new Malformed("an encryption request of " + (rest + 8) + " bytes");
            }
            return code == 80877103 ? new TlsRequest() : new GssRequest();
        }
        if (code >>> 16 != 3) {
            return new Malformed(
                    "unsupported frontend protocol %d.%d: this proxy supports 3.0 and 3.2"
                            .formatted(code >>> 16, code & 0xffff));
        }
        return session(code & 0xffff, bytes);
    }

    private static FirstPacket session(int minorVersion, ByteBuf bytes) {
        List<String> texts = new ArrayList<>();
        while (bytes.isReadable()) {
            int length = bytes.bytesBefore((byte) 0);
            if (length < 0) {
                return new Malformed(
                        "invalid startup packet layout: expected terminator as last byte");
            }
            texts.add(bytes.readCharSequence(length, StandardCharsets.ISO_8859_1).toString());
            bytes.skipBytes(1);
        }
        // Pairs, and one empty name that ends them.
        if (texts.size() % 2 == 0 || !texts.getLast().isEmpty()) {
            return new Malformed("invalid startup packet layout: expected terminator as last byte");
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i < texts.size() - 1; i += 2) {
            if (texts.get(i).isEmpty()) {
                return new Malformed(
                        "invalid startup packet layout: expected terminator as last byte");
            }
            parameters.put(texts.get(i), texts.get(i + 1));
        }
        return new Session(minorVersion, parameters);
    }
}
