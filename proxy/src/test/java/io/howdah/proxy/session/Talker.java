package io.howdah.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.fuzz.FuzzInput;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A client that keeps to the protocol. Its words carry its number and a count, and so do the
/// answers of an [EchoServer].
final class Talker {

    private static final Pattern TOKEN = Pattern.compile("c(\\d)\\.(\\d+)\\.");

    private final ManualChannel channel;
    private final int number;
    private final String settings;
    private final boolean transactions;
    private final Wires.Reader heard = new Wires.Reader();
    private final ArrayDeque<Integer> asked = new ArrayDeque<>();
    private byte[] toSend;
    private int count;
    private int last;
    private int questions;
    private int readies;
    private boolean in;
    private boolean inTransaction;
    private boolean reset;
    private boolean gone;
    private boolean early;
    private boolean toldWhy;
    private boolean forgiven;
    private int process;
    private int secret;

    /// @param transactions whether it has some
    Talker(ProxyRoom room, int number, boolean transactions) {
        this.number = number;
        this.transactions = transactions;
        String name = "name" + number;
        String mood = number == 0 ? "" : "-c app.mood=mood" + number;
        this.settings = name + (number == 0 ? "" : "{app.mood=mood" + number + "}");
        this.channel = room.enter();
        toSend =
                Wires.startup(
                        "user",
                        "guest",
                        "database",
                        "app",
                        "options",
                        mood,
                        "application_name",
                        name);
    }

    ManualChannel channel() {
        return channel;
    }

    private String token() {
        asked.add(++count);
        return "c" + number + "." + count + ".";
    }

    private String silentToken() {
        return "c" + number + ".0.";
    }

    /// Makes up its next question; what it has made up is sent by and by.
    void ask(FuzzInput input) {
        if (gone || toSend.length > 2_000) {
            return;
        }
        switch (input.next(10)) {
            case 0 -> simple("select " + token());
            case 1 -> simple("fail " + token());
            case 2 -> {
                if (transactions && !inTransaction) {
                    inTransaction = true;
                    simple("begin " + token());
                }
            }
            case 3 -> end();
            case 4 -> simple("copyout " + token());
            case 5 -> {
                // Its data, and what comes too late of them, are not answered.
                later(Wires.message('Q', "copyin " + token() + "\0"));
                later(Wires.message('d', silentToken()));
                later(input.nextBoolean() ? Wires.message('c', "") : Wires.message('f', "\0"));
                questions++;
            }
            case 6 -> {
                // The Parse is answered, and perhaps more, before anything rests on it.
                if (input.nextBoolean()) {
                    parse("", "select " + silentToken() + " ");
                    later(Wires.message('S', ""));
                    questions++;
                } else {
                    parse("", "select ");
                }
                execute("");
            }
            case 7 -> extended("", "fail ");
            case 8 -> {
                if (!inTransaction) {
                    reset = true;
                    simple(input.nextBoolean() ? "DISCARD ALL" : "RESET ALL");
                }
            }
            default -> {
                String statement = "s" + input.next(3);
                later(Wires.message('C', "S" + statement + "\0"));
                extended(statement, "select " + number + " ");
            }
        }
    }

    /// Ends its transaction, if there is one.
    void end() {
        if (inTransaction && !gone) {
            inTransaction = false;
            simple("commit " + token());
        }
    }

    private void simple(String sql) {
        later(Wires.message('Q', sql + "\0"));
        questions++;
    }

    private void extended(String statement, String sql) {
        parse(statement, sql);
        execute(statement);
    }

    private void parse(String statement, String sql) {
        later(Wires.message('P', statement + "\0" + sql + "\0\0\0"));
    }

    private void execute(String statement) {
        String token = token();
        later(
                Wires.message(
                        'B',
                        "\0"
                                + statement
                                + "\0\0\0\0\1\0\0\0"
                                + (char) token.length()
                                + token
                                + "\0\0"));
        later(Wires.message('E', "\0\0\0\0\0"));
        later(Wires.message('S', ""));
        questions++;
    }

    private void later(byte[] message) {
        toSend = Wires.joined(toSend, message);
    }

    /// Sends some of what it has to say.
    void send(int most) {
        if (!gone) {
            int some = Math.min(most, toSend.length);
            channel.arrive(Arrays.copyOf(toSend, some));
            toSend = Arrays.copyOfRange(toSend, some, toSend.length);
        }
    }

    /// Goes away in one of three ways.
    void leave(int how) {
        early |= !isDone();
        gone = true;
        if (how == 0 && toSend.length == 0) {
            channel.arrive(Wires.message('X', ""));
        } else {
            channel.end(how == 1);
        }
    }

    /// Something broke, or was not listened to: it need not have all its answers.
    void forgive() {
        forgiven = true;
    }

    /// Has what it asks cancelled. An [EchoServer] takes note of it, and does nothing.
    void cancel(ProxyRoom room) {
        if (in && !gone) {
            ManualChannel request = room.enter();
            request.arrive(Wires.packet(80877102, process, secret));
        }
    }

    /// All that it has been told since the last time.
    void listen() {
        heard.add(channel.said());
        for (Wires.Message message : heard.messages()) {
            String text = message.text();
            assertThat(toldWhy).as("%s behind the last message", message).isFalse();
            switch (message.type()) {
                case 'Z' -> {
                    readies++;
                    in = true;
                }
                case 'K' -> {
                    ByteBuffer key = ByteBuffer.wrap(message.body());
                    process = key.getInt();
                    secret = key.getInt();
                }
                case 'E' -> {
                    toldWhy = text.startsWith("SFATAL");
                    own(text);
                }
                case 'D' -> {
                    own(text);
                    // What was sent close behind a reset meets the server's own.
                    assertThat(text)
                            .as("settings")
                            .matches(row ->
                                    row.endsWith("@" + settings) || (reset && row.endsWith("@")));
                }
                default -> own(text);
            }
        }
    }

    /// Of the words in an answer all are this client's, and come in their order.
    private void own(String text) {
        Matcher tokens = TOKEN.matcher(text);
        while (tokens.find()) {
            assertThat(Integer.parseInt(tokens.group(1)))
                    .as("whose answer: %s", text)
                    .isEqualTo(number);
            int word = Integer.parseInt(tokens.group(2));
            if (word > 0 && word != last) {
                last = word;
                assertThat(asked).as("answer %s", text).isNotEmpty();
                assertThat(word).as("order").isEqualTo(asked.remove());
            }
        }
    }

    /// Whether it has all its answers.
    boolean isDone() {
        return toSend.length == 0 && readies == questions + 1 && asked.isEmpty();
    }

    /// In the end: whoever did not leave early, and met nothing that broke, has all answers.
    void check() {
        if (!early && !forgiven) {
            assertThat(toldWhy).as("client %d was sent away", number).isFalse();
            assertThat(toSend).as("what client %d could not say", number).isEmpty();
            assertThat(readies).as("readies of client %d", number).isEqualTo(questions + 1);
            assertThat(asked).as("answers of client %d that are missing", number).isEmpty();
        }
    }
}
