package io.howdah.proxy;

import io.howdah.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Stands between clients and a server, or a proxy, hands on what both say, and remembers what the
/// clients have heard. For clients that do not encrypt.
final class Wiretap implements AutoCloseable {

    private static final int TLS_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;
    private static final int PIECE_BYTES = 64 * 1024;

    private final ServerSocket door;
    private final int target;
    private final List<Connection> connections = new ArrayList<>();

    /// @param target where clients are led to, on this machine
    Wiretap(int target) {
        this.target = target;
        try {
            door = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("wiretap").start(this::receive);
    }

    int port() {
        return door.getLocalPort();
    }

    /// What each connection has heard, in the order in which they were opened; all have ended. Of
    /// what is each connection's or each table's own only that it was there.
    List<String> heard() {
        Await.until("all clients have left", () -> all().stream().noneMatch(Connection::isOpen));
        return all().stream().map(Connection::heard).toList();
    }

    private List<Connection> all() {
        synchronized (connections) {
            return List.copyOf(connections);
        }
    }

    private void receive() {
        try {
            while (true) {
                var connection =
                        new Connection(
                                door.accept(),
                                new Socket(InetAddress.getLoopbackAddress(), target));
                synchronized (connections) {
                    connections.add(connection);
                }
                connection.begin();
            }
        } catch (IOException e) {
            // the door was closed
        }
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        all().forEach(Connection::cut);
    }

    private static final class Connection {
        private final Socket client;
        private final Socket server;
        private final ByteArrayOutputStream asked = new ByteArrayOutputStream();
        private final ByteArrayOutputStream answered = new ByteArrayOutputStream();
        private final List<Thread> ways;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
            this.ways =
                    List.of(
                            Thread.ofVirtual().unstarted(() -> carry(client, server, asked)),
                            Thread.ofVirtual().unstarted(() -> carry(server, client, answered)));
        }

        void begin() {
            ways.forEach(Thread::start);
        }

        boolean isOpen() {
            return ways.stream().anyMatch(way -> way.getState() != Thread.State.TERMINATED);
        }

        /// Whatever one side says, until it says no more.
        private static void carry(Socket from, Socket to, ByteArrayOutputStream memory) {
            byte[] piece = new byte[PIECE_BYTES];
            try {
                from.setTcpNoDelay(true);
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                    memory.write(piece, 0, count);
                    out.write(piece, 0, count);
                }
                to.shutdownOutput();
            } catch (IOException e) {
                close(from);
                close(to);
            }
        }

        void cut() {
            close(client);
            close(server);
        }

        private static void close(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String heard() {
            ByteBuffer bytes = ByteBuffer.wrap(answered.toByteArray());
            StringBuilder heard = new StringBuilder();
            for (int i = refusals(); i > 0 && bytes.hasRemaining(); i--) {
                heard.append((char) bytes.get()).append('\n');
            }
            while (bytes.remaining() >= 5) {
                char type = (char) bytes.get();
                byte[] body = new byte[bytes.getInt() - 4];
                bytes.get(body);
                heard.append(shown(type, body)).append('\n');
            }
            return heard.append(bytes.remaining()).toString();
        }

        /// How many requests for encryption are answered by one byte each.
        private int refusals() {
            ByteBuffer bytes = ByteBuffer.wrap(asked.toByteArray());
            int requests = 0;
            while (bytes.remaining() >= 8 && bytes.getInt() == 8) {
                int code = bytes.getInt();
                requests += code == TLS_REQUEST || code == GSS_REQUEST ? 1 : 0;
            }
            return requests;
        }

        private static String shown(char type, byte[] body) {
            return switch (type) {
                case 'K' -> "K";
                case 'T' -> "T " + text(withoutTables(body));
                default -> type + " " + text(body);
            };
        }

        private static String text(byte[] body) {
            return new String(body, StandardCharsets.ISO_8859_1);
        }

        /// A description of rows says by number from which table a column comes.
        private static byte[] withoutTables(byte[] body) {
            ByteBuffer bytes = ByteBuffer.wrap(body);
            for (int column = bytes.getShort(); column > 0; column--) {
                while (bytes.get() != 0) {
                    // its name
                }
                int table = bytes.getInt(bytes.position());
                bytes.putInt(table == 0 ? 0 : 1);
                bytes.position(bytes.position() + 14);
            }
            return body;
        }
    }
}
