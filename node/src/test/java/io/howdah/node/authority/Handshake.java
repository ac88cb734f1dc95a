package io.howdah.node.authority;

import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/// One TLS connection over loopback, both ends seen.
record Handshake(List<X509Certificate> serverSaw, List<X509Certificate> clientSaw) {

    private static final int TIMEOUT_MILLIS = 10_000;

    /// @param host the name that the client checks; the connection goes to loopback anyway
    /// @throws IOException when either end refuses
    static Handshake between(SSLContext server, SSLContext client, String host)
            throws IOException, InterruptedException {
        try (var listener =
                        (SSLServerSocket)
                                server.getServerSocketFactory()
                                        .createServerSocket(
                                                0, 1, InetAddress.getLoopbackAddress());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            listener.setNeedClientAuth(true);
            listener.setSoTimeout(TIMEOUT_MILLIS);
            Future<List<X509Certificate>> serverSaw =
                    threads.submit(() -> {
                        try (var socket = (SSLSocket) listener.accept()) {
                            socket.setSoTimeout(TIMEOUT_MILLIS);
                            socket.startHandshake();
                            socket.getOutputStream().write(1);
                            return peer(socket);
                        }
                    });
            List<X509Certificate> clientSaw;
            try (var plain =
                            new java.net.Socket(
                                    listener.getInetAddress(), listener.getLocalPort());
                    var socket =
                            (SSLSocket)
                                    client.getSocketFactory()
                                            .createSocket(
                                                    plain, host, listener.getLocalPort(), true)) {
                socket.setSoTimeout(TIMEOUT_MILLIS);
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                // In TLS 1.3 a client learns only by reading that it was refused.
                if (socket.getInputStream().read() != 1) {
                    throw new IOException("the server ended the connection");
                }
                clientSaw = peer(socket);
            }
            // Only now: the server waits for the other end to be closed.
            return new Handshake(serverSaw.get(), clientSaw);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private static List<X509Certificate> peer(SSLSocket socket) throws IOException {
        return List.of((X509Certificate[]) socket.getSession().getPeerCertificates());
    }
}
