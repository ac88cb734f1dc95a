package io.howdah.consensus;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A document for tests: the words written so far, in order. A word that starts with `no` is
/// refused.
public record Ledger(List<String> words) {

    public static final Ledger EMPTY = new Ledger(List.of());

    public Ledger {
        words = List.copyOf(words);
    }

    /// The document type whose commands are words.
    public static final class Type implements DocumentType<Ledger, String> {

        @Override
        public Ledger initial() {
            return EMPTY;
        }

        @Override
        public Transition<Ledger> apply(Ledger state, String word) {
            if (word.startsWith("no")) {
                return Transition.refused(state, "did not like " + word);
            }
            if (word.startsWith("boom")) {
                throw new IllegalStateException("a bug");
            }
            List<String> words = new ArrayList<>(state.words());
            words.add(word);
            return Transition.accepted(new Ledger(words));
        }

        @Override
        public byte[] encodeState(Ledger state) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                out.writeInt(state.words().size());
                for (String word : state.words()) {
                    out.writeUTF(word);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return bytes.toByteArray();
        }

        @Override
        public Ledger decodeState(byte[] bytes) {
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
                List<String> words = new ArrayList<>();
                for (int left = in.readInt(); left > 0; left--) {
                    words.add(in.readUTF());
                }
                return new Ledger(words);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public byte[] encodeCommand(String command) {
            return command.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String decodeCommand(byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
