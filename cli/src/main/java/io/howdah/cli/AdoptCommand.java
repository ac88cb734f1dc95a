package io.howdah.cli;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Confirmation;
import io.howdah.cli.screen.Progress;
import io.howdah.cli.screen.Screen;
import io.howdah.node.api.ActionReply;
import io.howdah.node.api.AdoptRequest;
import io.howdah.node.api.AdoptionView;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiJson;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `howdah adopt`.
@Command(
        name = "adopt",
        description = {
            "Have the cluster hold a database that was made without Howdah, as it lies in a node's",
            "data directory: first the primary, then its standbys. Nothing is copied; its server is",
            "stopped in order and started again under Howdah. Says before what will be otherwise."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  howdah adopt n1 --dry-run", "  howdah adopt n1 --yes"})
final class AdoptCommand implements Callable<Integer> {

    @Mixin private ClusterAddress address = new ClusterAddress();

    @Parameters(
            index = "0",
            paramLabel = "NODE",
            description = "The node that has the database in its data directory.")
    private String node = "";

    @Option(names = "--dry-run", description = "Only say what would be done.")
    private boolean dryRun;

    @Option(names = "--yes", description = "Do not ask whether its server may be stopped.")
    private boolean yes;

    @Option(names = "--json", description = "Print what is planned, or the answer, as JSON.")
    private boolean json;

    AdoptCommand() {}

    @Override
    public Integer call() {
        ApiClient client = itself();
        AdoptionView plan = plan(client);
        if (dryRun) {
            Screen.standardOutput()
                    .print(json ? List.of(ApiJson.writeIndented(plan)) : lines(plan));
            return 0;
        }
        Screen.standardError().print(lines(plan));
        if (!yes) {
            Confirmation.require(
                    plan.postgresPid() == 0
                            ? node + " is adopted"
                            : "the server of " + node + " is stopped and started again");
        }
        new ChangeOfCluster(client, json)
                .ask(
                        "adopting " + node,
                        asked -> asked.adopt(new AdoptRequest(node, false, Requester.name())));
        return 0;
    }

    private AdoptionView plan(ApiClient client) {
        ActionReply reply;
        Progress progress = Progress.start(Screen.standardError(), "looking at " + node);
        try {
            reply = client.adopt(new AdoptRequest(node, true, Requester.name()));
        } finally {
            progress.close();
        }
        AdoptionView plan = reply.adoption();
        if (plan == null) {
            throw CommandFailure.failed(
                    node + " does not say what it would do", "look at `howdah status`");
        }
        return plan;
    }

    private static List<String> lines(AdoptionView plan) {
        var lines = new ArrayList<String>();
        lines.add(
                "database "
                        + plan.systemIdentifier()
                        + " in "
                        + plan.dataDirectory()
                        + (plan.role() == MemberRole.PRIMARY
                                ? ": the cluster begins with it"
                                : ": a copy of the cluster's, it follows the primary"));
        if (plan.postgresPid() != 0) {
            lines.add("its server, process " + plan.postgresPid() + ", is stopped in order");
        }
        if (!plan.parameters().isEmpty()) {
            lines.add("the cluster keeps these settings:");
            plan.parameters().forEach((name, value) -> lines.add("  " + name + " = " + value));
        }
        if (!plan.access().isEmpty()) {
            lines.add("and these lines of its pg_hba.conf:");
            plan.access().forEach(line -> lines.add("  " + line));
        }
        plan.remarks().forEach(remark -> lines.add("- " + remark));
        return lines;
    }

    /// Only the node itself can do it.
    private ApiClient itself() {
        ApiClient client = address.client();
        return client.cluster().members().stream()
                .filter(member -> member.name().equals(node))
                .map(MemberStatus::api)
                .findFirst()
                .map(client::at)
                .orElseThrow(() ->
                        CommandFailure.failed(
                                "there is no member " + node,
                                "look at `howdah status` for the names; its agent must run"));
    }
}
