package io.howdah.cluster.member;

import io.howdah.postgres.TimelineId;
import java.util.Optional;

/// What a data directory is by our doing, as `TimelineMark` writes it down. Immutable.
sealed interface DataRole {

    /// How it begins in the file: `leads 7`.
    String text();

    /// The highest timeline that it can have come to.
    Optional<TimelineId> upTo();

    default boolean isStandbys() {
        return this instanceof Begins || this instanceof Stands;
    }

    /// Nothing was written down.
    record Unknown() implements DataRole {
        @Override
        public String text() {
            throw new IllegalStateException("nothing is known");
        }

        @Override
        public Optional<TimelineId> upTo() {
            return Optional.empty();
        }
    }

    /// It is to be a standby, and has not answered as one yet.
    ///
    /// @param control what told its control file from every other when it was to be started
    record Begins(TimelineId highest, String control) implements DataRole {
        @Override
        public String text() {
            return BEGINS + " " + highest + " " + control;
        }

        @Override
        public Optional<TimelineId> upTo() {
            return Optional.of(highest);
        }
    }

    /// It is a standby.
    record Stands(TimelineId highest) implements DataRole {
        @Override
        public String text() {
            return STANDS + " " + highest;
        }

        @Override
        public Optional<TimelineId> upTo() {
            return Optional.of(highest);
        }
    }

    /// It leads, or led, or is being promoted.
    record Leads(TimelineId granted) implements DataRole {
        @Override
        public String text() {
            return LEADS + " " + granted;
        }

        @Override
        public Optional<TimelineId> upTo() {
            return Optional.of(granted);
        }
    }

    /// Somebody ran a primary in it.
    record Strayed(TimelineId highest) implements DataRole {
        @Override
        public String text() {
            return STRAYED + " " + highest;
        }

        @Override
        public Optional<TimelineId> upTo() {
            return Optional.of(highest);
        }
    }

    String BEGINS = "standby-begins";
    String STANDS = "standby";
    String LEADS = "leads";
    String STRAYED = "strayed";

    /// As it stands in the file.
    ///
    /// @throws IllegalArgumentException when it is something else
    static DataRole parse(String text) {
        String[] words = text.split(" ", -1);
        boolean begins = words[0].equals(BEGINS);
        if (words.length != (begins ? 3 : 2)) {
            throw new IllegalArgumentException("'" + text + "'");
        }
        TimelineId timeline = new TimelineId(Long.parseLong(words[1]));
        return switch (words[0]) {
            case BEGINS -> new Begins(timeline, words[2]);
            case STANDS -> new Stands(timeline);
            case LEADS -> new Leads(timeline);
            case STRAYED -> new Strayed(timeline);
            default -> throw new IllegalArgumentException("'" + text + "'");
        };
    }
}
