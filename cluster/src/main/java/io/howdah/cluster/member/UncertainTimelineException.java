package io.howdah.cluster.member;

/// The server is up, but which history it is on cannot be told at this moment.
final class UncertainTimelineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UncertainTimelineException(String message) {
        super(message);
    }
}
