package io.howdah.backup.pack;

import io.howdah.backup.store.ObjectName;
import java.util.UUID;
import java.util.regex.Pattern;

/// The name of a pack: 32 hexadecimal digits, made at random. Immutable.
///
/// @param text the digits, in lower case
public record PackId(String text) {

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
        return new ObjectName("packs/" + text.substring(0, 2) + "/" + text + ".pack");
    }

    @Override
    public String toString() {
        return text;
    }
}
