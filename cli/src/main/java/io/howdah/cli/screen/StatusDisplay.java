package io.howdah.cli.screen;

import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiException;
import io.howdah.node.api.ApiJson;
import io.howdah.node.api.ClusterStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Asks for the status and shows it, once or again and again.
public final class StatusDisplay {

    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final ApiClient client;
    private final Screen screen;
    private @Nullable ClusterStatus shown;
    private @Nullable String problem;

    /// @param client asks the cluster
    public StatusDisplay(ApiClient client, Screen screen) {
        this.client = client;
        this.screen = screen;
    }

    /// Shows it once.
    public void once(boolean json) {
        ClusterStatus status = client.cluster();
        screen.print(json ? List.of(ApiJson.writeIndented(status)) : picture(status, screen));
    }

    /// Shows it until the thread is interrupted.
    public void watch(boolean json) throws InterruptedException {
        while (true) {
            refresh(json);
            Thread.sleep(PERIOD);
        }
    }

    /// Asks anew and shows what came of it: in place on a terminal, else what has changed.
    public void refresh(boolean json) {
        try {
            ClusterStatus status = client.cluster();
            problem = null;
            show(status, json);
            shown = status;
        } catch (ApiException e) {
            showProblem(e);
        }
    }

    private void show(ClusterStatus status, boolean json) {
        if (json) {
            if (!status.equals(shown)) {
                screen.print(ApiJson.write(status));
            }
        } else if (screen.isTerminal()) {
            screen.picture(picture(status, screen));
        } else {
            List<String> changes = StatusChanges.between(shown, status);
            if (!changes.isEmpty()) {
                screen.print(changes);
            }
        }
    }

    /// The status as a picture for that screen.
    public static List<String> picture(ClusterStatus status, Screen screen) {
        return StatusView.lines(status, screen.hasColours(), screen.hasUnicode());
    }

    private void showProblem(ApiException e) {
        if (screen.isTerminal()) {
            var lines = new ArrayList<String>();
            lines.add(screen.paint(Style.RED, e.fact()));
            if (e.hint() != null) {
                lines.add("HINT: " + e.hint());
            }
            screen.picture(lines);
        } else if (!e.fact().equals(problem)) {
            Screen.standardError().print(e.fact());
        }
        problem = e.fact();
    }
}
