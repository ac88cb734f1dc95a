package io.howdah.cli.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BankCheckTest {

    private final Attempts attempts = new Attempts();

    BankCheckTest() {
        attempts.end(attempts.begin(false), Outcome.ACKNOWLEDGED, 100);
        attempts.end(attempts.begin(false), Outcome.REFUSED, 200);
    }

    /// As it is when those transfers were made.
    private static Bank after(int... transfers) {
        var change = new long[Bank.ACCOUNTS];
        var numbers = new BitSet();
        for (int number : transfers) {
            Bank.Transfer transfer = Bank.Transfer.of(number);
            change[transfer.from()] -= transfer.amount();
            change[transfer.to()] += transfer.amount();
            numbers.set(number);
        }
        return new Bank(
                IntStream.range(0, Bank.ACCOUNTS)
                        .mapToObj(i -> Bank.FIRST_BALANCE + change[i])
                        .toList(),
                numbers,
                IntStream.range(0, Bank.ACCOUNTS).mapToObj(i -> change[i]).toList());
    }

    private List<String> kinds(Bank bank) {
        return BankCheck.member(attempts, "n1", bank).stream().map(Violation::kind).toList();
    }

    @Test
    void aBankThatIsInOrderPasses() {
        assertThat(kinds(after(1))).isEmpty();
    }

    @Test
    void changedSumIsFound() {
        assertThat(BankCheck.snapshot("n2", Bank.SUM, Bank.ACCOUNTS)).isEmpty();
        assertThat(BankCheck.snapshot("n2", Bank.SUM - 1, Bank.ACCOUNTS))
                .hasValueSatisfying(
                        violation -> assertThat(violation.detail()).contains("n2", "7999", "8000"));
        assertThat(BankCheck.snapshot("n2", Bank.SUM, Bank.ACCOUNTS - 1)).isPresent();
    }

    @Test
    void halfATransferIsFound() {
        Bank right = after(1);
        var balances = new ArrayList<>(right.balances());
        balances.set(0, balances.get(0) - 3);
        assertThat(kinds(new Bank(balances, right.transfers(), right.ledger())))
                .containsExactly("sum", "torn");

        balances.set(1, balances.get(1) + 3);
        assertThat(kinds(new Bank(balances, right.transfers(), right.ledger())))
                .containsExactly("torn");
    }

    @Test
    void lostAndPhantomTransfersAreFound() {
        assertThat(kinds(after())).containsExactly("lost");
        assertThat(kinds(after(1, 2))).containsExactly("phantom");
    }

    @Test
    void everyTransferMovesMoneyBetweenTwoAccounts() {
        for (int i = 1; i < 1_000; i++) {
            Bank.Transfer transfer = Bank.Transfer.of(i);
            assertThat(transfer.from()).isBetween(0, Bank.ACCOUNTS - 1);
            assertThat(transfer.to()).isBetween(0, Bank.ACCOUNTS - 1).isNotEqualTo(transfer.from());
            assertThat(transfer.amount()).isPositive();
        }
    }
}
