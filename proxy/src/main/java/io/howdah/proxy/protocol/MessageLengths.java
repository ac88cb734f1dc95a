package io.howdah.proxy.protocol;

/// How long messages may be, as PostgreSQL itself bounds them (`pqcomm.h`, `SocketBackend`).
public final class MessageLengths {

    /// Of a message with a statement, values or data: one gigabyte less one.
    private static final int LARGE = 0x3fff_ffff;

    private static final int SMALL = 10_000;

    private MessageLengths() {}

    /// Whether a client may send a message of this type after its login, and of this length.
    ///
    /// @param length with the four bytes that say it
    public static boolean isPossibleFromClient(byte type, int length) {
        return switch (type) {
            case 'Q', 'P', 'B', 'F' -> length >= 5 && length <= LARGE;
            case 'd' -> length >= 4 && length <= LARGE;
            case 'D', 'C', 'E' -> length >= 5 && length <= SMALL;
            case 'f' -> length >= 5 && length <= SMALL;
            case 'S', 'H', 'X', 'c' -> length >= 4 && length <= SMALL;
            default -> false;
        };
    }

    /// Whether a server's message may have this length.
    public static boolean isPossibleFromServer(int length) {
        return length >= 4 && length <= Integer.MAX_VALUE - 16;
    }
}
