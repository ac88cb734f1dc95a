package io.howdah.cli.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// One address in front of two: the first connection goes to the one, all others to the other.
final class Balancer implements AutoCloseable {

    private final ServerSocket door;
    private final int first;
    private final int others;

    /// @param first a port of this machine
    /// @param others another one
    Balancer(int first, int others) throws IOException {
        this.first = first;
        this.others = others;
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    private void accept() {
        try {
            for (int port = first; ; port = others) {
                Socket client = door.accept();
                var server = new Socket(InetAddress.getLoopbackAddress(), port);
                Thread.startVirtualThread(() -> copy(client, server));
                Thread.startVirtualThread(() -> copy(server, client));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            long _ = from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // one of the two has left
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
