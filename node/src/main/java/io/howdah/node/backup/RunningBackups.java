package io.howdah.node.backup;

import io.howdah.backup.catalog.BackupProgress;
import io.howdah.node.api.BackupStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Tells backups that are under way from those that were killed, by whether what they write down
/// changes: no two clocks have to agree. For one thread.
final class RunningBackups {

    /// One that is under way writes something every five seconds; a store may keep it waiting.
    private static final Duration SILENCE = Duration.ofMinutes(1);

    /// @param change what it had written last
    /// @param atMillis when that was seen first
    private record Seen(long change, long atMillis) {}

    private Map<String, Seen> seen = new HashMap<>();

    /// What is there, by a clock that does not go back.
    ///
    /// @return those under way, the oldest first; one that is seen for the first time is taken for
    ///   one
    List<BackupStatus> look(List<BackupProgress> found, long nowMillis) {
        var next = new HashMap<String, Seen>();
        var running = new ArrayList<BackupStatus>();
        for (BackupProgress each : found) {
            Seen before = seen.get(each.id());
            Seen now =
                    before == null || before.change() != each.change()
                            ? new Seen(each.change(), nowMillis)
                            : before;
            next.put(each.id(), now);
            if (nowMillis - now.atMillis() < SILENCE.toMillis()) {
                running.add(status(each));
            }
        }
        seen = next;
        return running;
    }

    private static BackupStatus status(BackupProgress progress) {
        return new BackupStatus(
                progress.id(),
                progress.member(),
                Instant.ofEpochMilli(progress.began().toEpochMilli()),
                progress.doneBytes(),
                progress.totalBytes(),
                progress.storedBytes());
    }
}
