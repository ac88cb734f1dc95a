package io.howdah.proxy.exchange;

import java.util.Arrays;

/// Requests in the order in which they were sent, one byte each: a ring that grows by doubling. A
/// request may carry a mark, which its kind is read without.
final class RequestQueue {

    private static final int INITIAL = 16;
    private static final byte MARK = (byte) 0x80;
    private static final byte KIND = 0x7f;

    private byte[] ring = new byte[INITIAL];
    private int head;
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /// The oldest; 0 when there is none.
    byte first() {
        return size == 0 ? 0 : (byte) (ring[head] & KIND);
    }

    /// Whether the oldest one is marked.
    boolean isFirstMarked() {
        return size > 0 && (ring[head] & MARK) != 0;
    }

    void clearFirstMark() {
        ring[head] &= KIND;
    }

    /// The one at a place, counted from the oldest.
    byte at(int place) {
        return (byte) (raw(place) & KIND);
    }

    private byte raw(int place) {
        return ring[(head + place) & (ring.length - 1)];
    }

    void addMarked(byte request) {
        add((byte) (request | MARK));
    }

    void add(byte request) {
        if (size == ring.length) {
            grow();
        }
        ring[(head + size++) & (ring.length - 1)] = request;
    }

    /// Forgets the oldest.
    void remove() {
        head = (head + 1) & (ring.length - 1);
        if (--size == 0 && ring.length > INITIAL) {
            clear();
        }
    }

    /// Forgets the one at a place.
    void removeAt(int place) {
        for (int i = place; i < size - 1; i++) {
            ring[(head + i) & (ring.length - 1)] = raw(i + 1);
        }
        size--;
    }

    boolean contains(byte request) {
        for (int i = 0; i < size; i++) {
            if (at(i) == request) {
                return true;
            }
        }
        return false;
    }

    void clear() {
        ring = ring.length == INITIAL ? ring : new byte[INITIAL];
        head = 0;
        size = 0;
    }

    private void grow() {
        byte[] larger = Arrays.copyOf(ring, ring.length * 2);
        for (int i = 0; i < size; i++) {
            larger[i] = raw(i);
        }
        ring = larger;
        head = 0;
    }
}
