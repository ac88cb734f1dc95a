package io.howdah.node.api;

import org.jspecify.annotations.Nullable;

/// The body of a request is not the JSON that the path takes.
final class DamagedRequestException extends Exception {

    DamagedRequestException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
