package io.howdah.backup.pack;

import io.howdah.backup.store.ObjectName;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/// The name of a pack: 32 hexadecimal digits, made at random. Immutable.
///
/// @param text the digits, in lower case
public record PackId(String text) implements Comparable<PackId> {

    /// How the names of all packs begin.
    public static final String FOLDER = "packs/";

    private static final String SUFFIX = ".pack";
    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    /// @throws IllegalArgumentException when it is not 32 such digits
    public PackId {
        if (!ID.matcher(text).matches()) {
            throw new IllegalArgumentException("not the name of a pack: '" + text + "'");
        }
    }

    /// A new one.
    public static PackId random() {
        UUID random = UUID.randomUUID();
        return new PackId(
                "%016x%016x"
                        .formatted(
                                random.getMostSignificantBits(), random.getLeastSignificantBits()));
    }

    /// The object that it names: `packs/<first 2 digits>/<id>.pack`.
    public ObjectName object() {
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
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
