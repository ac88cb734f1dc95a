package io.howdah.proxy.access;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A range of addresses, as `10.0.0.0/8`, or all there are. An IPv4 address is in no range of IPv6,
/// and the other way round. Immutable.
///
/// @param network the first address; null for all
/// @param bits so many of its bits count
record AddressRange(@Nullable InetAddress network, int bits) {

    static final AddressRange ALL = new AddressRange(null, 0);

    private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /// Reads `address/bits`.
    ///
    /// @throws IllegalArgumentException when it is none, with a fact that goes on after its text
    static AddressRange of(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("has no mask, as in " + text + "/32");
        }
        InetAddress address = numeric(text.substring(0, slash));
        int bits;
        try {
            bits = Integer.parseInt(text.substring(slash + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("has a mask that is no number", e);
        }
        if (bits < 0 || bits > address.getAddress().length * 8) {
            throw new IllegalArgumentException("has a mask of " + bits + " bits");
        }
        return new AddressRange(address, bits);
    }

    /// Reads an address and the mask from the next column, as `10.0.0.0 255.0.0.0`.
    ///
    /// @throws IllegalArgumentException when they are none
    static AddressRange of(String address, String mask) {
        InetAddress network = numeric(address);
        byte[] bytes = numeric(mask).getAddress();
        if (bytes.length != network.getAddress().length) {
            throw new IllegalArgumentException("and its mask are not of the same kind");
        }
        int bits = 0;
        while (bits < bytes.length * 8 && bit(bytes, bits)) {
            bits++;
        }
        for (int i = bits; i < bytes.length * 8; i++) {
            if (bit(bytes, i)) {
                throw new IllegalArgumentException("has the mask " + mask + ", which has gaps");
            }
        }
        return new AddressRange(network, bits);
    }

    static boolean isNumeric(String text) {
        return NUMERIC.matcher(text).matches();
    }

    private static InetAddress numeric(String text) {
        if (!isNumeric(text)) {
            throw new IllegalArgumentException("is not a numeric address");
        }
        try {
            // Numeric: nobody is asked for it.
            InetAddress address = InetAddress.getByName(text);
            boolean full = address instanceof Inet4Address == text.matches("\\d+(\\.\\d+){3}");
            if (full) {
                return address;
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("is not a numeric address", e);
        }
        throw new IllegalArgumentException("is not a numeric address");
    }

    private static boolean bit(byte[] bytes, int place) {
        return (bytes[place / 8] >> (7 - place % 8) & 1) == 1;
    }

    boolean contains(InetAddress address) {
        if (network == null) {
            return true;
        }
        byte[] ours = network.getAddress();
        byte[] theirs = address.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            if (bit(ours, i) != bit(theirs, i)) {
                return false;
            }
        }
        return true;
    }

    /// Whether nobody else's machine has an address in it.
    boolean isLoopback() {
        return network != null
                && network.isLoopbackAddress()
                && bits >= (network instanceof Inet4Address ? 8 : 128);
    }
}
