package io.howdah.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.settings.SettingException;
import io.howdah.testing.fuzz.FuzzInput;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Any lines of `pg_hba.conf` are followed or refused in words; and none of them lets anybody in
/// from another machine without a proof.
public final class AccessRulesFuzz {

    private static final InetAddress FAR = address(192, 0, 2, 7);
    private static final InetAddress NEAR = address(127, 0, 0, 1);

    private AccessRulesFuzz() {}

    private static InetAddress address(int... numbers) {
        byte[] bytes = new byte[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            bytes[i] = (byte) numbers[i];
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void fuzzerTestOneInput(byte[] bytes) {
        List<String> lines = new FuzzInput(bytes).restAsText().lines().toList();
        AccessRules rules;
        try {
            rules = AccessRules.of(lines);
        } catch (SettingException e) {
            assertThat(e.key()).isEqualTo("access");
            assertThat(e.problem()).contains("the line '");
            return;
        }
        for (boolean encrypted : new boolean[] {false, true}) {
            for (String name : List.of("app", "all", "reports", "\u00e4")) {
                var far = rules.demandOf(new Caller(FAR, encrypted, "app", "app", false, name));
                assertThat(far.map(AccessRules.Demand::method)).isNotEqualTo(Method.TRUST);
                far.filter(demand -> demand.certificate() != Certificate.ANY)
                        .ifPresent(_ -> assertThat(encrypted).isTrue());
                rules.demandOf(new Caller(NEAR, encrypted, name, name, false, "app"));
            }
        }
    }
}
