package io.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

final class OperatingSystemUserTest {

    @Test
    void userIsKnownByWhatIdPrints() {
        assertThat(
                        OperatingSystemUser.parse(
                                "uid=101(postgres) gid=104(postgres) groups=104(postgres),103(ssl-cert)\n",
                                true))
                .contains(new OperatingSystemUser("postgres", 101, 104, Set.of(104L, 103L), true));
    }

    @Test
    void userOfAContainerIsCalledByItsNumber() {
        assertThat(OperatingSystemUser.parse("uid=12345 gid=0(root) groups=0(root),7\n", false))
                .contains(new OperatingSystemUser("12345", 12345, 0, Set.of(0L, 7L), false));
    }

    @Test
    void groupsOfADomainMayHaveBlanksInTheirNames() {
        assertThat(
                        OperatingSystemUser.parse(
                                "uid=10500(ada) gid=10513(domain users)"
                                        + " groups=10513(domain users),10600(team 12,east)\n",
                                false))
                .contains(
                        new OperatingSystemUser(
                                "ada", 10500, 10513, Set.of(10513L, 10600L), false));
    }

    @Test
    void nobodyIsKnownByAnythingElse() {
        assertThat(OperatingSystemUser.parse("id: 'postgres': no such user", true)).isEmpty();
    }

    @Test
    void whoWeAreIsSaidByTheMachine() {
        assertThat(OperatingSystemUser.ourselves().uid()).isNotNegative();
        assertThat(OperatingSystemUser.ourselves().groups())
                .contains(OperatingSystemUser.ourselves().gid());
    }
}
