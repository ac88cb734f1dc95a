package io.howdah.node.api;

import io.howdah.node.authority.Credentials;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/// One HTTP request and its answer, with every wait bounded. Built on [HttpURLConnection] because
/// it starts no thread and is loaded quickly: a command must be done in a fraction of a second.
///
/// What is read over https leaves its connection open for the next question within some seconds: a
/// handshake costs ten times what an answer does, and whoever waits for a cluster asks several
/// times a second.
///
/// @param url the full address
/// @param method GET, POST or another; a body is sent with all but GET
/// @param json the body; null for GET
/// @param credentials what to show, over https only
/// @param connectMillis how long connecting may take
/// @param answerMillis how long each step of the answer, and the answer as a whole, may take
record HttpCall(
        URI url,
        String method,
        @Nullable String json,
        Credentials credentials,
        int connectMillis,
        int answerMillis) {

    /// A question: GET; or with a body POST.
    HttpCall(
            URI url,
            @Nullable String json,
            Credentials credentials,
            int connectMillis,
            int answerMillis) {
        this(url, json == null ? "GET" : "POST", json, credentials, connectMillis, answerMillis);
    }

    /// More than any answer of ours; what is longer does not come from a Howdah node.
    private static final int ANSWER_BYTES_MAXIMUM = 4 << 20;

    /// @param status the HTTP status
    /// @param body the text, empty when there is none
    record Answer(int status, String body) {}

    /// The connection was refused or timed out: the request was never sent.
    static final class NotConnectedException extends IOException {
        NotConnectedException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /// @throws NotConnectedException when nobody was there to receive the request
    /// @throws IOException when the answer did not come in time, or is none
    Answer send() throws IOException {
        // No proxy of the environment: a node is asked directly, or it is not reachable.
        HttpURLConnection connection =
                (HttpURLConnection) url.toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(connectMillis);
        connection.setReadTimeout(answerMillis);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestProperty("Accept", "application/json");
        boolean kept = json == null && connection instanceof HttpsURLConnection;
        if (!kept) {
            connection.setRequestProperty("Connection", "close");
        }
        if (connection instanceof HttpsURLConnection secure) {
            // The JDK's own check of the host's name goes through the trust manager.
            secure.setSSLSocketFactory(credentials.sockets());
            credentials
                    .token()
                    .ifPresent(
                            token -> secure.setRequestProperty("Authorization", "Bearer " + token));
        }
        boolean whole = false;
        try {
            byte[] body = json == null ? null : json.getBytes(StandardCharsets.UTF_8);
            if (body != null) {
                connection.setRequestMethod(method);
                connection.setDoOutput(true);
                connection.setRequestProperty("Content-Type", "application/json");
                // A known length also keeps the JDK from sending a POST again by itself.
                connection.setFixedLengthStreamingMode(body.length);
            }
            connect(connection);
            if (body != null) {
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(body);
                }
            }
            Answer answer = answer(connection);
            whole = true;
            return answer;
        } finally {
            if (!kept || !whole) {
                connection.disconnect();
            }
        }
    }

    private static void connect(HttpURLConnection connection) throws NotConnectedException {
        try {
            connection.connect();
        } catch (IOException e) {
            throw new NotConnectedException(e);
        }
    }

    private Answer answer(HttpURLConnection connection) throws IOException {
        long startNanos = System.nanoTime();
        int status = connection.getResponseCode();
        if (status < 0) {
            throw new IOException("the answer is not HTTP");
        }
        InputStream in = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
        if (in == null) {
            return new Answer(status, "");
        }
        var text = new ByteArrayOutputStream();
        byte[] part = new byte[8192];
        try (in) {
            for (int read = in.read(part); read >= 0; read = in.read(part)) {
                text.write(part, 0, read);
                if (text.size() > ANSWER_BYTES_MAXIMUM) {
                    throw new IOException(
                            "the answer is longer than " + ANSWER_BYTES_MAXIMUM + " bytes");
                }
                if (System.nanoTime() - startNanos > answerMillis * 1_000_000L) {
                    throw new SocketTimeoutException(
                            "the answer took over " + answerMillis + " ms");
                }
            }
        }
        return new Answer(status, text.toString(StandardCharsets.UTF_8));
    }
}
