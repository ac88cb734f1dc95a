package io.howdah.backup.marker;

/// The snapshot that a server has as long as nothing was committed since a marker: so a server that
/// nobody writes to gets no markers either. Pure.
///
/// @param snapshot as `pg_current_snapshot()` writes it, `xmin:xmax:xip_list`; empty for one that
///   no server has
record Stillness(String snapshot) {

    /// The next marker is written in any case.
    static final Stillness NONE = new Stillness("");

    /// What the snapshot is once a marker is committed.
    ///
    /// @param before what it was in the marker's statement
    /// @param own the marker's own transaction
    static Stillness after(String before, long own) {
        String[] parts = before.split(":", -1);
        if (parts.length != 3 || !parts[1].equals(Long.toString(own))) {
            // Others began in between, and may have ended unseen.
            return NONE;
        }
        String next = Long.toString(own + 1);
        String running = parts[2];
        return new Stillness((running.isEmpty() ? next : parts[0]) + ":" + next + ":" + running);
    }
}
