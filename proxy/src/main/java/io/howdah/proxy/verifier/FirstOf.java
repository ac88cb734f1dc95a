package io.howdah.proxy.verifier;

/// Asks one source, and the next about whom the first does not know.
///
/// @param first is asked always
/// @param second is asked about the others
public record FirstOf(VerifierSource first, VerifierSource second) implements VerifierSource {

    @Override
    public Knowledge find(String user) throws LookupFailedException {
        Knowledge found = first.find(user);
        return found instanceof Knowledge.Unknown ? second.find(user) : found;
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
