package io.howdah.proxy.exchange;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// What PostgreSQL does with the messages it reads, by their types alone: `PostgresMain`,
/// `SocketBackend` and `CopyGetData` written down a second time, so that [Exchange] has something
/// to be compared with. A reply is its type; ReadyForQuery is `Z` and the status as a second
/// character.
final class ServerModel {

    private final Random random;
    private final ArrayDeque<Byte> unread = new ArrayDeque<>();
    private final List<String> said = new ArrayList<>();
    private char status = 'I';
    private boolean skipping;
    private boolean open;
    private boolean copying;
    private boolean copyOfExecute;

    ServerModel(Random random) {
        this.random = random;
    }

    void sent(byte type) {
        unread.add(type);
    }

    boolean hasUnread() {
        return !unread.isEmpty();
    }

    /// Nothing unread, no transaction open, not one request begun.
    boolean isFree() {
        return unread.isEmpty() && status == 'I' && !open && !copying && !skipping;
    }

    /// Whether it reads COPY data.
    boolean isCopying() {
        return copying;
    }

    /// Reads the next message.
    ///
    /// @return what it says to it
    List<String> step() {
        said.clear();
        byte type = unread.remove();
        if (copying) {
            copy(type);
        } else if (type == 'S') {
            skipping = false;
            open = false;
            ready(status == 'E' ? 'E' : status);
        } else if (!skipping) {
            execute(type);
        }
        return List.copyOf(said);
    }

    private void copy(byte type) {
        switch (type) {
            case 'd' -> {
                if (random.nextInt(6) == 0) {
                    copyFails();
                }
            }
            case 'c' -> {
                copying = false;
                say("C");
                if (!copyOfExecute) {
                    ready(status);
                }
            }
            case 'f' -> copyFails();
            case 'S', 'H' -> {}
            default -> throw new IllegalStateException("PostgreSQL would close the connection");
        }
    }

    private void copyFails() {
        copying = false;
        say("E");
        fail();
        if (copyOfExecute) {
            skipping = true;
        } else {
            ready(status);
        }
    }

    private void execute(byte type) {
        switch (type) {
            case 'Q' -> query();
            case 'F' -> {
                say(random.nextInt(4) == 0 ? "E" : "V");
                ready(status);
            }
            case 'P' -> extended("1");
            case 'B' -> extended("2");
            case 'C' -> extended("3");
            case 'D' -> {
                if (random.nextBoolean()) {
                    extended(random.nextBoolean() ? "T" : "n");
                } else {
                    extended("t", random.nextBoolean() ? "T" : "n");
                }
            }
            case 'E' -> executePortal();
            default -> {
                // CopyData and its end, when there is no COPY; Flush.
            }
        }
    }

    private void query() {
        open = false;
        int statements = 1 + random.nextInt(2);
        for (int i = 0; i < statements; i++) {
            switch (random.nextInt(7)) {
                case 0 -> {
                    say("E");
                    fail();
                    ready(status);
                    return;
                }
                case 1 -> {
                    if (i == statements - 1 && mayCopy()) {
                        say("G");
                        copying = true;
                        copyOfExecute = false;
                        return;
                    }
                    say("C");
                }
                case 2 -> say("H", "d", "d", "c", "C");
                case 3 -> {
                    status = status == 'I' ? 'T' : 'I';
                    say("C");
                }
                case 4 -> say("N", "S", "T", "D", "D", "C");
                case 5 -> say("A", "I");
                default -> say("T", "D", "C");
            }
        }
        ready(status);
    }

    /// Whether what was sent already can follow a request to COPY: data, perhaps with a Sync among
    /// them, and their end.
    private boolean mayCopy() {
        var sent = new StringBuilder();
        unread.forEach(type -> sent.append((char) (byte) type));
        return sent.toString().matches("[SHd]*([cf].*)?");
    }

    private void executePortal() {
        switch (random.nextInt(5)) {
            case 0 -> extended("D", "D", "s");
            case 1 -> extended("I");
            case 2 -> extended("H", "d", "c", "C");
            case 3 -> {
                if (mayCopy()) {
                    open = true;
                    say("G");
                    copying = true;
                    copyOfExecute = true;
                } else {
                    extended("C");
                }
            }
            default -> extended("D", "C");
        }
    }

    private void extended(String... replies) {
        open = true;
        if (random.nextInt(6) == 0) {
            say("E");
            fail();
            skipping = true;
        } else {
            say(replies);
        }
    }

    private void fail() {
        if (status == 'T') {
            status = 'E';
        }
    }

    private void ready(char now) {
        open = false;
        status = now;
        say("Z" + now);
    }

    private void say(String... replies) {
        said.addAll(List.of(replies));
    }
}
