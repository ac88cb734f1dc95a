package io.howdah.cluster.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.NodeName;
import io.howdah.postgres.TimelineId;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaseTest {

    private static final NodeName N1 = new NodeName("n1");
    private static final LeaseTerms TERMS = new LeaseTerms(Duration.ofSeconds(2));
    private static final long SECOND = 1_000_000_000L;

    @Test
    void theHolderIsDoneBeforeAnybodyMayCallItExpired() {
        // the renewal is sent at 10 s and applied elsewhere at the same moment, the worst case
        HeldLease held = new HeldLease(new Epoch(1), 10 * SECOND, TERMS);
        ExpiryWatch watch = new ExpiryWatch(new NodeName("n2"), TERMS);
        long expired = firstExpiry(watch, held(0), 10 * SECOND);
        assertThat(held.isValidAt(held.fenceAtNanos() - 1)).isTrue();
        assertThat(held.isValidAt(held.fenceAtNanos())).isFalse();
        assertThat(expired).isGreaterThanOrEqualTo(12 * SECOND);
        assertThat(held.fenceAtNanos()).isLessThan(expired);
    }

    @Test
    void theHolderCountsFromWhenItSentNotFromWhenItHeard() {
        HeldLease held = new HeldLease(new Epoch(1), 10 * SECOND, TERMS);
        assertThat(held.confirmed(10 * SECOND + 500).confirmedFromNanos())
                .isEqualTo(10 * SECOND + 500);
        assertThat(held.confirmed(9 * SECOND)).as("a confirmation that overtook").isEqualTo(held);
    }

    @Test
    void aRenewalThatWasSeenStartsTheCountAnew() {
        ExpiryWatch watch = new ExpiryWatch(N1, TERMS);
        for (int tick = 0; tick < 100; tick++) {
            assertThat(watch.look(held(tick / 10), tick * SECOND / 10, 0)).isEmpty();
        }
    }

    @Test
    void aNodeThatWasStalledCountsAnewBeforeItProposes() {
        ExpiryWatch watch = new ExpiryWatch(N1, TERMS);
        assertThat(watch.look(held(0), 0, 0)).isEmpty();
        assertThat(watch.look(held(0), 60 * SECOND, 0)).as("it slept a minute").isEmpty();
        assertThat(firstExpiry(watch, held(0), 60 * SECOND)).isGreaterThanOrEqualTo(62 * SECOND);
    }

    @Test
    void leaseWhoseAgentIsRestartedIsLeftAloneForTheGrace() {
        ExpiryWatch watch = new ExpiryWatch(N1, TERMS);
        Lease resting =
                new Lease.Held(N1, new Epoch(1), new TimelineId(1), 5, 0, "", 0, 0, 4_000, 0);
        assertThat(firstExpiry(watch, resting, 0)).isBetween(6 * SECOND, 7 * SECOND);
    }

    @Test
    void renewalEndsTheGrace() {
        ExpiryWatch watch = new ExpiryWatch(N1, TERMS);
        Lease resting =
                new Lease.Held(N1, new Epoch(1), new TimelineId(1), 5, 0, "", 0, 0, 4_000, 0);
        assertThat(watch.look(resting, 0, 0)).isEmpty();
        assertThat(firstExpiry(watch, held(6), SECOND / 10)).isLessThan(3 * SECOND);
    }

    @Test
    void howLongALeaseIsIsTheHoldersToSay() {
        for (long lease : new long[] {1, 8, 60}) {
            Lease held =
                    new Lease.Held(
                            N1, new Epoch(1), new TimelineId(1), 5, 0, "", 0, lease * 1_000, 0, 0);
            assertThat(firstExpiry(new ExpiryWatch(N1, TERMS), held, 0))
                    .isBetween(lease * SECOND, (lease + 1) * SECOND);
        }
    }

    @Test
    void holderOnFurloughIsDoneBeforeOthersMayLead() {
        Duration grace = Duration.ofSeconds(20);
        assertThat(TERMS.fenceAfterNanos(grace))
                .isLessThan(TERMS.expireAfterNanos() + grace.toNanos())
                .isGreaterThan(TERMS.fenceAfterNanos());
    }

    @Test
    void anOfferThatNobodyClaimsExpiresToo() {
        ExpiryWatch watch = new ExpiryWatch(N1, TERMS);
        Lease offered = new Lease.Offered(N1, new Epoch(3), new TimelineId(3), "crashed", 0);
        assertThat(firstExpiry(watch, offered, 0)).isGreaterThanOrEqualTo(2 * SECOND);
    }

    /// An expiry that was meant for an offer may arrive when it has just been claimed: that lease
    /// was never renewed either.
    @Test
    void anExpiryOfAnOfferNamesNoRenewalThatALeaseCouldHave() {
        ExpiryWatch watch = new ExpiryWatch(N1, TERMS);
        Lease offered = new Lease.Offered(N1, new Epoch(3), new TimelineId(3), "crashed", 0);
        Command.Expire expire = null;
        for (long now = 0; expire == null && now < 10 * SECOND; now += SECOND / 10) {
            expire = watch.look(offered, now, 0).orElse(null);
        }
        assertThat(expire)
                .isEqualTo(new Command.Expire(N1, new Epoch(3), Command.Expire.UNCLAIMED, 0));
    }

    @Test
    void theBootClockRises() {
        BootClock clock = new LinuxBootClock();
        long before = clock.nanos();
        assertThat(clock.nanos()).isGreaterThanOrEqualTo(before).isPositive();
    }

    private static Lease held(long renewals) {
        return new Lease.Held(N1, new Epoch(1), new TimelineId(1), renewals, 0, "", 0);
    }

    private static long firstExpiry(ExpiryWatch watch, Lease lease, long from) {
        for (long now = from; now < from + 70 * SECOND; now += SECOND / 10) {
            if (watch.look(lease, now, 0).isPresent()) {
                return now;
            }
        }
        throw new AssertionError("never expired");
    }
}
