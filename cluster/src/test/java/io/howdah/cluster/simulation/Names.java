package io.howdah.cluster.simulation;

import io.howdah.cluster.agent.Act;
import java.util.regex.Pattern;

/// What was reached, without the values: so that the same rule counts as the same.
final class Names {

    private static final Pattern VALUES =
            Pattern.compile(
                    "\\b(n\\d+|w\\d+|[0-9A-F]+/[0-9A-F]+|[0-9]{1,19}|[0-9a-f]{8})\\b|@|→|\\[[^]]*]");
    private static final Pattern LISTS = Pattern.compile("(#[ ,]*)+");

    private Names() {}

    static String ofAct(Act act) {
        return act.getClass().getSimpleName()
                + switch (act) {
                    case Act.Wait wait -> why(wait.why());
                    case Act.Refuse refuse -> why(refuse.why());
                    case Act.Kill kill -> why(kill.why());
                    case Act.Release release -> why(release.reason());
                    case Act.Copy copy -> why(copy.why());
                    case Act.Decline decline -> why(decline.why());
                    default -> "";
                };
    }

    private static String why(String reason) {
        return reason.isEmpty() ? "" : ": " + plain(reason);
    }

    static String plain(String text) {
        String line = text.lines().findFirst().orElse("");
        return LISTS.matcher(VALUES.matcher(line).replaceAll("#")).replaceAll("# ").strip();
    }
}
