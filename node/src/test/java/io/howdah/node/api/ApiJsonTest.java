package io.howdah.node.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ApiJsonTest {

    @Test
    void clusterHasThePromisedShape() {
        var member =
                new MemberStatus(
                        "n1",
                        MemberRole.PRIMARY,
                        MemberState.RUNNING,
                        true,
                        new TimelineId(3),
                        Lsn.parse("0/5000A10"),
                        null,
                        0L,
                        "127.0.0.1:6521",
                        null,
                        "http://127.0.0.1:6531",
                        11L,
                        12L,
                        "0.1.0",
                        "18.6",
                        null,
                        null,
                        null);
        var cluster = new ClusterStatus("demo", 7, "n1", false, List.of(member), null);
        String json = ApiJson.write(cluster);
        assertThat(json)
                .isEqualTo(
                        "{\"cluster\":\"demo\",\"epoch\":7,\"leader\":\"n1\",\"paused\":false,"
                                + "\"members\":[{\"name\":\"n1\",\"role\":\"primary\","
                                + "\"state\":\"running\",\"sync\":true,\"timeline\":3,"
                                + "\"lsn\":\"0/5000A10\",\"lagBytes\":0,"
                                + "\"postgres\":\"127.0.0.1:6521\",\"proxy\":null,"
                                + "\"api\":\"http://127.0.0.1:6531\",\"agentPid\":11,"
                                + "\"postgresPid\":12,\"version\":\"0.1.0\","
                                + "\"postgresVersion\":\"18.6\"}]}");
        assertThat(ApiJson.read(json, ClusterStatus.class)).isEqualTo(cluster);
    }

    @Test
    void historyIsWrittenWithTimesThatPeopleRead() {
        var row =
                new HistoryRow(
                        2,
                        new TimelineId(2),
                        Lsn.parse("0/3000000"),
                        "n2",
                        "crashed",
                        Instant.parse("2026-03-01T10:00:00.250Z"),
                        310L);
        String json = ApiJson.write(List.of(row));
        assertThat(json)
                .isEqualTo(
                        "[{\"epoch\":2,\"timeline\":2,\"switchLsn\":\"0/3000000\",\"leader\":\"n2\","
                                + "\"reason\":\"crashed\",\"at\":\"2026-03-01T10:00:00.250Z\","
                                + "\"outageMillis\":310}]");
        assertThat(ApiJson.read(json, HistoryRow[].class)).containsExactly(row);
    }

    @Test
    void whatANewerVersionAddedIsIgnored() {
        String json =
                "{\"name\":\"n1\",\"role\":\"arbiter\",\"state\":\"dreaming\",\"sync\":false,"
                        + "\"api\":\"http://h:1\",\"mood\":\"fine\"}";
        MemberStatus member = ApiJson.read(json, MemberStatus.class);
        assertThat(member.role()).isEqualTo(MemberRole.UNKNOWN);
        assertThat(member.state()).isEqualTo(MemberState.UNKNOWN);
    }

    @Test
    void damagedJsonIsOneKindOfError() {
        for (String json :
                List.of(
                        "",
                        "null",
                        "[]",
                        "{",
                        "{}",
                        "{\"name\":1}",
                        "{\"name\":\"a\",\"role\":\"primary\",\"state\":\"running\",\"api\":\"x\","
                                + "\"lsn\":\"oops\"}",
                        "{\"name\":\"a\",\"role\":\"primary\",\"state\":\"running\",\"api\":\"x\","
                                + "\"timeline\":0}")) {
            assertThatThrownBy(() -> ApiJson.read(json, MemberStatus.class))
                    .as(json)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("not a MemberStatus");
        }
    }
}
