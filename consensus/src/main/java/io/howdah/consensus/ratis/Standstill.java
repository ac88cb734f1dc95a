package io.howdah.consensus.ratis;

/// Whether something that has work to do gets on with none of it. Looks are counted, not time: a
/// process that was stopped for a while has seen nothing of it. Pure; for one thread.
final class Standstill {

    private final int looks;
    private long last = Long.MIN_VALUE;
    private int unchanged;

    /// @param looks how many in a row that show no change make a standstill
    Standstill(int looks) {
        this.looks = looks;
    }

    /// Whether it stands still.
    ///
    /// @param due up to where there is work
    /// @param done up to where it is done
    boolean look(long due, long done) {
        unchanged = done < due && done == last ? unchanged + 1 : 0;
        last = done;
        return unchanged >= looks;
    }
}
