package io.howdah.postgres.wire;

import io.howdah.postgres.Lsn;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One row of a result. Columns go by the name that the query gave them. A getter whose name does
/// not start with `optional` throws `UnexpectedResultException` on a null. Immutable.
public final class Row {

    private final List<String> columns;
    private final byte[] @Nullable [] values;

    Row(List<String> columns, byte[] @Nullable [] values) {
        this.columns = columns;
        this.values = values;
    }

    /// Whether the column is null.
    public boolean isNull(String column) {
        return value(column) == null;
    }

    /// The value as the server writes it.
    public String text(String column) {
        return require(column, optionalText(column));
    }

    /// The value as the server writes it; empty for a null.
    public Optional<String> optionalText(String column) {
        byte[] value = value(column);
        return value == null
                ? Optional.empty()
                : Optional.of(new String(value, StandardCharsets.UTF_8));
    }

    /// A whole number.
    public long longValue(String column) {
        return parse(column, text(column), Long::parseLong);
    }

    /// A whole number; empty for a null.
    public OptionalLong optionalLong(String column) {
        return isNull(column) ? OptionalLong.empty() : OptionalLong.of(longValue(column));
    }

    /// A boolean, as the server writes it: `t` or `f`; `on` and `off` for settings.
    public boolean booleanValue(String column) {
        return parse(column, text(column), Row::parseBoolean);
    }

    /// A position in the WAL.
    public Lsn lsn(String column) {
        return parse(column, text(column), Lsn::parse);
    }

    /// A position in the WAL; empty for a null.
    public Optional<Lsn> optionalLsn(String column) {
        return optionalText(column).map(text -> parse(column, text, Lsn::parse));
    }

    private byte @Nullable [] value(String column) {
        int index = columns.indexOf(column);
        if (index < 0) {
            throw new UnexpectedResultException(
                    "the result has no column '" + column + "', only " + columns);
        }
        return values[index];
    }

    private static <T> T parse(String column, String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new UnexpectedResultException(
                    "column '" + column + "' has an unexpected value: '" + text + "'", e);
        }
    }

    private static boolean parseBoolean(String text) {
        return switch (text) {
            case "t", "true", "on" -> true;
            case "f", "false", "off" -> false;
            default -> throw new IllegalArgumentException("not a boolean");
        };
    }

    private static String require(String column, Optional<String> value) {
        return value.orElseThrow(
                () -> new UnexpectedResultException("column '" + column + "' is null"));
    }
}
