package io.howdah.proxy.verifier;

/// Knows verifiers. For one thread, which may have to wait.
public interface VerifierSource extends AutoCloseable {

    /// What is known of a role's password.
    ///
    /// @throws LookupFailedException when that cannot be found out now
    Knowledge find(String user) throws LookupFailedException;

    @Override
    void close();
}
