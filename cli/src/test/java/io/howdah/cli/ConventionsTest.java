package io.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// What all commands have in common.
class ConventionsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "remove",
                "leave",
                "reinit",
                "adopt",
                "failover",
                "config edit",
                "backup take-over"
            })
    void whatCannotBeTakenBackAsksAndScriptsSayYes(String command) {
        assertThat(find(command).getCommandSpec().findOption("--yes")).isNotNull();
    }

    @Test
    void nobodyIsAskedInAnotherWay() {
        assertThat(all(Howdah.commandLine()))
                .allSatisfy(command ->
                        assertThat(command.getCommandSpec().findOption("--force"))
                                .as(command.getCommandSpec().qualifiedName())
                                .isNull());
    }

    @ParameterizedTest
    @ValueSource(strings = {"init", "init node", "init client", "init token", "init renew"})
    void whatIsMadeIsSaidAsJsonToo(String command) {
        assertThat(find(command).getCommandSpec().findOption("--json")).isNotNull();
    }

    @Test
    void withoutATerminalNobodyIsTakenOutUnasked() {
        var errors = new StringWriter();
        CommandLine howdah = Howdah.commandLine();
        howdah.setErr(new PrintWriter(errors, true));
        assertThat(howdah.execute("remove", "n3", "--api", "http://127.0.0.1:1")).isEqualTo(2);
        assertThat(errors.toString())
                .contains("n3 is taken out of the cluster", "nobody can be asked here")
                .contains("HINT: add --yes");
    }

    private static CommandLine find(String command) {
        CommandLine found = Howdah.commandLine();
        for (String name : command.split(" ", -1)) {
            found = Objects.requireNonNull(found.getSubcommands().get(name), name);
        }
        return found;
    }

    private static List<CommandLine> all(CommandLine root) {
        var all = new ArrayList<>(List.of(root));
        root.getSubcommands().values().forEach(child -> all.addAll(all(child)));
        return all;
    }
}
