package io.howdah.cli.chaos.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether money was made or lost.
public final class BankCheck {

    private static final String WORKLOAD = "bank";

    private BankCheck() {}

    /// Judges one look at all accounts while transfers go on.
    ///
    /// @param where and when, as in `n2 after 12.3 s`
    /// @param sum of all balances
    /// @param accounts how many there are
    public static Optional<Violation> snapshot(String where, long sum, long accounts) {
        return sum == Bank.SUM && accounts == Bank.ACCOUNTS
                ? Optional.empty()
                : Optional.of(
                        new Violation(
                                WORKLOAD,
                                "sum",
                                1,
                                "%d accounts on %s have %d together, not %d"
                                        .formatted(accounts, where, sum, Bank.SUM)));
    }

    /// Judges what a member has at the end.
    ///
    /// @return `sum`: the balances do not add up; `torn`: a balance is not what the ledger makes
    ///   it, so a transfer is there by half; `lost` and `phantom` as for a set
    public static List<Violation> member(Attempts attempts, String member, Bank bank) {
        var violations = new ArrayList<Violation>();
        snapshot(
                        member,
                        bank.balances().stream().mapToLong(Long::longValue).sum(),
                        bank.balances().size())
                .ifPresent(violations::add);
        var torn = new ArrayList<String>();
        for (int i = 0; i < Math.min(bank.balances().size(), bank.ledger().size()); i++) {
            long due = Bank.FIRST_BALANCE + bank.ledger().get(i);
            long balance = bank.balances().get(i);
            if (balance != due) {
                torn.add("account %d has %d, not %d".formatted(i, balance, due));
            }
        }
        if (!torn.isEmpty()) {
            violations.add(
                    Violation.of(
                            WORKLOAD,
                            "torn",
                            "balances on " + member + " differ from the ledger",
                            torn));
        }
        violations.addAll(SetCheck.member(WORKLOAD, attempts, member, bank.transfers()));
        return violations;
    }
}
