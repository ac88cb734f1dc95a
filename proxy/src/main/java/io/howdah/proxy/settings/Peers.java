package io.howdah.proxy.settings;

import java.util.Map;

/// Which proxies stand beside this one behind the same address, so that a cancel request may arrive
/// at the wrong one. Immutable.
///
/// @param own this one's number, 1 to 32767; 0 where there are no others
/// @param others by their numbers
public record Peers(int own, Map<Integer, Peer> others) {

    /// It stands alone.
    public static final Peers NONE = new Peers(0, Map.of());

    private static final int MOST = 32_767;

    /// @throws SettingException when a number is out of its range, or its own is missing
    public Peers {
        SettingException.requireBetween("peer-id", own, others.isEmpty() ? 0 : 1, MOST);
        for (int number : others.keySet()) {
            SettingException.requireBetween("peers", number, 1, MOST);
        }
        if (others.containsKey(own)) {
            throw new SettingException("peers", "has this proxy's own number, " + own);
        }
        others = Map.copyOf(others);
    }
}
