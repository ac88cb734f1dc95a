package io.howdah.proxy.exchange;

import java.util.Arrays;

/// Requests in the order in which they were sent, one byte each: a ring that grows by doubling. A
/// request may carry a mark, which its kind is read without.
final class RequestQueue {

    /// A Query of the proxy's own, between two clients.
    static final byte OWN = 'o';

    /// A Parse, Close or Describe of the proxy's own, ahead of a client's message.
    static final byte OWN_PARSE = 'p';

    static final byte OWN_CLOSE = 'k';
    static final byte OWN_DESCRIBE = 'd';

    /// A client's Parse that was sent as a Close.
    static final byte AS_CLOSE = 'f';

    /// The end of COPY data, before the server has said that it reads some.
    static final byte COPY_END = 'c';

    /// A Sync behind data that are COPY's, if the server begins to COPY; else a Sync as any.
    static final byte SYNC_BEHIND_DATA = 'z';

    private static final int INITIAL = 16;
    private static final byte MARK = (byte) 0x80;
    private static final byte KIND = 0x7f;

    private byte[] ring = new byte[INITIAL];
    private int head;
    private int size;
    private int readies;

    static boolean isOwn(byte request) {
        return request == OWN
                || request == OWN_PARSE
                || request == OWN_CLOSE
                || request == OWN_DESCRIBE;
    }

    /// Whether it is answered by a ReadyForQuery.
    static boolean isReadying(byte request) {
        return request == 'Q' || request == 'F' || request == 'S' || request == OWN;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /// How many are answered by a ReadyForQuery.
    int readies() {
        return readies;
    }

    /// The oldest; 0 when there is none.
    byte first() {
        return size == 0 ? 0 : kind(ring[head]);
    }

    /// Whether the oldest one is marked.
    boolean isFirstMarked() {
        return size > 0 && (ring[head] & MARK) != 0;
    }

    void clearFirstMark() {
        ring[head] &= KIND;
    }

    /// The one at a place, counted from the oldest.
    private byte at(int place) {
        return kind(raw(place));
    }

    private static byte kind(byte request) {
        byte kind = (byte) (request & KIND);
        return kind == SYNC_BEHIND_DATA ? (byte) 'S' : kind;
    }

    private byte raw(int place) {
        return ring[(head + place) & (ring.length - 1)];
    }

    void addMarked(byte request) {
        add((byte) (request | MARK));
    }

    void add(byte request) {
        readies += isReadying(kind(request)) ? 1 : 0;
        if (size == ring.length) {
            grow();
        }
        ring[(head + size++) & (ring.length - 1)] = request;
    }

    /// Forgets the oldest.
    void remove() {
        readies -= isReadying(first()) ? 1 : 0;
        head = (head + 1) & (ring.length - 1);
        if (--size == 0 && ring.length > INITIAL) {
            clear();
        }
    }

    /// The oldest has the server read COPY data: what was sent behind it is read as such until they
    /// end, and the Syncs among it are ignored. These are forgotten, and the first end of data.
    ///
    /// @return what was sent already
    Ahead readAsCopy() {
        boolean ended = false;
        boolean syncBehindData = false;
        int kept = 1;
        for (int place = 1; place < size; place++) {
            byte next = at(place);
            if (!ended && next == COPY_END) {
                ended = true;
            } else if (!ended && next == 'S') {
                readies--;
                syncBehindData |= raw(place) == SYNC_BEHIND_DATA;
            } else {
                ring[(head + kept++) & (ring.length - 1)] = raw(place);
            }
        }
        size = kept;
        return new Ahead(ended, syncBehindData);
    }

    /// What was sent of the data of a COPY before it began.
    ///
    /// @param ended whether their end was sent
    /// @param syncBehindData whether a Sync was, behind some of them and before their end
    record Ahead(boolean ended, boolean syncBehindData) {}

    /// Forgets all up to the first Sync.
    ///
    /// @return how many of them were marked
    int skipToSync() {
        int marked = 0;
        while (size > 0 && first() != 'S') {
            marked += isFirstMarked() ? 1 : 0;
            remove();
        }
        return marked;
    }

    boolean contains(byte request) {
        for (int i = 0; i < size; i++) {
            if (at(i) == request) {
                return true;
            }
        }
        return false;
    }

    private void clear() {
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
