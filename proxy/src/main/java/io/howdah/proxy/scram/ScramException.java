package io.howdah.proxy.scram;

/// A client's message is none that SCRAM knows, or asks for what is not offered. The message is a
/// fact in lower case and repeats nothing of a proof.
public final class ScramException extends Exception {

    ScramException(String fact) {
        super(fact);
    }
}
