package io.howdah.cluster.simulation;

import io.howdah.postgres.TimelineId;
import java.util.Optional;

/// What stands in a data directory of the server that ran there, as `TimelineMark` has it.
final class Mark {

    private enum Role {
        UNKNOWN,
        BEGINS,
        STANDS,
        LEADS,
        STRAYED
    }

    private Role role = Role.UNKNOWN;
    private TimelineId upTo = TimelineId.FIRST;
    private long control;

    /// @param controlWrites how often the control file has said what runs
    void isMade(TimelineId highest, long controlWrites) {
        set(Role.BEGINS, highest);
        control = controlWrites;
    }

    void starts(TimelineId replayed, long controlWrites) {
        if (isOn(replayed) || role == Role.STANDS || role == Role.STRAYED) {
            return;
        }
        isMade(role == Role.UNKNOWN ? replayed : upTo, controlWrites);
    }

    void follows(TimelineId highest) {
        switch (role) {
            case UNKNOWN -> set(Role.STANDS, highest);
            case LEADS, STANDS -> set(Role.STANDS, TimelineId.max(upTo, highest));
            case BEGINS -> upTo = TimelineId.max(upTo, highest);
            case STRAYED -> {}
        }
    }

    void promotes(TimelineId granted) {
        set(Role.LEADS, granted);
    }

    void leads(TimelineId last) {
        switch (role) {
            case UNKNOWN -> set(Role.LEADS, last);
            case STANDS, BEGINS -> role = Role.LEADS;
            case LEADS, STRAYED -> {}
        }
    }

    boolean isPromoted() {
        return role == Role.LEADS;
    }

    void forget() {
        role = Role.UNKNOWN;
    }

    void stands(TimelineId on) {
        if (isOn(on)) {
            return;
        }
        switch (role) {
            case UNKNOWN -> set(Role.STANDS, on);
            case BEGINS -> role = Role.STANDS;
            case STANDS, LEADS, STRAYED -> {}
        }
    }

    void ranAsPrimary(TimelineId on) {
        if (isOn(on)) {
            return;
        }
        switch (role) {
            case UNKNOWN -> set(Role.LEADS, on);
            case BEGINS, STANDS -> role = Role.STRAYED;
            case LEADS, STRAYED -> {}
        }
    }

    void stopped(TimelineId replayed, boolean primaryRan, long controlWrites, boolean byOthers) {
        boolean untouched = role == Role.BEGINS && control == controlWrites;
        if (!isOn(replayed) && ((primaryRan && !untouched) || byOthers) && isStandbys()) {
            role = Role.STRAYED;
        }
    }

    private boolean isOn(TimelineId timeline) {
        boolean above =
                role != Role.UNKNOWN && role != Role.STRAYED && timeline.compareTo(upTo) > 0;
        if (above) {
            role = Role.STRAYED;
        }
        return above;
    }

    private boolean isStandbys() {
        return role == Role.BEGINS || role == Role.STANDS;
    }

    boolean isLeaders(TimelineId on) {
        return role == Role.UNKNOWN || (role == Role.LEADS && on.compareTo(upTo) <= 0);
    }

    Optional<TimelineId> strayedFrom() {
        return role == Role.STRAYED ? Optional.of(upTo) : Optional.empty();
    }

    private void set(Role next, TimelineId highest) {
        role = next;
        upTo = highest;
    }

    Mark copy() {
        Mark copy = new Mark();
        copy.role = role;
        copy.upTo = upTo;
        copy.control = control;
        return copy;
    }
}
