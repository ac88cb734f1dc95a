package io.howdah.backup.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// As much of S3 as a repository needs, in memory, on a port of its own: it checks every signature,
/// and fails as such servers do, by the numbers of a seed: 503 before or after it has done what was
/// asked, slowly, with half an answer, by hanging up; or it confirms what it does not keep.
public final class S3Server implements AutoCloseable {

    /// Its only user.
    public static final String ID = "AKIDEXAMPLE";

    /// The key of its user.
    public static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    /// Its only bucket.
    public static final String BUCKET = "backups";

    private static final int PAGE = 100;

    private enum Fault {
        NONE,
        REFUSED,
        UNCONFIRMED,
        SLOW,
        HALF,
        HUNG_UP
    }

    private final MemoryStore store = new MemoryStore();
    private final HttpServer server;
    private final Random random;
    private final AtomicInteger faults = new AtomicInteger();
    private volatile double rate;
    private volatile boolean lies;
    private volatile Duration delay = Duration.ZERO;
    private volatile int longestPage = PAGE;

    /// @param rate how many calls go wrong, 0 to 1
    public S3Server(long seed, double rate) {
        this.random = new Random(seed);
        this.rate = rate;
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::serve);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    /// From now on it confirms packs and does not keep them.
    public void lie() {
        lies = true;
    }

    /// From now on each call takes so long besides.
    void delay(Duration time) {
        delay = time;
    }

    /// How often it has failed.
    public int faults() {
        return faults.get();
    }

    /// From now on everything goes right.
    public void heal() {
        rate = 0;
        lies = false;
    }

    /// How many names it lists at once, whatever is asked for.
    public void listAtMost(int names) {
        longestPage = names;
    }

    /// The address of a prefix in it, with credentials in a file.
    public String address(String prefix, Path credentials) {
        try {
            Files.writeString(
                    credentials,
                    "[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n"
                            .formatted(ID, SECRET));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "s3://%s/%s?endpoint=%s&credentials=%s"
                .formatted(BUCKET, prefix, endpoint(), URLEncoder.encode("" + credentials, UTF_8));
    }

    /// Where it listens.
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /// What is in the bucket.
    public MemoryStore content() {
        return store;
    }

    private synchronized Fault fault() {
        if (random.nextDouble() >= rate) {
            return Fault.NONE;
        }
        faults.incrementAndGet();
        return Fault.values()[1 + random.nextInt(Fault.values().length - 1)];
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Thread.sleep(delay);
            Fault fault = fault();
            if (fault == Fault.REFUSED) {
                error(exchange, 503, "SlowDown");
                return;
            }
            if (fault == Fault.HUNG_UP) {
                throw new IOException("hung up");
            }
            if (fault == Fault.SLOW) {
                Thread.sleep(30);
            }
            if (!isSigned(exchange, body)) {
                error(exchange, 403, "SignatureDoesNotMatch");
                return;
            }
            answer(exchange, plain(exchange, body), fault);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(HttpExchange exchange, byte[] body, Fault fault) throws IOException {
        String[] path = exchange.getRequestURI().getPath().split("/", 3);
        if (!path[1].equals(BUCKET)) {
            error(exchange, 404, "NoSuchBucket");
            return;
        }
        String key = path.length < 3 ? "" : path[2];
        switch (exchange.getRequestMethod()) {
            case "PUT" -> put(exchange, new ObjectName(key), body, fault);
            case "GET" -> {
                if (key.isEmpty()) {
                    list(exchange, fault);
                } else {
                    get(exchange, new ObjectName(key), fault);
                }
            }
            case "DELETE" -> {
                store.delete(new ObjectName(key));
                done(exchange, 204, new byte[0], fault);
            }
            default -> error(exchange, 501, "NotImplemented");
        }
    }

    private void put(HttpExchange exchange, ObjectName name, byte[] body, Fault fault)
            throws IOException {
        boolean ifAbsent = "*".equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
        PutOutcome outcome = PutOutcome.STORED;
        if (!lies || !name.text().endsWith(".pack")) {
            outcome =
                    store.put(
                            name, Content.of(body), ifAbsent ? PutMode.IF_ABSENT : PutMode.REPLACE);
        }
        if (outcome == PutOutcome.EXISTS) {
            error(exchange, 412, "PreconditionFailed");
            return;
        }
        exchange.getResponseHeaders().add("ETag", tag(body.length));
        done(exchange, 200, new byte[0], fault);
    }

    private void get(HttpExchange exchange, ObjectName name, Fault fault) throws IOException {
        List<StoredObject> found = store.list(name.text(), null);
        if (found.isEmpty() || !found.getFirst().name().equals(name)) {
            error(exchange, 404, "NoSuchKey");
            return;
        }
        int length = (int) found.getFirst().size();
        exchange.getResponseHeaders().add("ETag", tag(length));
        String range = exchange.getRequestHeaders().getFirst("Range");
        if (range == null) {
            done(exchange, 200, store.get(name, 0, length), fault);
            return;
        }
        String[] ends = range.substring("bytes=".length()).split("-", -1);
        int from = Integer.parseInt(ends[0]);
        if (from >= length) {
            error(exchange, 416, "InvalidRange");
            return;
        }
        int to = ends[1].isEmpty() ? length : Math.min(length, Integer.parseInt(ends[1]) + 1);
        done(exchange, 206, store.get(name, from, to - from), fault);
    }

    private static String tag(int length) {
        return "\"" + Integer.toHexString(length) + "\"";
    }

    private void list(HttpExchange exchange, Fault fault) throws IOException {
        Map<String, String> query = query(exchange);
        String prefix = query.getOrDefault("prefix", "");
        String after = query.getOrDefault("start-after", "");
        int most = Math.min(longestPage, Integer.parseInt(query.getOrDefault("max-keys", "1000")));
        List<StoredObject> all = store.list(prefix, after.isEmpty() ? null : new ObjectName(after));
        var xml = new StringBuilder("<ListBucketResult>");
        xml.append("<IsTruncated>").append(all.size() > most).append("</IsTruncated>");
        all.stream()
                .limit(most)
                .forEach(object ->
                        xml.append("<Contents><Key>")
                                .append(object.name())
                                .append("</Key><LastModified>")
                                .append(object.modified())
                                .append("</LastModified><Size>")
                                .append(object.size())
                                .append("</Size></Contents>"));
        done(exchange, 200, xml.append("</ListBucketResult>").toString().getBytes(UTF_8), fault);
    }

    private static void done(HttpExchange exchange, int status, byte[] body, Fault fault)
            throws IOException {
        if (fault == Fault.UNCONFIRMED) {
            error(exchange, 503, "ServiceUnavailable");
            return;
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            int sent = fault == Fault.HALF ? body.length / 2 : body.length;
            exchange.getResponseBody().write(body, 0, sent);
        }
    }

    private static void error(HttpExchange exchange, int status, String code) throws IOException {
        byte[] body =
                "<Error><Code>%s</Code><Message>%s, said by the test</Message></Error>"
                        .formatted(code, code)
                        .getBytes(UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    /// Without the frames of `aws-chunked`, where there are some.
    private static byte[] plain(HttpExchange exchange, byte[] body) {
        String encoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
        if (encoding == null || !encoding.contains("aws-chunked")) {
            return body;
        }
        var plain = new ByteArrayOutputStream();
        int at = 0;
        while (true) {
            int end = at;
            while (body[end] != '\r') {
                end++;
            }
            String head = new String(body, at, end - at, UTF_8).split(";", 2)[0];
            int length = Integer.parseInt(head, 16);
            if (length == 0) {
                return plain.toByteArray();
            }
            plain.write(body, end + 2, length);
            at = end + 2 + length + 2;
        }
    }

    /// Signature version 4, in the header, with the digest of the body where that is signed too.
    private static boolean isSigned(HttpExchange exchange, byte[] body) {
        String given = exchange.getRequestHeaders().getFirst("Authorization");
        if (given == null || !given.contains("Credential=" + ID + "/")) {
            return false;
        }
        String scope = between(given, "Credential=" + ID + "/", ",");
        String[] names = between(given, "SignedHeaders=", ",").split(";", -1);
        String payload = exchange.getRequestHeaders().getFirst("x-amz-content-sha256");
        if (payload.length() == 64 && !payload.equals(hex(digest(body)))) {
            return false;
        }
        var canonical = new StringBuilder(exchange.getRequestMethod()).append('\n');
        canonical.append(exchange.getRequestURI().getRawPath()).append('\n');
        canonical.append(canonicalQuery(exchange)).append('\n');
        for (String name : names) {
            canonical
                    .append(name)
                    .append(':')
                    .append(exchange.getRequestHeaders().getFirst(name).strip())
                    .append('\n');
        }
        canonical.append('\n').append(String.join(";", names)).append('\n').append(payload);
        String toSign =
                "AWS4-HMAC-SHA256\n"
                        + exchange.getRequestHeaders().getFirst("x-amz-date")
                        + "\n"
                        + scope
                        + "\n"
                        + hex(digest(canonical.toString().getBytes(UTF_8)));
        byte[] key = ("AWS4" + SECRET).getBytes(UTF_8);
        for (String part : scope.split("/", -1)) {
            key = mac(key, part);
        }
        return given.endsWith("Signature=" + hex(mac(key, toSign)));
    }

    private static String canonicalQuery(HttpExchange exchange) {
        var sorted = new TreeMap<String, String>();
        query(exchange).forEach((name, value) -> sorted.put(encoded(name), encoded(value)));
        var text = new StringBuilder();
        sorted.forEach((name, value) ->
                text.append(text.isEmpty() ? "" : "&").append(name).append('=').append(value));
        return text.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20").replace("*", "%2A");
    }

    private static Map<String, String> query(HttpExchange exchange) {
        var query = new TreeMap<String, String>();
        String raw = exchange.getRequestURI().getRawQuery();
        for (String each : raw == null ? new String[0] : raw.split("&", -1)) {
            String[] words = each.split("=", 2);
            query.put(
                    URLDecoder.decode(words[0], UTF_8),
                    words.length < 2 ? "" : URLDecoder.decode(words[1], UTF_8));
        }
        return query;
    }

    private static String between(String text, String before, String after) {
        int from = text.indexOf(before) + before.length();
        return text.substring(from, text.indexOf(after, from));
    }

    private static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] mac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes).toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
