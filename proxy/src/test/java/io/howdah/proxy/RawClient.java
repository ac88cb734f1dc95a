package io.howdah.proxy;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.exception.ScramException;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/// A client that says what a test wants it to say, and remembers each byte that it hears.
final class RawClient implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 60_000;

    /// A message of the server.
    ///
    /// @param text its body: a character stands for one byte
    record Message(char type, String text) {

        byte[] body() {
            return bytes(text);
        }

        /// A field of an ErrorResponse.
        String field(char code) {
            for (String field : text.split("\0")) {
                if (!field.isEmpty() && field.charAt(0) == code) {
                    return field.substring(1);
                }
            }
            return "";
        }

        @Override
        public String toString() {
            return type + " " + text.replaceAll("[^ -~]", ".");
        }
    }

    private static final int TLS_REQUEST = 80877103;
    private static final int CANCEL_REQUEST = 80877102;

    private final Socket socket;
    private final DataInputStream input;
    private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();
    private final Map<String, String> reported = new HashMap<>();
    private byte[] key = new byte[0];

    RawClient(int port) {
        this(connected(port));
    }

    /// A client that comes over a network.
    ///
    /// @param unreadBytes what may wait there until it is read; 0: what the system takes
    RawClient(InetSocketAddress proxy, int unreadBytes) {
        this(connected(proxy, unreadBytes));
    }

    private RawClient(Socket socket) {
        this.socket = socket;
        try {
            input = new DataInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Socket connected(int port) {
        return connected(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    }

    private static Socket connected(InetSocketAddress proxy, int unreadBytes) {
        try {
            Socket socket = new Socket();
            if (unreadBytes > 0) {
                socket.setReceiveBufferSize(unreadBytes);
            }
            socket.connect(proxy);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A client that speaks through TLS.
    static RawClient encrypted(int port, SSLContext context) {
        Socket socket = connected(port);
        try {
            socket.getOutputStream()
                    .write(ByteBuffer.allocate(8).putInt(8).putInt(TLS_REQUEST).array());
            if (socket.getInputStream().read() != 'S') {
                throw new IOException("it does not encrypt");
            }
            return new RawClient(
                    context.getSocketFactory().createSocket(socket, "localhost", port, true));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A client that is let in as `app` to `app`.
    static RawClient in(int port) {
        return new RawClient(port).in();
    }

    /// Is let in as `app` to `app`.
    RawClient in() {
        startup("user", "app", "database", "app").flush().untilIn();
        return this;
    }

    /// The same, by SCRAM with that password.
    RawClient in(String password) {
        ScramClient proof =
                ScramClient.builder()
                        .advertisedMechanisms(List.of("SCRAM-SHA-256"))
                        .username("*")
                        .password(password.toCharArray())
                        .build();
        startup("user", "app", "database", "app").flush().next();
        try {
            sasl(proof.clientFirstMessage().toString()).flush();
            proof.serverFirstMessage(next().text().substring(4));
            message('p', proof.clientFinalMessage().toString()).flush();
            proof.serverFinalMessage(next().text().substring(4));
        } catch (ScramException e) {
            throw new IllegalStateException(e);
        }
        untilIn();
        return this;
    }

    RawClient startup(String... parameters) {
        return startupOf(0, parameters);
    }

    /// @param minorVersion of protocol 3
    RawClient startupOf(int minorVersion, String... parameters) {
        var body = new ByteArrayOutputStream();
        try (var data = new DataOutputStream(body)) {
            data.writeInt((3 << 16) | minorVersion);
            for (String text : parameters) {
                data.write(bytes(text + "\0"));
            }
            data.write(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return raw(ByteBuffer.allocate(4).putInt(body.size() + 4).array()).raw(body.toByteArray());
    }

    /// Reads until the server is ready, and remembers the key.
    List<Message> untilIn() {
        List<Message> messages = untilReady();
        for (Message message : messages) {
            if (message.type() == 'K') {
                key = message.body();
            }
        }
        return messages;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    RawClient raw(byte... bytes) {
        unsent.writeBytes(bytes);
        return this;
    }

    RawClient message(char type, String body) {
        byte[] bytes = bytes(body);
        return raw((byte) type)
                .raw(ByteBuffer.allocate(4).putInt(bytes.length + 4).array())
                .raw(bytes);
    }

    /// The first answer to a server that asks for SCRAM.
    RawClient sasl(String clientFirst) {
        byte[] length = ByteBuffer.allocate(4).putInt(clientFirst.length()).array();
        return message(
                'p',
                "SCRAM-SHA-256\0" + new String(length, StandardCharsets.ISO_8859_1) + clientFirst);
    }

    RawClient query(String sql) {
        return message('Q', sql + "\0");
    }

    RawClient parse(String name, String sql) {
        return message('P', name + "\0" + sql + "\0\0\0");
    }

    RawClient bindExecute(String statement) {
        return message('B', "\0" + statement + "\0\0\0\0\0\0\0").message('E', "\0\0\0\0\0");
    }

    /// A cancel request, instead of a first packet.
    RawClient cancel(byte... key) {
        return raw(ByteBuffer.allocate(8).putInt(8 + key.length).putInt(CANCEL_REQUEST).array())
                .raw(key);
    }

    RawClient describe(String statement) {
        return message('D', "S" + statement + "\0");
    }

    RawClient closeStatement(String statement) {
        return message('C', "S" + statement + "\0");
    }

    RawClient sync() {
        return message('S', "");
    }

    RawClient flush() {
        try {
            socket.getOutputStream().write(unsent.toByteArray());
            unsent.reset();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Message next() {
        try {
            char type = (char) input.readUnsignedByte();
            byte[] body = new byte[input.readInt() - 4];
            input.readFully(body);
            var message = new Message(type, new String(body, StandardCharsets.ISO_8859_1));
            if (type == 'S') {
                String[] parts = message.text().split("\0");
                reported.put(parts[0], parts.length > 1 ? parts[1] : "");
            }
            return message;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Message> untilReady() {
        List<Message> messages = new ArrayList<>();
        do {
            messages.add(next());
        } while (messages.getLast().type() != 'Z');
        return messages;
    }

    /// The types of the messages until ReadyForQuery has come so many times.
    String types(int readies) {
        var types = new StringBuilder();
        for (int i = 0; i < readies; i++) {
            untilReady().forEach(message -> types.append(message.type()));
        }
        return types.toString();
    }

    /// Reads what comes before the end of the connection; the last message is what it was told.
    List<Message> untilEnd() {
        List<Message> messages = new ArrayList<>();
        while (true) {
            try {
                messages.add(next());
            } catch (UncheckedIOException e) {
                if (e.getCause() instanceof EOFException) {
                    return messages;
                }
                throw e;
            }
        }
    }

    int oneByte() {
        try {
            return input.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// All bytes until the end of the connection, however it comes.
    byte[] rest() {
        var bytes = new ByteArrayOutputStream();
        try {
            for (int next = input.read(); next >= 0; next = input.read()) {
                bytes.write(next);
            }
        } catch (IOException e) {
            // It was cut off.
        }
        return bytes.toByteArray();
    }

    /// Where it comes from, as the proxy sees it.
    String address() {
        return socket.getLocalAddress().getHostAddress() + ":" + socket.getLocalPort();
    }

    byte[] key() {
        return key;
    }

    String reported(String name) {
        return reported.getOrDefault(name, "");
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
