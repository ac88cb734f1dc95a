package io.howdah.backup.pack;

import io.howdah.backup.store.ObjectName;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/// The name of a pack: 32 hexadecimal digits, made at random. Immutable.
///
/// @param high the first half of the digits
/// @param low the second half
public record PackId(long high, long low) implements Comparable<PackId> {

    /// How the names of all packs begin.
    public static final String FOLDER = "packs/";

    private static final String SUFFIX = ".pack";
    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    private static final int HALF = 16;

    /// Reads a name.
    ///
    /// @param text the digits, in lower case
    /// @throws IllegalArgumentException when it is not 32 such digits
    public PackId(String text) {
        this(half(required(text), 0), half(text, HALF));
    }

    private static String required(String text) {
        if (!ID.matcher(text).matches()) {
            throw new IllegalArgumentException("not the name of a pack: '" + text + "'");
        }
        return text;
    }

    private static long half(String text, int from) {
        return Long.parseUnsignedLong(text, from, from + HALF, 16);
    }

    /// A new one.
    public static PackId random() {
        UUID random = UUID.randomUUID();
        return new PackId(random.getMostSignificantBits(), random.getLeastSignificantBits());
    }

    /// The object that it names: `packs/<first 2 digits>/<id>.pack`.
    public ObjectName object() {
        String text = toString();
        return new ObjectName(FOLDER + text.substring(0, 2) + "/" + text + SUFFIX);
    }

    /// The pack that an object is; empty for another object.
    public static Optional<PackId> parse(ObjectName object) {
        String last = object.last();
        if (!last.endsWith(SUFFIX)) {
            return Optional.empty();
        }
        String text = last.substring(0, last.length() - SUFFIX.length());
        return ID.matcher(text).matches() && new PackId(text).object().equals(object)
                ? Optional.of(new PackId(text))
                : Optional.empty();
    }

    @Override
    public int compareTo(PackId other) {
        int first = Long.compareUnsigned(high, other.high);
        return first != 0 ? first : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
