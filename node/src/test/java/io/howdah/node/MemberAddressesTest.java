package io.howdah.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class MemberAddressesTest {

    private final Map<String, String[]> names = new TreeMap<>();
    private final Set<String> hosts = new TreeSet<>();

    private InetAddress[] resolve(String host) throws UnknownHostException {
        String[] found = names.get(host);
        if (found == null) {
            throw new UnknownHostException(host);
        }
        InetAddress[] addresses = new InetAddress[found.length];
        for (int i = 0; i < found.length; i++) {
            addresses[i] = InetAddress.getByName(found[i]);
        }
        return addresses;
    }

    @Test
    void numericHostsAreKnownAtOnce() {
        hosts.addAll(Set.of("10.0.0.1", "fd00::1", "n3.example"));
        assertThat(new MemberAddresses(this::resolve, () -> hosts).get())
                .containsExactly("10.0.0.1", "fd00::1");
    }

    @Test
    void namesFollowTheirResolutionAndOutliveItsFailure() {
        hosts.add("n1.example");
        names.put("n1.example", new String[] {"10.0.0.1", "fd00::1"});
        MemberAddresses addresses = new MemberAddresses(this::resolve, () -> hosts);
        addresses.look();
        assertThat(addresses.get()).containsExactly("10.0.0.1", "fd00:0:0:0:0:0:0:1");

        names.clear();
        addresses.look();
        assertThat(addresses.get()).containsExactly("10.0.0.1", "fd00:0:0:0:0:0:0:1");

        names.put("n1.example", new String[] {"10.0.0.9"});
        addresses.look();
        assertThat(addresses.get()).containsExactly("10.0.0.9");
    }

    @Test
    void nameThatCannotBeResolvedIsSaidOnceUntilItCan() {
        var warnings = new ArrayList<String>();
        hosts.addAll(Set.of("n1.example", "n2.example"));
        names.put("n1.example", new String[] {"10.0.0.1"});
        var addresses = new MemberAddresses(this::resolve, () -> hosts, warnings::add);
        addresses.look();
        addresses.look();
        assertThat(warnings).hasSize(1);
        assertThat(warnings.getFirst())
                .startsWith("the host n2.example of a member cannot be resolved here")
                .contains("HINT: `getent hosts n2.example`");

        names.put("n2.example", new String[] {"10.0.0.2"});
        addresses.look();
        names.remove("n2.example");
        addresses.look();
        assertThat(warnings).as("it could meanwhile").hasSize(2);
    }

    @Test
    void hostNameThatMeansOnlyThisMachineIsSaidOnce() {
        var warnings = new ArrayList<String>();
        hosts.addAll(Set.of("n1.example", "localhost", "127.0.0.1"));
        names.put("n1.example", new String[] {"127.0.1.1"});
        names.put("localhost", new String[] {"127.0.0.1"});
        var addresses = new MemberAddresses(this::resolve, () -> hosts, warnings::add);
        addresses.look();
        addresses.look();
        assertThat(warnings).hasSize(1);
        assertThat(warnings.getFirst())
                .startsWith("the host n1.example of a member is 127.0.1.1 here")
                .contains("HINT: take that line out of /etc/hosts");
    }

    @Test
    void clusterOnOneHostMayHaveALoopbackName() {
        var warnings = new ArrayList<String>();
        hosts.add("n1.example");
        names.put("n1.example", new String[] {"127.0.1.1"});
        new MemberAddresses(this::resolve, () -> hosts, warnings::add).look();
        assertThat(warnings).isEmpty();
    }

    @Test
    void memberThatCameLaterIsKnownAndOneThatLeftIsForgotten() {
        hosts.add("10.0.0.1");
        MemberAddresses addresses = new MemberAddresses(this::resolve, () -> hosts);
        hosts.add("10.0.0.2");
        addresses.look();
        assertThat(addresses.get()).containsExactly("10.0.0.1", "10.0.0.2");
        hosts.remove("10.0.0.1");
        addresses.look();
        assertThat(addresses.get()).containsExactly("10.0.0.2");
    }
}
