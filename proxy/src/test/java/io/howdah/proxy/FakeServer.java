package io.howdah.proxy;

import io.howdah.postgres.wire.ServerAddress;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A server that says what a test wants it to say, to each connection the same.
final class FakeServer implements AutoCloseable {

    /// What it does with a connection.
    @FunctionalInterface
    interface Manners {
        void meet(Visit visit) throws IOException;
    }

    /// One connection.
    final class Visit {
        private final DataInputStream input;
        private final OutputStream output;

        private Visit(Socket socket) throws IOException {
            input = new DataInputStream(socket.getInputStream());
            output = socket.getOutputStream();
        }

        /// Reads a packet without a type.
        ///
        /// @return what it is by its first four bytes
        int packet() throws IOException {
            int length = input.readInt();
            int code = input.readInt();
            input.readNBytes(length - 8);
            return code;
        }

        /// Reads the first packet of a session.
        ///
        /// @return its parameters, each followed by a zero
        String startup() throws IOException {
            int length = input.readInt();
            input.readInt();
            return new String(input.readNBytes(length - 8), StandardCharsets.ISO_8859_1);
        }

        /// Lets the proxy in, or listens to a cancel request.
        ///
        /// @return whether the proxy wants a session
        boolean login() throws IOException {
            boolean session = packet() == 3 << 16;
            if (session) {
                ask(0, "").say('K', "\0\0\0\1\0\0\0\2").say('Z', "I");
            }
            return session;
        }

        /// Reads a message, and remembers it.
        String message() throws IOException {
            char type = (char) input.readUnsignedByte();
            String body =
                    new String(input.readNBytes(input.readInt() - 4), StandardCharsets.ISO_8859_1);
            heard.add(type + body);
            return body;
        }

        Visit say(byte... bytes) throws IOException {
            output.write(bytes);
            return this;
        }

        Visit say(char type, String body) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
            output.write(
                    ByteBuffer.allocate(bytes.length + 5)
                            .put((byte) type)
                            .putInt(bytes.length + 4)
                            .put(bytes)
                            .array());
            return this;
        }

        /// An authentication request.
        Visit ask(int method, String data) throws IOException {
            return say('R', "\0\0\0" + (char) method + data);
        }

        /// Reads until the proxy goes away.
        void untilEnd() throws IOException {
            while (input.read() >= 0) {
                // Whatever it is.
            }
        }
    }

    private final ServerSocket socket;
    private final Manners manners;
    private final Queue<String> heard = new ConcurrentLinkedQueue<>();

    FakeServer(Manners manners) {
        this.manners = manners;
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(this::serve);
    }

    private void serve() {
        while (!socket.isClosed()) {
            try {
                Socket accepted = socket.accept();
                Thread.startVirtualThread(() -> meet(accepted));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void meet(Socket accepted) {
        try (accepted) {
            manners.meet(new Visit(accepted));
        } catch (IOException e) {
            // The proxy has gone away.
        }
    }

    ServerAddress address() {
        return new ServerAddress.Tcp("127.0.0.1", socket.getLocalPort());
    }

    /// All messages that were read.
    Queue<String> heard() {
        return heard;
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
