package io.howdah.cli.chaos;

import io.howdah.cli.chaos.check.Attempts;
import io.howdah.cli.chaos.check.Bank;
import io.howdah.cli.chaos.check.Outcome;
import java.sql.SQLException;

/// Moves money between two accounts and writes it into a ledger, in one transaction.
///
/// @param attempts where it is written down
record BankWork(Attempts attempts, Clock clock) implements Work {

    private static final String ADD =
            "update howdah_chaos.account set balance = balance + ? where id = ?";

    @Override
    public Attempt next(boolean disturbed) {
        int number = attempts.begin(disturbed);
        Bank.Transfer transfer = Bank.Transfer.of(number);
        return new Attempt() {
            @Override
            public void perform(Session session) throws SQLException {
                session.begin(false);
                // in one order, so that no two wait for each other
                if (transfer.from() < transfer.to()) {
                    session.update(ADD, -transfer.amount(), transfer.from());
                    session.update(ADD, transfer.amount(), transfer.to());
                } else {
                    session.update(ADD, transfer.amount(), transfer.to());
                    session.update(ADD, -transfer.amount(), transfer.from());
                }
                session.update(
                        "insert into howdah_chaos.transfer (id, payer, payee, amount) values (?, ?, ?, ?)",
                        number,
                        transfer.from(),
                        transfer.to(),
                        transfer.amount());
                session.commit();
            }

            @Override
            public void ended(Outcome outcome) {
                attempts.end(number, outcome, clock.millis());
            }
        };
    }
}
