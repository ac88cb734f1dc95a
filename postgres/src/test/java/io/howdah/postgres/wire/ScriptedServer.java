package io.howdah.postgres.wire;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// A server that says to one client what a test wants it to say, however wrong.
final class ScriptedServer implements AutoCloseable {

    /// What the server does with its client.
    @FunctionalInterface
    interface Script {
        void play(ScriptedServer server) throws IOException;
    }

    private final ServerSocket listener;
    private final DataOutputStream unset = new DataOutputStream(new ByteArrayOutputStream());
    private volatile @Nullable Socket socket;
    private volatile DataOutputStream output = unset;
    private volatile DataInputStream input = new DataInputStream(DataInputStream.nullInputStream());

    ScriptedServer(Script script) {
        try {
            listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(() -> serve(script));
    }

    ConnectionSettings settings() {
        return ConnectionSettings.of(
                new ServerAddress.Tcp("127.0.0.1", listener.getLocalPort()), "someone");
    }

    private void serve(Script script) {
        try (Socket client = listener.accept()) {
            socket = client;
            input = new DataInputStream(client.getInputStream());
            output = new DataOutputStream(client.getOutputStream());
            script.play(this);
            // What is still to be read must not turn the end into a reset.
            client.shutdownOutput();
            input.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // The client has left: its assertions tell the rest.
        }
    }

    /// Goes on encrypted, as the server's end.
    void encrypt(SSLContext context) throws IOException {
        Socket plain = socket;
        if (plain != null
                && context.getSocketFactory().createSocket(plain, null, plain.getPort(), false)
                        instanceof SSLSocket encrypted) {
            encrypted.setUseClientMode(false);
            encrypted.startHandshake();
            input = new DataInputStream(encrypted.getInputStream());
            output = new DataOutputStream(encrypted.getOutputStream());
        }
    }

    /// Reads the start-up message and lets the client in.
    void admit() throws IOException {
        readStartUp();
        send('R', body -> body.writeInt(0));
        ready();
    }

    void readStartUp() throws IOException {
        input.readNBytes(input.readInt() - 4);
    }

    /// Reads one message of the client, and returns its body as text.
    String read() throws IOException {
        input.readByte();
        return new String(input.readNBytes(input.readInt() - 4), StandardCharsets.UTF_8);
    }

    /// Waits until the client leaves.
    void readToEnd() throws IOException {
        input.transferTo(OutputStream.nullOutputStream());
    }

    void raw(byte[] bytes) throws IOException {
        output.write(bytes);
        output.flush();
    }

    void ready() throws IOException {
        parameter("server_version", "17.6");
        send('Z', body -> body.writeByte('I'));
    }

    void parameter(String name, String value) throws IOException {
        send(
                'S',
                body -> body.write((name + "\0" + value + "\0").getBytes(StandardCharsets.UTF_8)));
    }

    void notice(String text) throws IOException {
        send(
                'N',
                body ->
                        body.write(
                                ("SNOTICE\0M" + text + "\0\0").getBytes(StandardCharsets.UTF_8)));
    }

    void error(String severity, String code, String text) throws IOException {
        send(
                'E',
                body ->
                        body.write(
                                ("S" + severity + "\0V" + severity + "\0C" + code + "\0M" + text
                                                + "\0\0")
                                        .getBytes(StandardCharsets.UTF_8)));
    }

    void columns(String... names) throws IOException {
        send(
                'T',
                body -> {
                    body.writeShort(names.length);
                    for (String name : names) {
                        body.write((name + "\0").getBytes(StandardCharsets.UTF_8));
                        body.write(new byte[18]);
                    }
                });
    }

    /// A row; an empty text stands for a null.
    void row(String... values) throws IOException {
        send(
                'D',
                body -> {
                    body.writeShort(values.length);
                    for (String value : values) {
                        if (value.isEmpty()) {
                            body.writeInt(-1);
                        } else {
                            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
                            body.writeInt(bytes.length);
                            body.write(bytes);
                        }
                    }
                });
    }

    void complete(String tag) throws IOException {
        send('C', body -> body.write((tag + "\0").getBytes(StandardCharsets.UTF_8)));
    }

    /// Content of a message.
    @FunctionalInterface
    interface Body {
        void write(DataOutputStream body) throws IOException;
    }

    void send(char type, Body body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        body.write(new DataOutputStream(bytes));
        output.writeByte(type);
        output.writeInt(bytes.size() + 4);
        bytes.writeTo(output);
        output.flush();
    }

    @Override
    public void close() {
        try {
            listener.close();
            output.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
