package io.howdah.cluster.state;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.N3;
import static io.howdah.cluster.state.Samples.at;
import static io.howdah.cluster.state.Samples.incarnation;
import static io.howdah.cluster.state.Samples.member;
import static io.howdah.cluster.state.Samples.vote;
import static io.howdah.cluster.state.Samples.voters;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// A log and the documents that came of it, as the first version wrote them. Every later version
/// must read them and come to the same. They are recorded once, before a release, by the `main` of
/// this class; after the release a new protocol gets a recording of its own beside this one.
final class RecordedLogTest {

    private static final String PLACE = "protocol-1/";

    private final ClusterDocument document = new ClusterDocument();

    @Test
    void recordedLogIsReplayedToTheRecordedStates() throws IOException {
        List<String> states = lines("states.jsonl");
        List<String> commands = lines("commands.jsonl");
        assertThat(states).hasSameSizeAs(commands).isNotEmpty();
        ClusterState state = document.initial();
        for (int i = 0; i < commands.size(); i++) {
            state = document.apply(state, document.decodeCommand(bytes(commands.get(i)))).state();
            assertThat(state)
                    .as("after line %d, %s", i + 1, commands.get(i))
                    .isEqualTo(document.decodeState(bytes(states.get(i))));
        }
        assertThat(state.history()).hasSizeGreaterThan(2);
    }

    @Test
    void recordedDocumentsSurviveBeingWrittenByThisVersion() throws IOException {
        for (String line : lines("states.jsonl")) {
            ClusterState state = document.decodeState(bytes(line));
            assertThat(document.decodeState(document.encodeState(state))).isEqualTo(state);
        }
    }

    private static List<String> lines(String name) throws IOException {
        try (InputStream in = RecordedLogTest.class.getResourceAsStream(PLACE + name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    private static byte[] bytes(String line) {
        return line.getBytes(StandardCharsets.UTF_8);
    }

    /// Records anew, into the folder named by the one argument.
    public static void main(String[] arguments) throws IOException {
        ClusterDocument document = new ClusterDocument();
        List<String> commands = new ArrayList<>();
        List<String> states = new ArrayList<>();
        Set<String> kinds = new TreeSet<>();
        ClusterState state = document.initial();
        for (Command command : story()) {
            byte[] bytes = document.encodeCommand(command);
            commands.add(new String(bytes, StandardCharsets.UTF_8));
            state = document.apply(state, document.decodeCommand(bytes)).state();
            states.add(new String(document.encodeState(state), StandardCharsets.UTF_8));
            kinds.add(command.getClass().getSimpleName());
        }
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        Files.write(folder.resolve("commands.jsonl"), commands);
        Files.write(folder.resolve("states.jsonl"), states);
        System.out.println(kinds + ", " + new LinkedHashSet<>(state.history()));
    }

    /// A cluster's first days: begun, a host lost, a switchover, a forced failover; with some
    /// commands that come too late.
    private static List<Command> story() {
        Epoch one = new Epoch(1);
        Epoch two = new Epoch(2);
        Epoch three = new Epoch(3);
        Epoch four = new Epoch(4);
        return List.of(
                new Command.Report(N1, member(N1)),
                new Command.Report(N2, member(N2, new Member.Tags(true, 0, "b"))),
                new Command.Report(N3, member(N3)),
                new Command.Initialise(N1, 1_000),
                new Command.Initialise(N2, 1_001),
                new Command.Claim(N1, one, null),
                announce(N1, one, at(10)),
                new Command.SetVoters(N1, one, 0, voters(N2, N3), 1),
                new Command.Renew(N1, one, 2_000, 0),
                new Command.Furlough(N1, one, 20_000, 3_000),
                new Command.Renew(N1, one, 4_000, 2),
                new Command.RequestSwitchover(new Switchover(one, N2)),
                new Command.CancelSwitchover(
                        N1, new Switchover(one, N2), "n2 does not stream from n1", 4_500),
                new Command.Expire(N2, one, 2, 5_000),
                new Command.Expire(N2, one, 3, 7_000),
                new Command.CastVote(N3, two, vote(N3, at(100))),
                new Command.CastVote(N2, two, vote(N2, at(90))),
                new Command.Renew(N1, one, 7_100, 3),
                new Command.Claim(N3, two, vote(N3, at(100))),
                announce(N3, two, at(100, 2, 100)),
                new Command.RequestSwitchover(new Switchover(two, null)),
                new Command.HandOver(N3, two, N1, at(200, 2, 100), "switchover to n1", 9_000),
                new Command.Claim(N1, three, vote(N1, at(200, 2, 100))),
                announce(
                        N1,
                        three,
                        new Position(
                                at(200, 2, 100).history().then(new Lsn(200), new TimelineId(3)),
                                new Lsn(200))),
                new Command.Release(N1, three, "PostgreSQL of n1 crashed", 11_000),
                new Command.CastVote(N2, four, vote(N2, at(150, 2, 100))),
                new Command.Elect(N2, four, "an operator"),
                new Command.ForceFailover(N2, four, "an operator", 12_000));
    }

    private static Command announce(NodeName node, Epoch epoch, Position base) {
        return new Command.Announce(
                node,
                epoch,
                incarnation(node),
                base,
                base.history(),
                Samples.SYSTEM,
                epoch.value() * 1_000 + 500);
    }
}
