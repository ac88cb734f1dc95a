package io.howdah.cli;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Confirmation;
import io.howdah.cli.screen.Progress;
import io.howdah.cli.screen.Screen;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiJson;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.ReinitializeRequest;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Has a replica copied anew, and stays until it streams again.
final class Reinitialisation {

    /// How long nothing may change before it is given up; a copy shows a new figure each second.
    private static final Duration STALLED_AFTER = Duration.ofMinutes(5);

    private static final Duration POLL = Duration.ofMillis(250);

    private final ApiClient client;
    private final boolean json;

    /// @param client asks the cluster
    /// @param json whether to print the member as it ended up
    Reinitialisation(ApiClient client, boolean json) {
        this.client = client;
        this.json = json;
    }

    /// @param confirmed whether it need not be asked any more
    void run(String name, boolean confirmed) throws InterruptedException {
        MemberStatus before = member(name);
        if (before == null) {
            throw CommandFailure.failed(
                    "there is no member " + name, "look at `howdah status` for the names");
        }
        if (!confirmed) {
            Confirmation.require(
                    "this deletes the data of " + name + " and copies them anew from the primary");
        }
        MemberStatus after;
        try (Progress progress = Progress.start(Screen.standardError(), "asking " + name)) {
            client.at(before.api()).reinitialize(new ReinitializeRequest(name));
            after = await(before, progress);
        }
        Screen.standardOutput()
                .print(
                        json
                                ? ApiJson.writeIndented(after)
                                : name + " was copied anew and runs as a replica");
    }

    private MemberStatus await(MemberStatus before, Progress progress) throws InterruptedException {
        String last = "";
        long changedNanos = System.nanoTime();
        while (true) {
            MemberStatus now = member(before.name());
            if (now != null
                    && now.state() == MemberState.RUNNING
                    && !Objects.equals(now.postgresPid(), before.postgresPid())) {
                return now;
            }
            String shown = now == null ? "" : now.state() + " " + now.note();
            if (!shown.equals(last)) {
                last = shown;
                changedNanos = System.nanoTime();
                progress.now(before.name() + ": " + (now == null ? "" : text(now)));
            }
            if (System.nanoTime() - changedNanos > STALLED_AFTER.toNanos()) {
                throw CommandFailure.failed(
                        before.name()
                                + " does not come along: it has been "
                                + last
                                + " for "
                                + STALLED_AFTER.toMinutes()
                                + " minutes",
                        "its agent goes on trying; look at its log");
            }
            Thread.sleep(POLL);
        }
    }

    private static String text(MemberStatus member) {
        return member.note() == null ? member.state().text() : member.note();
    }

    private @Nullable MemberStatus member(String name) {
        return client.cluster().members().stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
