package io.howdah.cli.screen;

import io.howdah.node.api.DrillStatus;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How the last drill went, in a line. Pure.
public final class DrillRemark {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssxxx", Locale.ROOT);

    private DrillRemark() {}

    /// The line.
    ///
    /// @param drill null where there was none
    public static String of(@Nullable DrillStatus drill, ZoneId zone) {
        if (drill == null) {
            return "no drill yet: `howdah drill` proves that these restore";
        }
        Long rto = drill.rtoMillis();
        Long rpo = drill.rpoMillis();
        return "last drill: "
                + (drill.passed() ? "passed" : "FAILED")
                + " at "
                + TIME.format(drill.at().atZone(zone))
                + (rto == null ? "" : ", RTO " + Quantity.millis(rto))
                + (rpo == null ? "" : ", RPO " + Quantity.millis(rpo))
                + (drill.passed() ? "" : "; reports/" + drill.id() + ".md says what is wrong");
    }
}
