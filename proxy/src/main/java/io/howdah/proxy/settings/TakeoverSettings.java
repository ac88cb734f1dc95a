package io.howdah.proxy.settings;

import java.nio.file.Path;
import java.time.Duration;

/// How another process of the same kind may take the port over. Immutable.
///
/// @param socket the local socket at which the one that serves waits for the next
/// @param drain how long the clients of the former may stay
/// @param mayMove whether the next one may listen elsewhere; else it has to take over what is there
public record TakeoverSettings(Path socket, Duration drain, boolean mayMove) {

    /// What holds where nothing is said.
    public static final Duration DEFAULT_DRAIN = Duration.ofMinutes(10);

    /// The 107 bytes that the kernel takes as a socket's address, less what is put behind them for
    /// a moment: a dot and six digits.
    private static final int LONGEST_BYTES = 100;

    /// @throws SettingException when the path is too long for a socket
    public TakeoverSettings {
        if (socket.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length
                > LONGEST_BYTES) {
            throw new SettingException(
                    "socket", "is longer than " + LONGEST_BYTES + " bytes; take a shorter path");
        }
    }
}
