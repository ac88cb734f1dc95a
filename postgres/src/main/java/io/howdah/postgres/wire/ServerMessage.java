package io.howdah.postgres.wire;

import java.util.HashMap;
import java.util.Map;

/// What a server says in an error or a notice. Texts that it leaves out are empty. Immutable.
///
/// @param severity `ERROR`, `FATAL`, `PANIC`, `WARNING`, `NOTICE`, `DEBUG`, `INFO` or `LOG`, never
///   translated
/// @param sqlState the five-character code
/// @param message the main line
/// @param detail more about what happened
/// @param hint what to do
public record ServerMessage(
        String severity, String sqlState, String message, String detail, String hint) {

    /// Whether the server ends the connection after this.
    public boolean endsConnection() {
        return severity.equals("FATAL") || severity.equals("PANIC");
    }

    /// Reads the body of an ErrorResponse or a NoticeResponse.
    static ServerMessage read(MessageBody body) {
        Map<Character, String> fields = new HashMap<>();
        for (byte field = body.readByte(); field != 0; field = body.readByte()) {
            fields.put((char) field, body.readText());
        }
        String shownSeverity = fields.getOrDefault('S', "ERROR");
        return new ServerMessage(
                fields.getOrDefault('V', shownSeverity),
                fields.getOrDefault('C', ""),
                fields.getOrDefault('M', "(no message)"),
                fields.getOrDefault('D', ""),
                fields.getOrDefault('H', ""));
    }
}
