package io.howdah.cluster.simulation;

import java.util.Arrays;

/// What is to happen when: a heap by moment and, at the same one, by the order in which it was put
/// in. In arrays of plain numbers, as a run of the simulation does little else than ask it. For one
/// thread.
final class Agenda {

    private static final int INITIAL = 256;

    private long[] moments = new long[INITIAL];
    private long[] orders = new long[INITIAL];
    private Runnable[] actions = new Runnable[INITIAL];
    private int size;
    private long added;

    boolean isEmpty() {
        return size == 0;
    }

    /// The moment of the next; only where there is one.
    long nextMoment() {
        return moments[0];
    }

    void add(long moment, Runnable action) {
        if (size == moments.length) {
            moments = Arrays.copyOf(moments, 2 * size);
            orders = Arrays.copyOf(orders, 2 * size);
            actions = Arrays.copyOf(actions, 2 * size);
        }
        long order = added++;
        int place = size++;
        while (place > 0) {
            int parent = (place - 1) >>> 1;
            if (!isBefore(moment, order, parent)) {
                break;
            }
            move(parent, place);
            place = parent;
        }
        put(place, moment, order, action);
    }

    /// Takes the next out; only where there is one.
    Runnable remove() {
        Runnable first = actions[0];
        int last = --size;
        long moment = moments[last];
        long order = orders[last];
        Runnable action = actions[last];
        int place = 0;
        for (int child = 1; child < last; child = 2 * place + 1) {
            if (child + 1 < last && isBefore(moments[child + 1], orders[child + 1], child)) {
                child++;
            }
            if (isBefore(moment, order, child)) {
                break;
            }
            move(child, place);
            place = child;
        }
        put(place, moment, order, action);
        Arrays.fill(actions, last, last + 1, null);
        return first;
    }

    private boolean isBefore(long moment, long order, int place) {
        return moment < moments[place] || (moment == moments[place] && order < orders[place]);
    }

    private void move(int from, int to) {
        put(to, moments[from], orders[from], actions[from]);
    }

    private void put(int place, long moment, long order, Runnable action) {
        moments[place] = moment;
        orders[place] = order;
        actions[place] = action;
    }
}
