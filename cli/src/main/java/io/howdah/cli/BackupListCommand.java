package io.howdah.cli;

import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.BackupState;
import io.howdah.backup.catalog.Keep;
import io.howdah.backup.catalog.Keeps;
import io.howdah.backup.drill.DrillReports;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryJson;
import io.howdah.backup.restore.RestoreWindow;
import io.howdah.cli.backup.BackupView;
import io.howdah.cli.backup.DrillView;
import io.howdah.cli.backup.ListedBackup;
import io.howdah.cli.screen.DrillRemark;
import io.howdah.cli.screen.Screen;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah backup list`.
@Command(
        name = "list",
        description =
                "List the backups of a repository, oldest first, and what can be restored. Each restores alone.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah backup list --config /etc/howdah/howdah.yaml",
            "  howdah backup list --repository /var/backups/orders"
        })
final class BackupListCommand implements Callable<Integer> {

    @Mixin private RepositoryChoice repository = new RepositoryChoice();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    BackupListCommand() {}

    @Override
    public Integer call() {
        Repository found = Repository.open(repository.store());
        var damaged = new ArrayList<BackupState.Damaged>();
        List<BackupRecord> backups = new BackupCatalog(found).all(damaged::add);
        var unread = new ArrayList<String>();
        Map<BackupId, Keep> keeps =
                new Keeps(found.store())
                        .all(refusal -> unread.add(String.valueOf(refusal.getMessage())));
        List<ListedBackup> listed = ListedBackup.of(backups, keeps, Instant.now());
        Screen screen = Screen.standardOutput();
        screen.print(
                json
                        ? List.of(new String(RepositoryJson.write(listed), StandardCharsets.UTF_8))
                        : BackupView.list(listed, ZoneId.systemDefault(), screen.hasColours()));
        Screen.standardError().print(BackupView.damagedRecords(damaged));
        Screen.standardError().print(unread);
        if (!json && !backups.isEmpty()) {
            screen.print(
                    BackupView.window(
                            RestoreWindow.of(found, backups).orElse(null), ZoneId.systemDefault()));
            screen.print(
                    DrillRemark.of(
                            new DrillReports(found).newest().map(DrillView::status).orElse(null),
                            ZoneId.systemDefault()));
        }
        return 0;
    }
}
