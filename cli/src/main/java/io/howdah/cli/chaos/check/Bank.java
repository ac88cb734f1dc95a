package io.howdah.cli.chaos.check;

import java.util.BitSet;
import java.util.List;

/// The bank as one snapshot of one member shows it. Immutable.
///
/// @param balances of accounts 0, 1, 2 …
/// @param transfers the numbers in the ledger
/// @param ledger what the ledger adds to each account, or takes from it
public record Bank(List<Long> balances, BitSet transfers, List<Long> ledger) {

    /// How many accounts there are.
    public static final int ACCOUNTS = 8;

    /// What each account has at the beginning.
    public static final long FIRST_BALANCE = 1_000;

    /// What all have together, always.
    public static final long SUM = ACCOUNTS * FIRST_BALANCE;

    /// Copies what it is given.
    public Bank {
        balances = List.copyOf(balances);
        ledger = List.copyOf(ledger);
        transfers = (BitSet) transfers.clone();
    }

    /// Money that goes from one account to another.
    ///
    /// @param from the account that pays, from 0
    /// @param to another account
    /// @param amount 1 to 7; an account may go below 0
    public record Transfer(int from, int to, int amount) {

        /// What the attempt of that number transfers: always the same.
        public static Transfer of(int attempt) {
            int from = Math.floorMod(attempt * 31, ACCOUNTS);
            int to = (from + 1 + Math.floorMod(attempt, ACCOUNTS - 1)) % ACCOUNTS;
            return new Transfer(from, to, 1 + attempt % 7);
        }
    }
}
