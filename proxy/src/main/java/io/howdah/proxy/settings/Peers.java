package io.howdah.proxy.settings;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which proxies stand beside this one behind the same address, so that a cancel request may arrive
/// at the wrong one. Immutable.
///
/// @param own this one's number, 1 to 32767; 0 where there are no others
/// @param others by their numbers
/// @param further how the way to those is encrypted that the cluster's
///   [topology][io.howdah.proxy.topology.Topology#proxy(int)] knows besides; null where it is not
///   asked
public record Peers(int own, Map<Integer, Peer> others, @Nullable ServerTlsSettings further) {

    /// The greatest number of a proxy.
    public static final int MOST = 32_767;

    /// It stands alone.
    public static final Peers NONE = new Peers(0, Map.of());

    /// All of them are named.
    ///
    /// @throws SettingException when a number is out of its range, or its own is missing
    public Peers(int own, Map<Integer, Peer> others) {
        this(own, others, null);
    }

    /// The cluster knows them all.
    ///
    /// @throws SettingException when the number is out of its range
    public static Peers ofCluster(int own, ServerTlsSettings tls) {
        return new Peers(own, Map.of(), tls);
    }

    /// @throws SettingException when a number is out of its range, or its own is missing
    public Peers {
        SettingException.requireBetween(
                "peer-id", own, others.isEmpty() && further == null ? 0 : 1, MOST);
        for (int number : others.keySet()) {
            SettingException.requireBetween("peers", number, 1, MOST);
        }
        if (others.containsKey(own)) {
            throw new SettingException("peers", "has this proxy's own number, " + own);
        }
        others = Map.copyOf(others);
    }
}
