package io.howdah.backup.rota;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.store.MemoryStore;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RotaTest {

    private static final String MONDAY = "20261130-000000";
    private static final String TUESDAY = "20261201-000000";

    private final MemoryStore store = new MemoryStore();
    private final Rota rota = new Rota(store, "backups");

    private static Duty claimed(Rota rota, String slot, String who) {
        return rota.claim(slot, who).orElseThrow();
    }

    @Test
    void whatIsDoneIsNotDoneAgainInItsSlot() {
        try (Duty duty = claimed(rota, MONDAY, "n1")) {
            assertThat(rota.claim(MONDAY, "n2")).isEmpty();
            duty.done();
        }
        store.pass(Rota.SILENCE.multipliedBy(10));
        assertThat(rota.claim(MONDAY, "n2")).isEmpty();
        claimed(rota, TUESDAY, "n2").close();
        assertThat(rota.claim(TUESDAY, "n1")).isEmpty();
    }

    @Test
    void whatWasNotDoneIsTriedAgainAfterAWhileByWhoever() {
        claimed(rota, MONDAY, "n1").close();
        store.pass(Rota.SILENCE.minusSeconds(1));
        assertThat(rota.claim(MONDAY, "n2")).isEmpty();
        store.pass(Rota.SILENCE);
        claimed(rota, MONDAY, "n2").close();
        store.pass(Rota.SILENCE);
        try (Duty third = claimed(rota, MONDAY, "n1")) {
            third.done();
        }
        store.pass(Rota.SILENCE);
        assertThat(rota.claim(MONDAY, "n1")).isEmpty();
    }

    @Test
    void whoIsStillAtTheSlotBeforeHoldsUpTheNext() {
        try (Duty duty = claimed(rota, MONDAY, "n1")) {
            assertThat(rota.claim(TUESDAY, "n2")).isEmpty();
            duty.done();
        }
        claimed(rota, TUESDAY, "n2").close();
    }

    /// As when `every` became longer, or a clock was ahead.
    @Test
    void slotThatComesBeforeOneThatIsDoneIsClaimedOnceAsWell() {
        try (Duty duty = claimed(rota, TUESDAY, "n1")) {
            duty.done();
        }
        claimed(rota, MONDAY, "n1").close();
        assertThat(rota.claim(MONDAY, "n2")).isEmpty();
    }

    @Test
    void otherWorkAndEarlierSlotsAreNobodysBusiness() {
        claimed(new Rota(store, "drills"), MONDAY, "n1").close();
        claimed(rota, MONDAY, "n1").close();
        store.pass(Rota.SILENCE);
        claimed(rota, TUESDAY, "n1").close();

        assertThat(store.names().stream().filter(name -> name.startsWith("rota/")))
                .containsExactly(
                        "rota/backups/" + TUESDAY + ".0001", "rota/drills/" + MONDAY + ".0001");
    }

    @Test
    void ofSeveralAtOnceOneGetsIt() throws Exception {
        for (int round = 0; round < 50; round++) {
            var fresh = new Rota(new MemoryStore(), "backups");
            var got = new AtomicInteger();
            var workers = new ArrayList<Thread>();
            for (int worker = 1; worker <= 8; worker++) {
                String who = "n" + worker;
                workers.add(
                        Thread.ofVirtual()
                                .start(() ->
                                        fresh.claim(MONDAY, who)
                                                .ifPresent(duty -> {
                                                    got.incrementAndGet();
                                                    duty.close();
                                                })));
            }
            for (Thread worker : workers) {
                worker.join();
            }
            assertThat(got.get()).isOne();
        }
    }
}
