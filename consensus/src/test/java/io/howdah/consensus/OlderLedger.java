package io.howdah.consensus;

import java.util.Optional;

/// The ledger of an earlier version: it does not know words that begin with `new`, and does not
/// have them proposed either.
public final class OlderLedger implements DocumentType<Ledger, String> {

    private final Ledger.Type later = new Ledger.Type();

    @Override
    public Ledger initial() {
        return later.initial();
    }

    @Override
    public Transition<Ledger> apply(Ledger state, String word) {
        return later.apply(state, word);
    }

    @Override
    public Optional<String> objection(Ledger seen, String word) {
        return word.startsWith("new")
                ? Optional.of("not everybody knows " + word + "\nHINT: upgrade them")
                : Optional.empty();
    }

    @Override
    public byte[] encodeState(Ledger state) {
        return later.encodeState(state);
    }

    @Override
    public Ledger decodeState(byte[] bytes) {
        Ledger state = later.decodeState(bytes);
        state.words().forEach(OlderLedger::known);
        return state;
    }

    @Override
    public byte[] encodeCommand(String command) {
        return later.encodeCommand(command);
    }

    @Override
    public String decodeCommand(byte[] bytes) {
        return known(later.decodeCommand(bytes));
    }

    private static String known(String word) {
        if (word.startsWith("new")) {
            throw new NewerVersionException(
                    "the word " + word + " is of a later version\nHINT: upgrade this node");
        }
        return word;
    }
}
