package io.howdah.postgres.wire;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.nio.charset.StandardCharsets;
import java.time.temporal.Temporal;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes a value for a statement as PostgreSQL reads its type's text.
final class BoundValue {

    private BoundValue() {}

    /// @throws IllegalArgumentException for a type that has no agreed text
    static byte @Nullable [] encode(@Nullable Object value) {
        return value == null ? null : text(value).getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Object value) {
        return switch (value) {
            case CharSequence text -> text.toString();
            case Number number -> number.toString();
            case Boolean flag -> flag.toString();
            case byte[] bytes -> "\\x" + HexFormat.of().formatHex(bytes);
            case Lsn lsn -> lsn.toString();
            case TimelineId timeline -> timeline.toString();
            case SystemId systemId -> systemId.toString();
            case UUID uuid -> uuid.toString();
            case Temporal time -> time.toString();
            case SqlIdentifier identifier -> identifier.name();
            case List<?> elements ->
                    elements.stream()
                            .map(BoundValue::element)
                            .collect(Collectors.joining(",", "{", "}"));
            default ->
                    throw new IllegalArgumentException(
                            "a value of " + value.getClass() + " cannot be bound to a statement");
        };
    }

    private static String element(@Nullable Object element) {
        if (element == null) {
            return "NULL";
        }
        if (element instanceof List<?>) {
            return text(element);
        }
        return '"' + text(element).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
