package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cli.screen.CommandFailure;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DemoSettingsTest {

    private static DemoSettings settings(int nodes) {
        return new DemoSettings(nodes, 6500, "embedded", Path.of("/demo"));
    }

    @Test
    void urlLeadsToWhicheverNodeIsThePrimary() {
        assertThat(settings(3).connectionUrl())
                .isEqualTo("postgresql://app:app@127.0.0.1:6501,127.0.0.1:6502,127.0.0.1:6503/app");
        assertThat(settings(3).directUrl())
                .isEqualTo(
                        "postgresql://app:app@127.0.0.1:6521,127.0.0.1:6522,127.0.0.1:6523/app?target_session_attrs=read-write");
    }

    @Test
    void nodesThatAreHostsHaveAddressesOfTheirOwn() {
        var hosts = new DemoSettings(2, 6500, "embedded", Path.of("/demo"), false, "198.18.7.");

        assertThat(hosts.connectionUrl()).contains("@198.18.7.1:6501,198.18.7.2:6502/");
        assertThat(hosts.directUrl()).contains("@198.18.7.1:6521,198.18.7.2:6522/");
        assertThat(hosts.apiUrls()).contains("https://198.18.7.2:6532");
        assertThat(hosts.hosts()).isPresent();
        assertThat(settings(2).hosts()).isEmpty();
    }

    @Test
    void noTwoNodesShareAPort() {
        var ports = settings(DemoSettings.NODES_MAXIMUM).ports();

        assertThat(ports.stream().map(DemoSettings.Port::number).collect(Collectors.toSet()))
                .hasSameSizeAs(ports);
    }

    @Test
    void impossibleNumbersAreWrongUsage() {
        assertThatThrownBy(() -> settings(0)).isInstanceOf(CommandFailure.class);
        assertThatThrownBy(() -> settings(10)).hasMessageContaining("HINT: use --nodes 1 to 9");
        assertThatThrownBy(() -> new DemoSettings(3, 65_501, "auto", Path.of("/")))
                .hasMessageContaining("base port 65501 is out of range");
    }

    @Test
    void processMarkIsOfThisProcessOnly() {
        ProcessMark own = ProcessMark.of(ProcessHandle.current().pid()).orElseThrow();

        assertThat(own.runs()).isTrue();
        assertThat(new ProcessMark(own.pid(), "1@another-start").runs()).isFalse();
    }
}
