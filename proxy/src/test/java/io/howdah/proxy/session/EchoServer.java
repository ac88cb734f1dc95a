package io.howdah.proxy.session;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server that answers each request with the request's own text, the session's `application_name`
/// and what else was set, and keeps to PostgreSQL's rules for errors, transactions, prepared
/// statements and COPY. What a text begins with says what it does: `begin`, `commit`, `fail`,
/// `copyin`, `copyout`; anything else is answered by a row.
final class EchoServer {

    private static final Pattern SET =
            Pattern.compile("set_config\\(E'((?:[^'])*)',(?:NULL|E'((?:[^'])*)'),false\\)");
    private static final Pattern ESCAPE = Pattern.compile("\\\\x([0-9a-f]{2})");

    private final ManualChannel channel;
    private final Wires.Reader heard = new Wires.Reader();
    private final ArrayDeque<Wires.Message> unread = new ArrayDeque<>();
    private final ArrayDeque<byte[]> answers = new ArrayDeque<>();
    private final Map<String, String> statements = new HashMap<>();
    private final Map<String, String> portals = new HashMap<>();
    private final Map<String, String> others = new TreeMap<>();
    private String name = "";
    private String reportedName = "";
    private String copy = "";
    private boolean copyByExecute;
    private boolean begun;
    private boolean skipping;
    private char status = 'I';
    private int interruptions;

    EchoServer(ManualChannel channel) {
        this.channel = channel;
    }

    /// So many of the proxy's own requests end as if somebody had cancelled them.
    void interrupt(int times) {
        interruptions = times;
    }

    /// Hears what was taken from its connection.
    void hear(byte[] bytes) {
        heard.add(bytes);
    }

    /// Reads and answers one message.
    ///
    /// @return whether there was one
    boolean answerOne() {
        heard.add(channel.said());
        if (!begun) {
            byte[] packet = heard.packet();
            if (packet.length > 0) {
                begin(packet);
            }
            return packet.length > 0;
        }
        unread.addAll(heard.messages());
        Wires.Message next = unread.poll();
        if (next != null) {
            answer(next);
        }
        return next != null;
    }

    /// Sends some of what it has to say.
    ///
    /// @param most bytes of it
    /// @return whether there was something
    boolean send(int most) {
        byte[] next = answers.poll();
        if (next != null && next.length > most) {
            answers.addFirst(java.util.Arrays.copyOfRange(next, most, next.length));
            next = java.util.Arrays.copyOf(next, most);
        }
        if (next != null) {
            channel.arrive(next);
        }
        return next != null;
    }

    private void begin(byte[] packet) {
        begun = true;
        if (ByteBuffer.wrap(packet).getInt(4) == 80877102) {
            channel.end(false);
            return;
        }
        say('R', "\0\0\0\0");
        report("server_encoding", "UTF8");
        report("client_encoding", "UTF8");
        report("application_name", "");
        say('K', "\0\0\0\1\0\0\0\2");
        ready();
    }

    private void answer(Wires.Message message) {
        if (message.type() == 'X') {
            channel.end(false);
        } else if (!copy.isEmpty()) {
            copyGoesOn(message);
        } else if (message.type() == 'S') {
            skipping = false;
            ready();
        } else if (!skipping) {
            try {
                understand(message);
            } catch (IndexOutOfBoundsException
                    | BufferUnderflowException
                    | NegativeArraySizeException e) {
                fail("malformed", true);
            }
        }
    }

    private void copyGoesOn(Wires.Message message) {
        boolean failed = message.type() == 'f';
        if (message.type() == 'c' || failed) {
            String text = copy;
            copy = "";
            if (failed) {
                error(text);
            } else {
                say('C', text + '\0');
            }
            skipping = failed && copyByExecute;
            if (!copyByExecute) {
                ready();
            }
        }
    }

    private void understand(Wires.Message message) {
        List<String> texts = message.texts();
        switch (message.type()) {
            case 'Q' -> {
                statements.remove("");
                run(texts.getFirst(), false);
                if (copy.isEmpty()) {
                    ready();
                }
            }
            case 'P' -> {
                statements.put(texts.getFirst(), texts.get(1));
                say('1', "");
            }
            case 'B' -> bind(message, texts);
            case 'D' -> {
                if (message.text().charAt(0) == 'S') {
                    say('t', "\0\0");
                }
                say('n', "");
            }
            case 'E' -> run(portals.getOrDefault(texts.getFirst(), "fail no portal"), true);
            case 'C' -> {
                if (message.text().charAt(0) == 'S') {
                    statements.remove(texts.getFirst().substring(1));
                }
                say('3', "");
            }
            case 'F' -> {
                say('V', "\0\0\0\0");
                ready();
            }
            case 'd', 'c', 'f', 'H' -> {}
            default -> throw new AssertionError("a request of type " + message.type());
        }
    }

    /// One value, as text.
    private void bind(Wires.Message message, List<String> texts) {
        String statement = statements.get(texts.get(1));
        if (statement == null) {
            fail("no statement " + texts.get(1), true);
            return;
        }
        ByteBuffer rest = ByteBuffer.wrap(message.body());
        rest.position(texts.get(0).length() + texts.get(1).length() + 2);
        rest.getShort();
        rest.getShort();
        byte[] value = new byte[rest.getInt()];
        rest.get(value);
        portals.put(texts.getFirst(), statement + new String(value, StandardCharsets.ISO_8859_1));
        say('2', "");
    }

    private void run(String text, boolean extended) {
        if (status == 'E' && !text.startsWith("commit")) {
            fail(text, extended);
            return;
        }
        if (text.startsWith("SET LOCAL") && interruptions > 0) {
            interruptions--;
            say('E', "SERROR\0VERROR\0C57014\0Mcanceling statement\0\0");
            return;
        }
        switch (text.split(" ", 2)[0]) {
            case "begin" -> {
                status = 'T';
                say('C', text + '\0');
            }
            case "commit" -> {
                status = 'I';
                say('C', text + '\0');
            }
            case "fail" -> fail(text, extended);
            case "copyin" -> {
                copy = text;
                copyByExecute = extended;
                say('G', "\0\0\0");
            }
            case "copyout" -> {
                say('H', "\0\0\0");
                say('d', text);
                say('c', "");
                say('C', text + '\0');
            }
            case "DISCARD" -> {
                statements.clear();
                others.clear();
                name = "";
                say('C', "DISCARD ALL\0");
            }
            default -> {
                for (String statement : text.split(";")) {
                    perform(statement);
                }
            }
        }
    }

    private void perform(String statement) {
        if (statement.startsWith("RESET ")) {
            reset(statement.substring(6));
            say('C', "RESET\0");
            return;
        }
        Matcher set = SET.matcher(statement);
        if (set.find()) {
            String value = set.group(2);
            if (value == null) {
                reset(unescaped(set.group(1)));
            } else {
                set(unescaped(set.group(1)), unescaped(value));
            }
        }
        say('D', statement + "@" + name + (others.isEmpty() ? "" : others));
        say('C', statement + '\0');
    }

    private void reset(String what) {
        if (what.equals("ALL")) {
            others.clear();
            name = "";
        } else {
            others.remove(what);
        }
    }

    private void set(String setting, String value) {
        if (setting.equals("application_name")) {
            name = value;
        } else {
            others.put(setting, value);
        }
    }

    private static String unescaped(String literal) {
        return ESCAPE.matcher(literal)
                .replaceAll(hex ->
                        Matcher.quoteReplacement(
                                String.valueOf((char) HexFormat.fromHexDigits(hex.group(1)))));
    }

    private void fail(String text, boolean extended) {
        error(text);
        skipping = extended;
    }

    private void error(String text) {
        if (status == 'T') {
            status = 'E';
        }
        say('E', "SERROR\0VERROR\0C22012\0M" + text + "\0\0");
    }

    private void report(String setting, String value) {
        say('S', setting + '\0' + value + '\0');
    }

    /// What has changed is reported just before.
    private void ready() {
        if (!name.equals(reportedName)) {
            reportedName = name;
            report("application_name", name);
        }
        say('Z', String.valueOf(status));
    }

    private void say(char type, String body) {
        answers.add(Wires.message(type, body));
    }
}
