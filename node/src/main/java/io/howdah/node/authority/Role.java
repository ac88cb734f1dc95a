package io.howdah.node.authority;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a caller may ask of the cluster. Each role may do what the ones before it may.
public enum Role {
    /// Look at everything that is shown.
    READ,
    /// Whatever loses no data and can be taken back: switchover, restart, pause.
    OPERATE,
    /// Everything: losing data knowingly, other members, other settings.
    ADMIN;

    /// Whether whoever has this role may do what needs `needed`.
    public boolean covers(Role needed) {
        return compareTo(needed) >= 0;
    }

    /// How it is written: `read`, `operate` or `admin`.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The role of that name; empty when there is none.
    public static Optional<Role> of(String text) {
        return Arrays.stream(values()).filter(role -> role.text().equals(text)).findFirst();
    }
}
