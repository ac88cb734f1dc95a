package io.howdah.cli.chaos;

import io.howdah.cli.chaos.check.Bank;
import java.sql.Array;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// All that one member has at the end.
///
/// @param inserted the rows of the set
/// @param bank accounts and ledger
/// @param lists each key's values in their order
record MemberReading(BitSet inserted, Bank bank, Map<Integer, int[]> lists) {

    private static final int ANSWER_MILLIS = 60_000;

    /// Reads it.
    static MemberReading of(Session session) throws SQLException {
        var inserted = new BitSet();
        session.stream(
                "select id from howdah_chaos.inserted",
                ANSWER_MILLIS,
                row -> inserted.set(row.getInt(1)));
        var balances = new long[Bank.ACCOUNTS];
        session.stream(
                "select id, balance from howdah_chaos.account",
                ANSWER_MILLIS,
                row -> balances[row.getInt(1)] = row.getLong(2));
        var transfers = new BitSet();
        var ledger = new long[Bank.ACCOUNTS];
        session.stream(
                "select id, payer, payee, amount from howdah_chaos.transfer",
                ANSWER_MILLIS,
                row -> {
                    transfers.set(row.getInt(1));
                    ledger[row.getInt(2)] -= row.getInt(4);
                    ledger[row.getInt(3)] += row.getInt(4);
                });
        var lists = new HashMap<Integer, int[]>();
        session.stream(
                "select key, elements from howdah_chaos.list",
                ANSWER_MILLIS,
                row -> lists.put(row.getInt(1), integers(row.getArray(2))));
        return new MemberReading(
                inserted, new Bank(listOf(balances), transfers, listOf(ledger)), lists);
    }

    /// What is there of each workload, by its attempts' numbers.
    Map<String, BitSet> present() {
        var values = new BitSet();
        lists.values().forEach(list -> Arrays.stream(list).forEach(values::set));
        return Map.of("set", inserted, "bank", bank.transfers(), "list", values);
    }

    private static List<Long> listOf(long[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }

    private static int[] integers(Array array) throws SQLException {
        Integer[] boxed = (Integer[]) array.getArray();
        var numbers = new int[boxed.length];
        for (int i = 0; i < boxed.length; i++) {
            numbers[i] = boxed[i];
        }
        return numbers;
    }
}
