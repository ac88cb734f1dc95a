package io.howdah.cluster.member;

import io.howdah.postgres.TimelineId;
import java.util.Optional;

/// What a data directory is by our doing, as `TimelineMark` writes it down. Immutable.
sealed interface DataRole {

    String ADOPTED = "standby-adopted";
    String BEGINS = "standby-begins";
    String STANDS = "standby";
    String LEADS = "leads";
    String STRAYED = "strayed";

    /// The highest timeline that it can have come to; empty where nothing was written down.
    default Optional<TimelineId> upTo() {
        return this instanceof Known known ? Optional.of(known.highest()) : Optional.empty();
    }

    default boolean isStandbys() {
        return this instanceof Adopted || this instanceof Begins || this instanceof Stands;
    }

    /// Whether no server has written its control file since it was to be a standby.
    default boolean isAsItBegan(String control) {
        return switch (this) {
            case Adopted adopted -> adopted.control().equals(control);
            case Begins begins -> begins.control().equals(control);
            case Unknown _, Stands _, Leads _, Strayed _ -> false;
        };
    }

    /// As it stands in the file.
    ///
    /// @throws IllegalArgumentException when it is something else
    static Known parse(String text) {
        String[] words = text.split(" ", -1);
        boolean begins = words[0].equals(BEGINS) || words[0].equals(ADOPTED);
        if (words.length != (begins ? 3 : 2)) {
            throw new IllegalArgumentException("'" + text + "'");
        }
        TimelineId timeline = new TimelineId(Long.parseLong(words[1]));
        return switch (words[0]) {
            case ADOPTED -> new Adopted(timeline, words[2]);
            case BEGINS -> new Begins(timeline, words[2]);
            case STANDS -> new Stands(timeline);
            case LEADS -> new Leads(timeline);
            case STRAYED -> new Strayed(timeline);
            default -> throw new IllegalArgumentException("'" + text + "'");
        };
    }

    /// Nothing was written down.
    record Unknown() implements DataRole {}

    /// What was.
    sealed interface Known extends DataRole {

        /// The highest timeline that it can have come to.
        TimelineId highest();

        /// As it stands in the file.
        default String text() {
            return switch (this) {
                case Adopted adopted -> ADOPTED + " " + adopted.highest() + " " + adopted.control();
                case Begins begins -> BEGINS + " " + begins.highest() + " " + begins.control();
                case Stands stands -> STANDS + " " + stands.highest();
                case Leads leads -> LEADS + " " + leads.highest();
                case Strayed strayed -> STRAYED + " " + strayed.highest();
            };
        }
    }

    /// It is to be a standby, and was not started by us yet: who ran it before may have started it
    /// once more.
    ///
    /// @param control what told its control file from every other when it became ours
    record Adopted(TimelineId highest, String control) implements Known {}

    /// It is to be a standby, and has not answered as one yet.
    ///
    /// @param control what told its control file from every other when it was to be started
    record Begins(TimelineId highest, String control) implements Known {}

    /// It is a standby.
    record Stands(TimelineId highest) implements Known {}

    /// It leads, or led, or is being promoted.
    ///
    /// @param highest what it was granted
    record Leads(TimelineId highest) implements Known {}

    /// Somebody ran a primary in it.
    record Strayed(TimelineId highest) implements Known {}
}
